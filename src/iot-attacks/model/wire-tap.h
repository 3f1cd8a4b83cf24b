// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include "ns3/net-device.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/pcap-file-wrapper.h"
#include "ns3/traced-callback.h"

#include <functional>

namespace ns3
{

class TappedChannel;

/**
 * An attacker on the path: it sits at the border router's end of the wired link, sees every
 * datagram in both directions, and can hold, drop, delay and forge them.
 *
 * A datagram towards the host is seen as it starts, one towards the border router as it arrives. A
 * tap that only listens costs neither an event nor time: it takes the place of the channel.
 */
class WireTap : public Object
{
  public:
    /// What becomes of a datagram.
    struct Verdict
    {
        enum Action
        {
            PASS,
            DROP,
            DELAY,
        };

        Action action{PASS};
        Time delay; ///< with DELAY: how much later

        static Verdict Pass()
        {
            return {};
        }

        static Verdict Drop()
        {
            return {DROP, Time(0)};
        }

        static Verdict Delay(Time delay)
        {
            return {DELAY, delay};
        }
    };

    /// Decides on each datagram. The view is valid during the call.
    using Policy = std::function<Verdict(sansio::ByteView ipv6, bool towardsHost)>;

    static TypeId GetTypeId();

    WireTap();
    ~WireTap() override;

    /**
     * Puts the tap between two devices of a point-to-point link that are attached to each other,
     * before the simulation starts. The link keeps its delay.
     */
    void Install(Ptr<NetDevice> borderRouter, Ptr<NetDevice> host);

    /// Without a policy everything passes. Injected datagrams are not asked about.
    void SetPolicy(Policy policy);

    /**
     * Sends \p ipv6 to the host (it arrives after the delay of the link) or to the border router
     * (at once). The line rate is not taken up by it. \return false where ns-3 could not survive it
     * (attacks::CheckDatagram(), trace Refused)
     */
    bool Inject(sansio::ByteView ipv6, bool towardsHost);

    /// Captures what is seen and what is injected in FILE (raw IPv6); \return it, which tells when
    /// it could not be written.
    Ptr<PcapFileWrapper> EnablePcap(const std::string& file);

    /// Signature of Datagram, Dropped, Delayed and Injected. \param ipv6 the datagram
    typedef void (*DatagramCallback)(Ptr<const Packet> ipv6, bool towardsHost);
    typedef void (*RefusedCallback)(std::string reason);

  protected:
    void DoDispose() override;

  private:
    friend class TappedChannel;

    /// Whether a datagram passes, and how much later.
    Verdict Judge(Ptr<const Packet> frame, bool towardsHost);
    void Write(Ptr<const Packet> ipv6);

    Ptr<TappedChannel> m_channel;
    Policy m_policy;
    Ptr<PcapFileWrapper> m_pcap;

    TracedCallback<Ptr<const Packet>, bool> m_datagramTrace;
    TracedCallback<Ptr<const Packet>, bool> m_droppedTrace;
    TracedCallback<Ptr<const Packet>, bool> m_delayedTrace;
    TracedCallback<Ptr<const Packet>, bool> m_injectedTrace;
    TracedCallback<std::string> m_refusedTrace;
};

} // namespace ns3
