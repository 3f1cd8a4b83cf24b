// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/token-bucket.h"

#include "ns3/address.h"
#include "ns3/socket-factory.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <map>
#include <string>

namespace ns3
{

/**
 * Makes TCP sockets as TcpSocketFactory does, but with listeners whose tables are bounded as those
 * of a host are. Aggregate it to a node with an internet stack and name it in the attribute
 * Protocol of a server, or in Transport of TlsSocketFactory.
 *
 * A connection is half open from its SYN until the handshake is complete; ns-3 repeats the
 * SYN-ACK at 3, 9, 21, 45 and 93 s and gives the place free at 189 s (TcpSocket::ConnTimeout and
 * ConnCount). It is connected until its application has closed it, it was reset, or its
 * retransmissions have failed. The bounds of connections are for each listener; what is counted
 * here is the sum of all.
 *
 * An address counts as one peer whatever its ports. Nothing is known of a peer beyond what it
 * sends, so whoever forges an address also spends its share.
 *
 * Left out: SYN cookies, the queue of connections that wait for accept() (applications of ns-3
 * accept at once), and a bound on connections that the application has closed.
 */
class HostTcpSocketFactory : public SocketFactory
{
  public:
    static TypeId GetTypeId();

    HostTcpSocketFactory();
    ~HostTcpSocketFactory() override;

    Ptr<Socket> CreateSocket() override;

    uint32_t GetHalfOpen() const;
    uint32_t GetPeakHalfOpen() const;
    uint32_t GetConnections() const;
    uint32_t GetPeakConnections() const;

    /// How often each reason of Refused was given.
    const std::map<std::string, uint64_t>& GetRefused() const;

    /**
     * Signature of Refused.
     * \param peer whose connection was not made, or was given up
     * \param reason "backlog", "evicted", "connections", "per-address" or "rate"
     */
    typedef void (*RefusedTracedCallback)(const Address& peer, std::string reason);

    // For the tables of the listeners
    uint32_t GetBacklog() const;
    bool EvictsOldest() const;
    uint32_t GetMaxConnections() const;
    uint32_t GetMaxConnectionsPerAddress() const;
    sansio::RateLimit GetRatePerAddress() const;
    uint32_t GetMaxRateEntries() const;
    void ChangeHalfOpen(int change);
    void ChangeConnections(int change);
    void NotifyRefused(const Address& peer, const std::string& reason);

  private:
    uint32_t m_backlog;
    bool m_evictOldest;
    uint32_t m_maxConnections;
    uint32_t m_maxConnectionsPerAddress;
    double m_ratePerAddress;
    uint32_t m_burstPerAddress;
    uint32_t m_maxRateEntries;

    TracedValue<uint32_t> m_halfOpen{0};
    TracedValue<uint32_t> m_connections{0};
    uint32_t m_peakHalfOpen{0};
    uint32_t m_peakConnections{0};
    std::map<std::string, uint64_t> m_refused;
    TracedCallback<const Address&, std::string> m_refusedTrace;
};

} // namespace ns3
