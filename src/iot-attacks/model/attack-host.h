// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include "ns3/ipv6-address.h"
#include "ns3/ipv6.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/pcap-file-wrapper.h"
#include "ns3/traced-callback.h"

namespace ns3
{

/**
 * An attacker off the path: a host in the internet that sends any IPv6 datagram, with any source
 * address, and sees what comes back to its own. Sockets of its node serve where the stack of the
 * attacker is to do the work. Made by AttackNetworkHelper and aggregated to its node.
 */
class AttackHost : public Object
{
  public:
    static TypeId GetTypeId();

    AttackHost();
    ~AttackHost() override;

    /// \param device towards the access router \param address its own address there
    void Attach(Ptr<NetDevice> device, Ipv6Address address);

    /**
     * Sends \p ipv6 as it is.
     * \return false where ns-3 could not survive it (attacks::CheckDatagram(), trace Refused), or
     * the queue of the device is full (trace Refused)
     */
    bool SendRaw(sansio::ByteView ipv6);

    Ptr<NetDevice> GetDevice() const;
    Ipv6Address GetAddress() const;

    /// Captures the attacker's link in FILE; \return it, which tells when it could not be written.
    Ptr<PcapFileWrapper> EnablePcap(const std::string& file);

    /// Signature of Sent and Received. \param ipv6 the datagram
    typedef void (*DatagramCallback)(Ptr<const Packet> ipv6);
    typedef void (*RefusedCallback)(std::string reason);

  protected:
    void DoDispose() override;

  private:
    void HandleReceived(Ptr<const Packet> packet, Ptr<Ipv6> ipv6, uint32_t interface);

    Ptr<NetDevice> m_device;
    Ipv6Address m_address;

    TracedCallback<Ptr<const Packet>> m_sentTrace;
    TracedCallback<Ptr<const Packet>> m_receivedTrace;
    TracedCallback<std::string> m_refusedTrace;
};

} // namespace ns3
