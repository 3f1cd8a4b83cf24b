// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/scope.h"
#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/spanned-bytes.h"
#include "tls/protocol/context.h"
#include "tls/protocol/event.h"

#include <deque>

struct bio_st;

namespace tls
{

/**
 * What StreamChannel and DatagramChannel have in common: one endpoint of one association, an SSL of
 * OpenSSL that runs in simulated time, draws from an injected random source, reports the
 * cryptography it did, and reads and writes through a BIO of ours.
 */
class Channel
{
  public:
    virtual ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    std::optional<Event> PollEvent();

    /// The cryptography the calls since the last take really did, in order.
    sansio::Operations TakeOperations();

    /// Who the peer proved to be; texts are empty before HandshakeCompleted. The address is left
    /// empty.
    const sansio::PeerIdentity& GetPeerIdentity() const
    {
        return m_peer;
    }

    /// True between HandshakeCompleted and the end of the channel in our direction.
    bool IsEstablished() const
    {
        return m_state == State::Established;
    }

    /// True once the channel ended in failure.
    bool HasFailed() const
    {
        return m_state == State::Failed;
    }

    /// Says close_notify (RFC 8446 section 6.1); nothing can be sent afterwards. No effect before
    /// the handshake completed.
    void Close(sansio::TimePoint now);

  protected:
    enum class State : uint8_t
    {
        Idle,
        Handshake,
        Established,
        Closing, ///< we said close_notify and go on reading
        Failed,
    };

    Channel(std::shared_ptr<const Context> context,
            Role role,
            sansio::RandomSource& random,
            ssl_st* handle);

    /// The time, the random source and the account of operations for calls into OpenSSL.
    crypto::Scope OpenScope(sansio::TimePoint now);

    /// Runs the handshake or reads until OpenSSL wants more input. In an open scope.
    void Advance();

    /// SSL_write() in an open scope; false where the channel failed.
    bool Write(sansio::ByteView plaintext);

    void Emit(Event event);

    /// Counts bytes of a handshake by flight.
    void AccountReceived(size_t bytes);
    void AccountSent(size_t bytes);

    std::shared_ptr<const Context> m_context;
    ssl_st* m_handle;
    Role m_role;
    State m_state{State::Idle};
    const CipherSuite* m_suite{nullptr};

    /// What OpenSSL wrote to the wire in one piece.
    virtual void OnWrite(sansio::ByteView bytes) = 0;

    /// What OpenSSL reads next; returns how many bytes were copied.
    virtual size_t OnRead(uint8_t* data, size_t size) = 0;

    /// A record is about to be written (RFC 8446: with its inner content type).
    virtual void OnRecord(uint8_t contentType, size_t size)
    {
    }

  private:
    friend struct ChannelCallbacks;

    void AdvanceHandshake();
    void ReadAll();
    void Complete();
    void Fail(int result);
    Failure DescribeFailure(int result) const;
    void FinishPeerIdentity();

    sansio::RandomSource& m_random;
    sansio::Operations m_operations;
    std::deque<Event> m_events;
    sansio::PeerIdentity m_peer;
    std::string m_offeredIdentity; ///< PSK identity in use, not yet proved
    std::optional<uint8_t> m_alert;
    bool m_alertFromPeer{false};
    bool m_lastDirectionSent{false};
    uint64_t m_bytesSent{0};
    uint64_t m_bytesReceived{0};
    uint32_t m_flights{0};
};

} // namespace tls
