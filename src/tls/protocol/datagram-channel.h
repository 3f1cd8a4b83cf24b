// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/channel.h"
#include "tls/protocol/flight-tracker.h"
#include "tls/protocol/replay-mirror.h"

namespace tls
{

/**
 * One endpoint of DTLS 1.2 (RFC 6347) with one peer, sans I/O.
 *
 * Flights are repeated after initialTimeout, doubled up to maximumTimeout; after twelve repetitions
 * the handshake fails with "read timeout expired" (483 s with the defaults). An endpoint that has
 * finished goes on reading, so a lost last flight is repeated when the peer repeats its own.
 * Records that do not pass are dropped silently, and told with the reason. The window is 64
 * records.
 */
class DatagramChannel final : public Channel
{
  public:
    /// A server made this way does no cookie exchange; see DatagramListener. \p random must outlive
    /// it.
    DatagramChannel(std::shared_ptr<const Context> context,
                    Role role,
                    sansio::RandomSource& random);

    void Start(sansio::TimePoint now);

    /// One datagram of the peer.
    void Receive(sansio::TimePoint now, sansio::ByteView datagram);

    void HandleTimeout(sansio::TimePoint now);
    std::optional<sansio::TimePoint> GetNextTimeout() const;

    /// One datagram for the peer; empty: none.
    sansio::SpannedBytes TakeTransmit();

    /**
     * One datagram of plaintext becomes one record in one datagram, whatever the MTU (as UDP leaves
     * it to the layers below). Spans are mapped as in StreamChannel.
     * \return false, and nothing is sent, where the channel is not established or it exceeds 16384
     * bytes
     */
    bool Send(sansio::TimePoint now, const sansio::SpannedBytes& plaintext);

  private:
    friend class DatagramListener;

    /// Takes over an SSL whose ClientHello, with a valid cookie, DTLSv1_listen() has read.
    DatagramChannel(std::shared_ptr<const Context> context,
                    sansio::RandomSource& random,
                    ssl_st* listened,
                    std::shared_ptr<void> halfOpenSlot,
                    std::shared_ptr<void> sessionSlot);

    void OnWrite(sansio::ByteView bytes) override;
    size_t OnRead(uint8_t* data, size_t size) override;
    bool HasInput() const override;

    /// Goes on from a ClientHello that came in this datagram.
    void StartListened(sansio::TimePoint now, sansio::ByteView datagram);

    /// Gives OpenSSL one record, as a datagram of its own, and tells what became of it.
    void ReceiveRecord(sansio::TimePoint now, sansio::ByteView record, const RecordHeader& header);

    void ReportRepetitions();
    void UpdateDeadline(sansio::TimePoint now);
    void ReleaseHalfOpen();

    sansio::ByteView m_input; ///< the record being read
    Fifo<sansio::SpannedBytes> m_output;
    FlightTracker m_flightTracker;
    ReplayMirror m_mirror;
    std::optional<sansio::TimePoint> m_deadline;
    uint32_t m_repeated{0}; ///< datagrams sent again since the last report of it
    std::shared_ptr<void> m_halfOpenSlot;
    std::shared_ptr<void> m_sessionSlot;
};

} // namespace tls
