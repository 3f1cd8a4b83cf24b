// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/operation.h"
#include "tls/model/secure-socket-factory.h"

#include <map>
#include <set>

namespace ns3
{

/// What the secured sockets of one or more nodes did up to an instant.
struct SecurityCounters
{
    uint64_t completed{0};
    std::map<std::string, uint64_t> failures; ///< handshakes that failed, by reason
    /// New peers ignored at a limit, by its name, and those given up for them ("handshake-evicted",
    /// "session-evicted", TLS "evicted").
    std::map<std::string, uint64_t> refusals;
    uint64_t bytesSent{0}; ///< of completed handshakes, as given to TCP or UDP
    uint64_t bytesReceived{0};
    uint64_t flights{0};
    uint64_t retransmissions{0}; ///< datagrams of handshake flights that DTLS sent again
    uint64_t rejected{0};        ///< records that were not accepted
    std::map<std::string, uint64_t> rejections; ///< by reason
};

/// Listens to socket factories and counts.
class SecurityMeter
{
  public:
    /// Listens to the factory from now on.
    void Attach(Ptr<SecureSocketFactory> factory);

    /// Counts no repeated flights to anybody else, such as those that a flood of ClientHellos
    /// draws. \param hosts IPv6 addresses
    void CountRepeatsOnlyTo(std::set<Address> hosts);

    const SecurityCounters& GetCounters() const;

  private:
    void HandleCompleted(const tls::HandshakeCompleted& completed,
                         const Address& peer,
                         Time duration);
    void HandleFailed(const tls::HandshakeFailed& failed, const Address& peer);
    void HandleRefused(const std::string& reason, const Address& peer);
    void HandleEvicted(const Address& peer, bool established, Time age);
    void HandleRejected(tls::RejectionReason reason, const Address& peer);
    void HandleRetransmitted(uint32_t datagrams, const Address& peer);

    std::set<Address> m_repeatsTo; ///< empty: everybody
    SecurityCounters m_counters;
};

} // namespace ns3
