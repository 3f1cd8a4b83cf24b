// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/channel.h"

namespace tls
{

/**
 * One endpoint of TLS 1.2 (RFC 5246) or TLS 1.3 (RFC 8446) over a byte stream, sans I/O.
 *
 * A record that does not authenticate ends the connection with the alert bad_record_mac, as the
 * standards demand: RecordRejected and then HandshakeFailed or ConnectionFailed. The end of the
 * transport's stream is the owner's to notice; without Closed before it, the peer's data may be cut
 * off. A peer that closes TLS 1.2 is answered with close_notify (RFC 5246 section 7.2.1); in
 * TLS 1.3 our direction stays open. Renegotiation is refused. Left out: 0-RTT data, resumption by
 * the client.
 */
class StreamChannel final : public Channel
{
  public:
    /// \p random must outlive the channel. The context's version is Tls12 or Tls13.
    StreamChannel(std::shared_ptr<const Context> context, Role role, sansio::RandomSource& random);

    /// A client writes its first flight, a server begins to listen.
    void Start(sansio::TimePoint now);

    /// The next bytes of the stream, cut anywhere.
    void Receive(sansio::TimePoint now, sansio::ByteView bytes);

    /// TLS over a reliable stream has no timer of its own: nothing happens.
    void HandleTimeout(sansio::TimePoint now);
    std::optional<sansio::TimePoint> GetNextTimeout() const;

    /// All bytes that wait for the stream; empty: none.
    sansio::SpannedBytes TakeTransmit();

    /**
     * Protects \p plaintext, in records of at most 16384 bytes. The spans are mapped onto the
     * records; what TLS adds is Layer::Security, with the label of the report it carries.
     * \return false, and nothing is sent, where the channel is not established
     */
    bool Send(sansio::TimePoint now, const sansio::SpannedBytes& plaintext);

  private:
    void OnWrite(sansio::ByteView bytes) override;
    size_t OnRead(uint8_t* data, size_t size) override;
    bool HasInput() const override;

    sansio::ByteView m_input; ///< what Receive() was given and OpenSSL has not read
    sansio::SpannedBytes m_output;
};

} // namespace tls
