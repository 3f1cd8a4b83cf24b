// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/short-address-net-device.h"

#include "low-power-links/protocol/frame-dissector.h"

#include "ns3/abort.h"
#include "ns3/node.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(ShortAddressNetDevice);

namespace
{

Mac16Address
ToMac16(uint16_t address)
{
    uint8_t bytes[] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
    Mac16Address mac;
    mac.CopyFrom(bytes);
    return mac;
}

} // namespace

TypeId
ShortAddressNetDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::ShortAddressNetDevice").SetParent<NetDevice>().SetGroupName("LowPowerLinks");
    return tid;
}

void
ShortAddressNetDevice::DoDispose()
{
    m_receiveCallback =
        MakeNullCallback<bool, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&>();
    m_node = nullptr;
    NetDevice::DoDispose();
}

std::optional<uint16_t>
ShortAddressNetDevice::ToShort(const Address& address)
{
    // The type of an address that came in an option of neighbour discovery is not known, so the
    // length decides.
    uint8_t bytes[Address::MAX_SIZE];
    uint32_t length = address.CopyTo(bytes);
    if (length != 2 && length != 6)
    {
        return std::nullopt;
    }
    return static_cast<uint16_t>(bytes[length - 2] << 8 | bytes[length - 1]);
}

Mac16Address
ShortAddressNetDevice::GetShortAddress() const
{
    return ToMac16(m_address);
}

Mac48Address
ShortAddressNetDevice::ToPseudoAddress(Mac16Address address)
{
    // As ns-3's 6LoWPAN expects it by RFC 6282: the universal/local bit says local, no PAN
    // identifier.
    uint8_t bytes[6] = {0x02, 0, 0, 0, 0, 0};
    address.CopyTo(bytes + 4);
    Mac48Address pseudo;
    pseudo.CopyFrom(bytes);
    return pseudo;
}

uint16_t
ShortAddressNetDevice::GetNumber() const
{
    return m_address;
}

void
ShortAddressNetDevice::Deliver(Ptr<const Packet> payload, uint16_t source)
{
    m_receiveCallback(this, payload, 0, ToPseudoAddress(ToMac16(source)));
}

void
ShortAddressNetDevice::SetIfIndex(const uint32_t index)
{
    m_ifIndex = index;
}

uint32_t
ShortAddressNetDevice::GetIfIndex() const
{
    return m_ifIndex;
}

void
ShortAddressNetDevice::SetAddress(Address address)
{
    std::optional<uint16_t> number = ToShort(address);
    NS_ABORT_MSG_UNLESS(number, "LowPowerNetDevice: " << address << " is no short address");
    m_address = *number;
}

Address
ShortAddressNetDevice::GetAddress() const
{
    return ToPseudoAddress(ToMac16(m_address));
}

bool
ShortAddressNetDevice::SetMtu(const uint16_t mtu)
{
    return mtu == GetMtu();
}

uint16_t
ShortAddressNetDevice::GetMtu() const
{
    return lowpower::MAX_FRAME_SIZE - lowpower::SHORT_MHR_SIZE - lowpower::FCS_SIZE;
}

bool
ShortAddressNetDevice::IsLinkUp() const
{
    return true;
}

void
ShortAddressNetDevice::AddLinkChangeCallback(Callback<void> callback)
{
    m_linkChanges.ConnectWithoutContext(callback);
}

bool
ShortAddressNetDevice::IsBroadcast() const
{
    return true;
}

Address
ShortAddressNetDevice::GetBroadcast() const
{
    return ToPseudoAddress(ToMac16(lowpower::BROADCAST_ADDRESS));
}

bool
ShortAddressNetDevice::IsMulticast() const
{
    return true;
}

Address
ShortAddressNetDevice::GetMulticast(Ipv4Address multicastGroup) const
{
    return GetBroadcast();
}

Address
ShortAddressNetDevice::GetMulticast(Ipv6Address address) const
{
    return GetBroadcast();
}

bool
ShortAddressNetDevice::IsBridge() const
{
    return false;
}

bool
ShortAddressNetDevice::IsPointToPoint() const
{
    return false;
}

bool
ShortAddressNetDevice::SendFrom(Ptr<Packet> packet,
                                const Address& source,
                                const Address& dest,
                                uint16_t protocolNumber)
{
    return source == GetAddress() && Send(packet, dest, protocolNumber);
}

Ptr<Node>
ShortAddressNetDevice::GetNode() const
{
    return m_node;
}

void
ShortAddressNetDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
}

bool
ShortAddressNetDevice::NeedsArp() const
{
    return true;
}

void
ShortAddressNetDevice::SetReceiveCallback(ReceiveCallback callback)
{
    m_receiveCallback = callback;
}

void
ShortAddressNetDevice::SetPromiscReceiveCallback(PromiscReceiveCallback callback)
{
    // Frames for others are seen in the trace source Sniffer.
}

bool
ShortAddressNetDevice::SupportsSendFrom() const
{
    return false;
}

} // namespace ns3
