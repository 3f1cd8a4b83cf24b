// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/model/dtls-socket-factory.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/node-container.h"
#include "ns3/object-factory.h"

#include <string>

namespace ns3
{

/**
 * Installs TlsSocketFactory and DtlsSocketFactory on nodes, with credentials and settings in
 * common. What differs from node to node is set before each Install().
 *
 *     TlsHelper tls;
 *     tls.Set("PskIdentity", StringValue("s01"));
 *     tls.Set("PskKey", StringValue("000102030405060708090a0b0c0d0e0f"));
 *     tls.Install(nodes);
 *
 * Wrong settings are reported by a std::runtime_error whose text is one line that names the value
 * and what was expected: print it and exit before the simulation runs.
 */
class TlsHelper
{
  public:
    TlsHelper();

    /**
     * Sets an attribute of both factories, or of the one that has it. Version means that of TLS.
     * \throw std::runtime_error if neither has it or the value is out of range
     */
    void Set(const std::string& name, const AttributeValue& value);

    /**
     * Aggregates both factories to the nodes, which need an internet stack by the time a socket is
     * made, and checks their settings.
     * \throw std::runtime_error on a wrong setting, or on a node that has such a factory already
     */
    void Install(const NodeContainer& nodes) const;

    /// Only one of the factories; the other would hold memory without use.
    void InstallTls(const NodeContainer& nodes) const;
    void InstallDtls(const NodeContainer& nodes) const;

    /// Fixes the random streams of the factories on these nodes; \return how many were used.
    static int64_t AssignStreams(const NodeContainer& nodes, int64_t stream);

  private:
    ObjectFactory m_tls;
    ObjectFactory m_dtls;
};

} // namespace ns3
