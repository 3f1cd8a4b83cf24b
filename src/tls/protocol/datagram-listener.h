// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/datagram-channel.h"

#include <map>

union bio_addr_st;

namespace tls
{

/// What the owner would give up for a new channel where there is no room otherwise.
struct Offer
{
    bool former{false}; ///< the channel of the same peer, which starts over: given up in any case
    bool own{false};    ///< a channel of the same address, another port, whose handshake is done
    bool handshake{false}; ///< a channel of anybody whose handshake is under way
    bool session{false};   ///< a channel of anybody whose handshake is done
};

/// Whose place a new channel takes, beside Offer::former.
enum class Eviction : uint8_t
{
    Nobody,
    Own,       ///< Offer::own
    Handshake, ///< Offer::handshake
    Session,   ///< Offer::session
};

/// A peer whose ClientHello was accepted; its channel already holds the answer to send.
struct NewPeer
{
    sansio::PeerAddress peer;
    std::unique_ptr<DatagramChannel> channel;
    Eviction evicts{Eviction::Nobody}; ///< the owner gives that one up now
};

/// A ClientHello that found no room; nothing is answered.
struct PeerRefused
{
    sansio::PeerAddress peer;
    std::string reason; ///< "half-open", "sessions", "per-address" or "rate", as in Limits
};

using ListenerEvent = std::variant<NewPeer, PeerRefused>;

/// A datagram and where it goes.
struct AddressedDatagram
{
    sansio::PeerAddress peer;
    sansio::SpannedBytes bytes;
};

/**
 * The server's side of one UDP port before there is an association: the DTLS cookie exchange
 * (RFC 6347 section 4.2.1), without state per peer.
 *
 * The owner gives it the datagrams of peers that have no channel, and keeps the channels that
 * NewPeer hands over. A ClientHello without a valid cookie is answered with HelloVerifyRequest; the
 * cookie is the first 16 bytes of HMAC-SHA256 over address and port, keyed by a secret drawn at
 * construction. With Settings::cookieExchange off each ClientHello makes a channel at once, where
 * there is room for it.
 *
 * Nothing gives way to an address that may be forged: what Offer holds is taken only by a peer that
 * has returned its cookie. So one that starts over is asked for a cookie whatever the settings say
 * (RFC 6347 section 4.2.8), and with Settings::cookieExchange off nobody else's place is taken.
 *
 * A half-open slot is taken until the channel's handshake completes or fails or the channel is
 * destroyed; a session slot until the channel is destroyed. The channel's count of bytes and
 * flights begins with the ClientHello that was accepted.
 */
class DatagramListener : private Wire
{
  public:
    /// \p random must outlive the listener and the channels. The context's version is Dtls12.
    DatagramListener(std::shared_ptr<const Context> context, sansio::RandomSource& random);
    ~DatagramListener() override;
    DatagramListener(const DatagramListener&) = delete;
    DatagramListener& operator=(const DatagramListener&) = delete;

    /// A datagram of a peer without a channel, or of one that starts over.
    void Receive(sansio::TimePoint now,
                 const sansio::PeerAddress& peer,
                 sansio::ByteView datagram,
                 const Offer& offer = {});

    /// There is no timer: a HelloVerifyRequest is never repeated by itself.
    void HandleTimeout(sansio::TimePoint now);
    std::optional<sansio::TimePoint> GetNextTimeout() const;

    /// HelloVerifyRequests.
    std::optional<AddressedDatagram> TakeTransmit();
    std::optional<ListenerEvent> PollEvent();

    /// The cryptography of the cookies.
    sansio::Operations TakeOperations();

    /// What was answered, refused and ignored so far.
    struct Counters
    {
        uint64_t helloVerifyRequests{0};
        uint64_t accepted{0};
        uint64_t refusedHalfOpen{0};
        uint64_t refusedSessions{0};
        uint64_t refusedPerAddress{0};
        uint64_t refusedRate{0};
        uint64_t evicted{0};
        uint64_t ignored{0}; ///< datagrams that were no acceptable ClientHello
    };

    const Counters& GetCounters() const
    {
        return m_counters;
    }

    size_t GetHalfOpen() const;
    size_t GetSessions() const;

    /// The cookie of the peer whose datagram is at hand. In an open scope.
    sansio::Bytes MakeCookie() const;

    /// The listener that answers with this SSL.
    static DatagramListener& FromHandle(ssl_st* handle);

    /// True where a datagram begins with a ClientHello in the clear, as a peer that starts over
    /// sends it.
    static bool IsClientHello(sansio::ByteView datagram);

    /// The random of that ClientHello, which tells one handshake of a peer from another: both
    /// ClientHellos of a cookie exchange, and their repetitions, carry the same (RFC 6347 section
    /// 4.2.1). Empty: the datagram is no ClientHello, or does not hold its beginning.
    static sansio::ByteView GetClientRandom(sansio::ByteView datagram);

  private:
    class Slots;

    void OnWrite(sansio::ByteView bytes) override;
    size_t OnRead(uint8_t* data, size_t size) override;
    size_t GetMtuOverhead() const override;

    /// The SSL of a ClientHello whose cookie is valid, or null.
    ssl_st* Listen(sansio::TimePoint now, sansio::ByteView datagram);

    /// Counts and tells where not; else notes whose place is taken.
    bool HasRoom(sansio::TimePoint now);
    bool IsFull() const;              ///< MaxSessions
    bool IsAddressAtItsLimit() const; ///< MaxSessionsPerAddress
    Eviction GetEvictionForSession() const;
    bool Refuse(uint64_t& counter, const char* reason);
    std::shared_ptr<void> TakeSessionSlot();

    /// \p listened is null where the ClientHello has not been read yet.
    void Accept(sansio::TimePoint now, ssl_st* listened, sansio::ByteView datagram);

    std::shared_ptr<const Context> m_context;
    sansio::RandomSource& m_random;
    sansio::Bytes m_secret;
    bio_addr_st* m_address;   ///< where OpenSSL would write the address of the peer
    ssl_st* m_spare{nullptr}; ///< what DTLSv1_listen() works on until a ClientHello is accepted
    sansio::PeerAddress m_peer;
    sansio::ByteView m_input;
    Fifo<AddressedDatagram> m_output;
    Fifo<ListenerEvent> m_events;
    sansio::Operations m_operations;
    Counters m_counters;
    std::shared_ptr<Slots> m_halfOpen;
    std::shared_ptr<Slots> m_sessions;
    Offer m_offer;                       ///< for the peer whose datagram is at hand
    Eviction m_evicts{Eviction::Nobody}; ///< what that peer needs of it
    std::shared_ptr<std::map<sansio::PeerAddress, size_t>> m_perAddress; ///< sessions
    sansio::TokenBucketTable<sansio::PeerAddress> m_rates;
};

} // namespace tls
