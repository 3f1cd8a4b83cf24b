// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/scope.h"
#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/spanned-bytes.h"
#include "tls/protocol/context.h"
#include "tls/protocol/event.h"
#include "tls/protocol/fifo.h"
#include "tls/protocol/record-mapper.h"
#include "tls/protocol/wire.h"

struct ssl_st;

namespace tls
{

/**
 * What StreamChannel and DatagramChannel have in common: one endpoint of one association, an SSL of
 * OpenSSL that runs in simulated time, draws from an injected random source, reports the
 * cryptography it did, and reads and writes through a BIO of ours.
 *
 * Events and output wait until they are taken; the owner takes them after each call.
 */
class Channel : private Wire
{
  public:
    ~Channel() override;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    std::optional<Event> PollEvent();

    /// The cryptography the calls since the last take really did, in order.
    sansio::Operations TakeOperations();

    /// Who the peer proved to be; empty before HandshakeCompleted. The address is left empty.
    const sansio::PeerIdentity& GetPeerIdentity() const
    {
        return m_peer;
    }

    const Settings& GetSettings() const
    {
        return m_context->GetSettings();
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
    /// the handshake has completed.
    void Close(sansio::TimePoint now);

    // OpenSSL tells what it does through these; they are of no use to others.
    void NoteFatalAlert(uint8_t alert, bool fromPeer);
    void NoteRecord(uint8_t contentType, size_t size);
    void NoteInnerType(uint8_t contentType);
    void NoteOfferedIdentity(const std::string& identity);
    void LogKey(std::string_view line) const;

  protected:
    enum class State : uint8_t
    {
        Idle,
        Handshake,
        Established,
        Closing, ///< we said close_notify and go on reading
        Failed,
    };

    /**
     * \param handle an SSL to take over, or null to make one
     * \param recordHeader bytes of a record header (TLS 5, DTLS 13)
     */
    Channel(std::shared_ptr<const Context> context,
            Role role,
            sansio::RandomSource& random,
            ssl_st* handle,
            size_t recordHeader);

    /// The time, the random source and the account of operations for calls into OpenSSL.
    crypto::Scope OpenScope(sansio::TimePoint now);

    /// A scope for calls that read or write records, and the buffers for them: with DTLS, OpenSSL
    /// would hold them between two calls (SSL_MODE_RELEASE_BUFFERS is for TLS only).
    class Call : public crypto::Scope
    {
      public:
        /// \param plaintext how many bytes are to be protected
        Call(Channel& channel, sansio::TimePoint now, size_t plaintext = 0);
        ~Call();
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;

      private:
        ssl_st* m_datagramHandle; ///< null with TLS
    };

    /// Goes on with the handshake, or reads, until OpenSSL wants more input. In a call.
    void Advance();

    /// Protects plaintext in a call; false where that cannot be (yet, or any more).
    bool Write(const sansio::SpannedBytes& plaintext);

    /// The end of the channel, from what OpenSSL says about its last call. In a call.
    void Fail();

    void Emit(Event event);

    void SetState(State state)
    {
        m_state = state;
    }

    State GetState() const
    {
        return m_state;
    }

    /// Counts bytes of the handshake, by flight.
    void AccountReceived(size_t bytes);

    /// Counts bytes of the handshake and appends them with their provenance.
    void MapOutput(sansio::ByteView bytes, bool retransmission, sansio::SpannedBytes& output);

    ssl_st* GetHandle() const
    {
        return m_handle;
    }

  private:
    size_t GetMtuOverhead() const override;

    /// Whether OpenSSL may find more to read than it has returned.
    virtual bool HasInput() const = 0;

    void ConfigureHandle(Role role);
    void LimitWriteBuffer(size_t plaintext);
    void AdvanceHandshake();
    void ReadAll();
    void EndReading();
    void Complete();
    void IdentifyPeer(bool byPsk);
    Failure DescribeFailure() const;

    std::shared_ptr<const Context> m_context;
    sansio::RandomSource& m_random;
    ssl_st* m_handle;
    State m_state{State::Idle};
    bool m_peerClosed{false};
    RecordMapper m_mapper;
    sansio::Operations m_operations;
    Fifo<Event> m_events;
    sansio::PeerIdentity m_peer;
    std::string m_offeredIdentity; ///< PSK identity in use, not yet proved
    std::optional<uint8_t> m_alert;
    bool m_alertFromPeer{false};
    bool m_lastSent{false}; ///< direction of the last bytes of the handshake
    uint64_t m_bytesSent{0};
    uint64_t m_bytesReceived{0};
    uint32_t m_flights{0};
};

} // namespace tls
