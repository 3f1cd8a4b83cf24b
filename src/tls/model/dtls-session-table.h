// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/datagram-channel.h"
#include "tls/protocol/fifo.h"

#include "ns3/address.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"

#include <list>
#include <map>
#include <memory>
#include <set>

namespace ns3
{

/// What a DtlsSocket knows of one peer.
struct DtlsSession
{
    uint64_t id{0}; ///< of all sessions of the socket
    sansio::PeerAddress peer;
    Address address; ///< the same as an ns-3 address
    tls::Role role{};
    std::unique_ptr<tls::DatagramChannel> channel;
    sansio::Bytes clientRandom; ///< server: of the ClientHello that began the session; client: none
    bool established{false};
    bool startPending{false};
    Time started;
    Time lastUsed;
    tls::Fifo<Ptr<Packet>> waiting; ///< for the end of the handshake
    sansio::Duration stopped{0};    ///< how long the processor has worked: no time for the channel
    std::optional<sansio::TimePoint> deadline; ///< when the socket serves it

    /// The time of the channel's clock, which stands still while the processor works for it: so its
    /// timers start when what it sends leaves.
    sansio::TimePoint GetChannelTime() const;

    /// True for a ClientHello that does not belong to the handshake of this session: of another one
    /// that the peer begins as client.
    bool IsStartedOverBy(sansio::ByteView datagram) const;
};

/// The sessions of a DtlsSocket: by peer, by the time of their last use, and by deadline.
class DtlsSessionTable
{
  public:
    bool empty() const
    {
        return m_sessions.empty();
    }

    size_t size() const
    {
        return m_sessions.size();
    }

    /// The session with a peer, or null.
    DtlsSession* Find(const sansio::PeerAddress& peer) const;

    /// The same, unless another one has taken the place of the session \p id.
    DtlsSession* Find(const sansio::PeerAddress& peer, uint64_t id) const;

    /// Adds a session with a peer that has none.
    DtlsSession& Add(const sansio::PeerAddress& peer, tls::Role role);
    void Remove(DtlsSession& session);

    /// A handshake that this end began as server has completed.
    void NoteEstablished(DtlsSession& session);

    /// The session whose handshake, with this end as server, is under way for longest; or null.
    DtlsSession* FindOldestHandshake() const;

    /// The established session that this end has as server and that was used longest ago, if it was
    /// not used for this time; or null.
    DtlsSession* FindUnused(Time time);

    /// The same of those with the address of a peer, whatever their ports and however unused.
    DtlsSession* FindUnusedOf(const sansio::PeerAddress& peer) const;

    /// Notes that it is used now.
    void Touch(DtlsSession& session);

    /// The session that was used longest ago; there must be one.
    DtlsSession& GetOldest();

    /// What limits the time of sessions; zero: nothing.
    struct Timeouts
    {
        Time idle;      ///< between uses
        Time handshake; ///< for a handshake, with this end as server
    };

    /// A session whose handshake lasts too long, the oldest; null: none.
    DtlsSession* FindLate(const Timeouts& timeouts) const;

    /// A session that has been unused too long, the longest; null: none.
    DtlsSession* FindIdle(const Timeouts& timeouts);

    void SetDeadline(DtlsSession& session, std::optional<sansio::TimePoint> deadline);

    /// A session whose deadline is not after \p now, the earliest; null: none.
    DtlsSession* FindDue(sansio::TimePoint now) const;

    /// When the first session is due, late or idle.
    std::optional<sansio::TimePoint> GetNextDeadline(const Timeouts& timeouts) const;

  private:
    using Sessions = std::list<DtlsSession>;

    Sessions m_sessions; ///< the one that was used longest ago in front
    std::map<sansio::PeerAddress, Sessions::iterator> m_index;
    std::set<std::pair<sansio::TimePoint, sansio::PeerAddress>> m_deadlines;
    std::map<uint64_t, sansio::PeerAddress> m_handshakes; ///< under way as server, by session id
    uint64_t m_lastId{0};
};

} // namespace ns3
