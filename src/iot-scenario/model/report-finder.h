// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include "ns3/ipv6.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"

#include <map>
#include <optional>

namespace ns3
{

/**
 * Knows for the record which report a captured message carries: from its bytes where they are
 * readable, and else from the provenance with which the sensor sent the datagram. Nothing of it
 * reaches an attacker or a victim.
 */
class ReportFinder
{
  public:
    /// \param sensors whose datagrams are noted from now on \param payload bytes of a report
    /// \param secure reports cannot be read
    ReportFinder(const NodeContainer& sensors, size_t payload, bool secure);

    /// The label of the report that ends this message or is in this datagram; 0: none is known.
    uint64_t Find(const sansio::Bytes& message) const;

  private:
    void HandleSent(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface);

    size_t m_payload;
    bool m_secure;
    std::map<sansio::Bytes, uint64_t> m_datagrams; ///< UDP payload to report
};

} // namespace ns3
