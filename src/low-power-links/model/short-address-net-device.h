// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/mac16-address.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device.h"
#include "ns3/traced-callback.h"

#include <optional>

namespace ns3
{

/**
 * What a network device with short 802.15.4 addresses owes ns3::NetDevice and what has nothing to
 * do with how it sends: addresses, node, link. To the layers above its address is the pseudo 48-bit
 * address of its short one, as ns-3's 6LoWPAN forms interface identifiers of it. Multicast is
 * broadcast (RFC 4944 section 3).
 */
class ShortAddressNetDevice : public NetDevice
{
  public:
    static TypeId GetTypeId();

    Mac16Address GetShortAddress() const;
    /// The pseudo 48-bit address of a short address: 02:00:00:00 and the address.
    static Mac48Address ToPseudoAddress(Mac16Address address);

    // From NetDevice
    void SetIfIndex(const uint32_t index) override;
    uint32_t GetIfIndex() const override;
    void SetAddress(Address address) override; ///< a Mac16Address, or the pseudo address of one
    Address GetAddress() const override;       ///< the pseudo 48-bit address
    bool SetMtu(const uint16_t mtu) override;
    uint16_t GetMtu() const override; ///< 116: what one frame carries
    bool IsLinkUp() const override;
    void AddLinkChangeCallback(Callback<void> callback) override;
    bool IsBroadcast() const override;
    Address GetBroadcast() const override;
    bool IsMulticast() const override;
    Address GetMulticast(Ipv4Address multicastGroup) const override;
    Address GetMulticast(Ipv6Address address) const override;
    bool IsBridge() const override;
    bool IsPointToPoint() const override;
    bool SendFrom(Ptr<Packet> packet,
                  const Address& source,
                  const Address& dest,
                  uint16_t protocolNumber) override;
    Ptr<Node> GetNode() const override;
    void SetNode(Ptr<Node> node) override;
    bool NeedsArp() const override;
    void SetReceiveCallback(ReceiveCallback callback) override;
    void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override;
    bool SupportsSendFrom() const override;

  protected:
    void DoDispose() override;

    /// The short address in a Mac16Address or in the last two bytes of a pseudo 48-bit address.
    static std::optional<uint16_t> ToShort(const Address& address);

    /// The own short address.
    uint16_t GetNumber() const;

    /// Hands \p payload to the layer above.
    void Deliver(Ptr<const Packet> payload, uint16_t source);

  private:
    Ptr<Node> m_node;
    uint32_t m_ifIndex{0};
    uint16_t m_address{0};
    ReceiveCallback m_receiveCallback;
    TracedCallback<> m_linkChanges;
};

} // namespace ns3
