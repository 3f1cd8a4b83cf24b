// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/peer.h"
#include "sans-io/protocol/token-bucket.h"

#include "ns3/address.h"
#include "ns3/ptr.h"

#include <list>
#include <map>

namespace ns3
{

class HostTcpSocket;
class HostTcpSocketFactory;

/**
 * What a listening TCP socket of a host keeps of its connections: those half open, oldest first,
 * how many each address has, and when an address may open the next one. HostTcpSocketFactory
 * states the bounds.
 */
class HostTcpTable
{
  public:
    explicit HostTcpTable(Ptr<HostTcpSocketFactory> factory);
    ~HostTcpTable();

    HostTcpTable(const HostTcpTable&) = delete;
    HostTcpTable& operator=(const HostTcpTable&) = delete;

    /// A SYN came. \return whether a half-open connection may be made for it.
    bool Admit(const Address& peer);

    /// The handshake is about to complete. \return whether there is room for the connection.
    bool AdmitCompleted(const Address& peer);

    /// The place of one connection, which goes from one state to the next and never back.
    enum class Place : uint8_t
    {
        None,
        HalfOpen,
        Connected,
    };

    /// What a connection keeps of its place.
    struct Entry
    {
        Place place{Place::None};
        sansio::PeerAddress address;                    ///< of the peer, without its port
        std::list<HostTcpSocket*>::iterator position{}; ///< among those half open
    };

    /// Where the backlog is full, the oldest one is evicted.
    void EnterHalfOpen(Entry& entry, const Address& peer, HostTcpSocket* socket);
    void EnterConnected(Entry& entry);
    void Leave(Entry& entry);

  private:
    void EvictOldest();
    void LeaveHalfOpen(Entry& entry);
    bool Refuse(const Address& peer, const char* reason);

    Ptr<HostTcpSocketFactory> m_factory;
    std::list<HostTcpSocket*> m_halfOpen; ///< the oldest in front
    uint32_t m_connected{0};
    std::map<sansio::PeerAddress, uint32_t> m_perAddress; ///< half open and connected
    sansio::TokenBucketTable<sansio::PeerAddress> m_rates;
};

} // namespace ns3
