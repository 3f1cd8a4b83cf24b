// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "low-power-links/model/frame-tag.h"
#include "low-power-links/model/low-power-net-device.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/single-model-spectrum-channel.h"
#include "ns3/uinteger.h"

#include <gtest/gtest.h>
#include <map>

namespace ns3
{

/// What the trace sources of one device told, and the time of its radio in each state.
class LinkProbe
{
  public:
    struct Sent
    {
        sansio::Bytes bytes;
        Time start;
        Time duration;
        uint32_t attempt;
    };

    explicit LinkProbe(Ptr<LowPowerNetDevice> device)
        : device(device)
    {
        device->TraceConnectWithoutContext("FrameSent", MakeCallback(&LinkProbe::OnSent, this));
        device->TraceConnectWithoutContext("FrameLost", MakeCallback(&LinkProbe::OnLost, this));
        device->TraceConnectWithoutContext("DuplicateDropped",
                                           MakeCallback(&LinkProbe::OnDuplicate, this));
        device->TraceConnectWithoutContext("FrameReceived",
                                           MakeCallback(&LinkProbe::OnReceived, this));
        device->TraceConnectWithoutContext("PollSent", MakeCallback(&LinkProbe::OnPoll, this));
        device->TraceConnectWithoutContext("QueueDrop", MakeCallback(&LinkProbe::OnDrop, this));
        device->TraceConnectWithoutContext("SendOutcome",
                                           MakeCallback(&LinkProbe::OnOutcome, this));
        device->GetPhy()->TraceConnectWithoutContext("TrxStateValue",
                                                     MakeCallback(&LinkProbe::OnRadio, this));
        device->SetReceiveCallback(MakeCallback(&LinkProbe::OnDelivered, this));
    }

    /// Time the radio was in \p state until now.
    Time GetTime(LrWpanPhyEnumeration state)
    {
        OnRadio(m_radio, m_radio);
        return m_times[state];
    }

    /// Time the radio was not off until now.
    Time GetOnTime()
    {
        GetTime(m_radio);
        Time on;
        for (const auto& [state, time] : m_times)
        {
            on += state == IEEE_802_15_4_PHY_TRX_OFF ? Time(0) : time;
        }
        return on;
    }

    Ptr<LowPowerNetDevice> device;
    std::vector<Sent> sent;
    std::map<std::string, uint32_t> lost;
    std::map<std::string, uint32_t> drops;
    std::map<std::string, uint32_t> outcomes;
    uint32_t received{0};
    uint32_t duplicates{0};
    uint32_t polls{0};
    uint32_t fastPolls{0};
    uint64_t attempts{0};
    std::vector<std::pair<sansio::Bytes, Time>> delivered;

  private:
    void OnSent(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt)
    {
        sent.push_back({ToBytes(frame), start, duration, attempt});
    }

    void OnLost(Ptr<const Packet> frame, std::string reason)
    {
        lost[reason]++;
    }

    void OnDuplicate(Ptr<const Packet> frame)
    {
        duplicates++;
    }

    void OnReceived(Ptr<const Packet> frame)
    {
        received++;
    }

    void OnPoll(bool fast)
    {
        polls++;
        fastPolls += fast;
    }

    void OnDrop(Ptr<const Packet> payload, std::string queue)
    {
        drops[queue]++;
    }

    void OnOutcome(Ptr<const Packet> payload, std::string outcome, uint32_t count)
    {
        outcomes[outcome]++;
        attempts += count;
    }

    bool OnDelivered(Ptr<NetDevice> from,
                     Ptr<const Packet> packet,
                     uint16_t protocol,
                     const Address& source)
    {
        delivered.emplace_back(ToBytes(packet), Simulator::Now());
        return true;
    }

    void OnRadio(LrWpanPhyEnumeration before, LrWpanPhyEnumeration after)
    {
        m_times[before] += Simulator::Now() - m_since;
        m_since = Simulator::Now();
        m_radio = after;
    }

    LrWpanPhyEnumeration m_radio{IEEE_802_15_4_PHY_TRX_OFF};
    Time m_since;
    std::map<LrWpanPhyEnumeration, Time> m_times;
};

/// Devices on one channel, 5 m from each other at most, without an IP stack.
class LinkTest : public ::testing::Test
{
  protected:
    LinkTest()
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        channel = CreateObject<SingleModelSpectrumChannel>();
        channel->AddPropagationLossModel(CreateObject<LogDistancePropagationLossModel>());
        channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
    }

    ~LinkTest() override
    {
        Simulator::Destroy();
    }

    Ptr<Node> CreatePlace()
    {
        auto node = CreateObject<Node>();
        auto position = CreateObject<ConstantPositionMobilityModel>();
        position->SetPosition(Vector(places % 2 * 5, places / 2, 0));
        places++;
        node->AggregateObject(position);
        return node;
    }

    Ptr<LowPowerNetDevice> CreateDevice(const char* address, double loss = 0)
    {
        auto device = CreateObject<LowPowerNetDevice>();
        device->SetAddress(Mac16Address(address));
        device->SetChannel(channel);
        device->GetLossModel()->SetAttribute("Loss", DoubleValue(loss));
        CreatePlace()->AddDevice(device);
        device->AssignStreams(100 * places);
        return device;
    }

    static Ptr<Packet> CreatePayload(uint32_t number, uint32_t size)
    {
        sansio::Bytes bytes(size);
        bytes[0] = number;
        bytes[1] = number >> 8;
        return Create<Packet>(bytes.data(), size);
    }

    static uint32_t GetNumber(const sansio::Bytes& payload)
    {
        return payload[0] | payload[1] << 8;
    }

    static void SendAt(Time at, Ptr<LowPowerNetDevice> from, Address to, Ptr<Packet> payload)
    {
        Simulator::Schedule(at, [=] { from->Send(payload, to, 0); });
    }

    Ptr<SingleModelSpectrumChannel> channel;
    uint32_t places{0};
};

} // namespace ns3
