// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * The defences of a host by name. Each is nothing but a setting of the part that it belongs to
 * (TCP listener, TLS, DTLS, broker, CoAP server), which sees traffic and knows no attacker; how
 * strict it is, is an attribute here.
 *
 * - `cookie`: DTLS keeps no state before the client has returned a cookie (RFC 6347 section 4.2.1)
 * - `connect-timeout`: a connection must bring its CONNECT within ConnectTimeout
 * - `handshake-timeout`: a TLS handshake may take HandshakeTimeout
 * - `keep-alive-bound`: a CONNECT that asks for more Keep Alive than KeepAliveBound, or for none,
 *   is refused
 * - `half-open-eviction`: a SYN that finds the backlog full takes the oldest half-open place
 * - `address-limit`: at most ConnectionsPerAddress connections of one address
 * - `connection-rate`: at most ConnectionRate new connections per second of one address, and
 *   ConnectionBurst at once
 * - `request-rate`: at most RequestRate reports or requests per second, of one MQTT connection or
 *   of one address in CoAP, and RequestBurst at once
 */
class DefenceSetup : public Object
{
  public:
    static TypeId GetTypeId();

    DefenceSetup();
    ~DefenceSetup() override;

    /// Every defence there is.
    static std::vector<std::string> GetNames();

    /// The stacks, by their URI scheme names, that have what the defence sets.
    static const std::vector<std::string>& GetStacks(const std::string& name);

    /// What keep-alive-bound allows: the default of KeepAliveBound, whoever set it.
    static Time GetKeepAliveBound();

    /// Those that are on.
    void SetNames(std::vector<std::string> names);

    /// Sets what the defences set of \p part, a socket factory or service of the host.
    void ApplyTo(Ptr<Object> part) const;

    /// Whether a refusal, as VictimEvent::GetText() names it, is by one of the defences that are
    /// on, or by the bounds of connections and sessions (of all, of an address, their rate),
    /// however they were set: whom they keep out, and who gives way to others at them.
    bool IsRefusal(const std::string& text) const;

    /// How old a connection is when it is refused for \p text; 0: of no certain age.
    Time GetAgeAtRefusal(const std::string& text) const;

  private:
    bool Has(const std::string& name) const;
    void ApplyToSockets(Ptr<Object> part) const;
    void ApplyToServices(Ptr<Object> part) const;

    std::vector<std::string> m_names;
    Time m_connectTimeout;
    Time m_handshakeTimeout;
    Time m_keepAliveBound;
    uint32_t m_connectionsPerAddress{0};
    double m_connectionRate{0};
    uint32_t m_connectionBurst{0};
    double m_requestRate{0};
    uint32_t m_requestBurst{0};
};

} // namespace ns3
