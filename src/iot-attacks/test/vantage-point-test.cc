// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/test/attack-star.h"
#include "iot-attacks/test/frames.h"

#include <algorithm>
#include <fstream>
#include <random>

namespace ns3
{

namespace
{

using attacks::CapturedMessage;
using attacks::Direction;
using sansio::Bytes;
using sansio::ByteView;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double END = 80;

struct StackCase
{
    std::string stack;
    double loss;
    bool sleepy;
};

std::string
GetName(const testing::TestParamInfo<StackCase>& info)
{
    return info.param.stack + (info.param.loss > 0 ? "_lossy" : "_clean") +
           (info.param.sleepy ? "_sleepy" : "_awake");
}

class SilentTest : public testing::TestWithParam<StackCase>
{
};

TEST_P(SilentTest, AttackersWhoOnlyListenChangeNothing)
{
    AttackStarOptions options;
    options.stack = GetParam().stack;
    options.loss = GetParam().loss;
    options.sleepy = GetParam().sleepy;
    options.sensors = 3;
    std::vector<AttackStar::Event> alone;
    {
        options.attackers = false;
        AttackStar star(options);
        AttackStar::RunUntil(END);
        alone = star.events;
    }
    options.attackers = true;
    AttackStar star(options);
    AttackStar::RunUntil(END);
    EXPECT_GT(star.heard.size(), 50u);
    EXPECT_FALSE(star.radio.GetMessages().empty());
    EXPECT_FALSE(star.wire.GetMessages().empty());
    ASSERT_GT(alone.size(), 100u);
    ASSERT_EQ(star.events.size(), alone.size());
    for (size_t i = 0; i < alone.size(); i++)
    {
        ASSERT_EQ(star.events[i], alone[i]) << "event " << i << " at " << alone[i].time;
    }
}

INSTANTIATE_TEST_SUITE_P(Stacks,
                         SilentTest,
                         testing::Values(StackCase{"mqtt", 0.3, true},
                                         StackCase{"mqtts", 0.2, true},
                                         StackCase{"coap", 0.3, false},
                                         StackCase{"coaps", 0.2, true}),
                         GetName);

TEST(RadioNeighbor, HearsEveryByteThatIsSent)
{
    const std::string file = testing::TempDir() + "attacks-neighbor.pcap";
    size_t expected = 24; // the header of the file, then 16 bytes before each frame
    {
        AttackStarOptions options;
        options.stack = "coap";
        AttackStar star(options);
        star.neighbor->EnablePcap(file);
        AttackStar::RunUntil(END);
        EXPECT_GT(star.onAir.size(), 20u);
        EXPECT_EQ(star.heard, star.onAir);
        for (const Bytes& frame : star.heard)
        {
            expected += 16 + frame.size();
        }
    } // closes the file
    std::ifstream pcap(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(pcap)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.size(), expected);
}

/// The first frame of the sensor that carries a CoAP request, unless \p skip of them came before.
Bytes
FindRequestFrame(const AttackStar& star)
{
    for (const Bytes& frame : star.heard)
    {
        if (ByteView(frame).ToString().find("reading") != std::string::npos)
        {
            return frame;
        }
    }
    return {};
}

/// The same frame with another sequence number.
Bytes
Renumber(Bytes frame, uint8_t sequence)
{
    frame.resize(frame.size() - lowpower::FCS_SIZE);
    frame[2] = sequence;
    return attacks::test::AddFcs(frame);
}

TEST(RadioNeighbor, AVerbatimFrameIsADuplicateToTheLinkAndARenumberedOneIsNot)
{
    AttackStarOptions options;
    options.stack = "coap";
    options.reports = 1;
    AttackStar star(options);
    uint32_t dropped = 0;
    star.star->GetBorderRouterDevice()->TraceConnectWithoutContext(
        "DuplicateDropped",
        Callback<void, Ptr<const Packet>>([&dropped](Ptr<const Packet>) { dropped++; }));
    std::vector<Bytes> sent;
    star.neighbor->TraceConnectWithoutContext(
        "Sent",
        Callback<void, Ptr<const Packet>>(
            [&sent](Ptr<const Packet> frame) { sent.push_back(ToBytes(frame)); }));
    AttackStar::RunUntil(20.05);
    const Bytes frame = FindRequestFrame(star);
    ASSERT_FALSE(frame.empty());
    EXPECT_EQ(star.served.size(), 1u);

    size_t before = star.heard.size();
    EXPECT_TRUE(star.neighbor->Inject(frame));
    AttackStar::RunUntil(20.06);
    EXPECT_EQ(dropped, 1u);
    ASSERT_GT(star.heard.size(), before); // its acknowledgement, like any other's
    EXPECT_EQ(star.heard[before].size(), lowpower::ACK_FRAME_SIZE);
    EXPECT_EQ(star.heard[before][2], frame[2]);

    const Bytes renumbered = Renumber(frame, frame[2] + 100);
    EXPECT_TRUE(star.neighbor->Inject(renumbered));
    AttackStar::RunUntil(30);
    EXPECT_EQ(dropped, 1u);
    EXPECT_EQ(star.duplicates, 1u); // the server knows the Message ID
    EXPECT_EQ(star.served.size(), 1u);
    EXPECT_THAT(sent, ElementsAre(frame, renumbered));
}

TEST(RadioNeighbor, ManyFramesWaitForTheChannelAndNearlyAllArrive)
{
    AttackStarOptions options;
    options.stack = "coap";
    AttackStar star(options);
    AttackStar::RunUntil(20.05);
    const Bytes frame = FindRequestFrame(star);
    std::vector<Bytes> arrived;
    star.star->GetBorderRouterDevice()->TraceConnectWithoutContext(
        "FrameReceived",
        Callback<void, Ptr<const Packet>>(
            [&arrived](Ptr<const Packet> heard) { arrived.push_back(ToBytes(heard)); }));
    for (uint8_t i = 0; i < 64; i++)
    {
        EXPECT_TRUE(star.neighbor->Inject(Renumber(frame, i)));
    }
    EXPECT_FALSE(star.neighbor->Inject(Renumber(frame, 64)));
    EXPECT_THAT(star.refused, ElementsAre("queue-full"));
    AttackStar::RunUntil(25);
    uint32_t injected = 0;
    for (uint8_t i = 0; i < 64; i++)
    {
        injected += std::count(arrived.begin(), arrived.end(), Renumber(frame, i));
    }
    EXPECT_GE(injected, 56u); // collisions are not repeated
    AttackStar::RunUntil(END);
    EXPECT_EQ(star.served.size(), 5u); // the honest reports get through beside them
}

TEST(RadioNeighbor, AFrameThatWouldEndTheProcessIsRefused)
{
    AttackStar star({});
    AttackStar::RunUntil(2);
    Bytes reserved = attacks::test::COAP_IPHC;
    reserved[1] = 0xf4;
    EXPECT_FALSE(star.neighbor->Inject(attacks::test::MakeFrame(1, reserved)));
    EXPECT_TRUE(star.neighbor->Inject(
        attacks::test::MakeFrame(1, attacks::test::MakeFragN(200, 7, 10, Bytes(40)))));
    EXPECT_FALSE(star.neighbor->Inject(
        attacks::test::MakeFrame(2, attacks::test::MakeFragN(200, 7, 10, Bytes(32)))));
    EXPECT_THAT(star.refused, ElementsAre(HasSubstr("reserved"), HasSubstr("overlaps")));
}

/// Frames of every stack with random changes: what the check lets pass, ns-3 survives.
TEST(RadioNeighbor, Ns3SurvivesWhatTheCheckLetsPass)
{
    uint32_t accepted = 0;
    uint32_t refused = 0;
    for (const char* stack : {"coap", "mqtt", "coaps"})
    {
        AttackStarOptions options;
        options.stack = stack;
        options.credential = "ecdsa"; // its flights are fragmented
        options.sleepy = false;
        options.reports = 2;
        AttackStar star(options);
        AttackStar::RunUntil(25);
        std::mt19937 random(7);
        std::vector<Bytes> seeds;
        for (const Bytes& frame : star.heard)
        {
            if (frame.size() > 20)
            {
                seeds.push_back(frame);
            }
        }
        seeds.push_back(
            attacks::test::MakeFrame(1, attacks::test::MakeFrag1(64, 9, attacks::test::COAP_IPHC)));
        ASSERT_GE(seeds.size(), 3u);
        for (int i = 0; i < 1500; i++)
        {
            Bytes frame = seeds[random() % seeds.size()];
            frame.resize(frame.size() - lowpower::FCS_SIZE);
            for (unsigned changes = 1 + random() % 3; changes > 0; changes--)
            {
                frame[9 + random() % std::min<size_t>(frame.size() - 9, 40)] =
                    static_cast<uint8_t>(random());
            }
            if (random() % 8 == 0)
            {
                frame.resize(9 + random() % (frame.size() - 9));
            }
            frame[2] = static_cast<uint8_t>(i);
            frame = attacks::test::AddFcs(frame);
            Simulator::Schedule(MilliSeconds(20 * i), [&star, &accepted, frame] {
                accepted += star.neighbor->Inject(frame);
            });
        }
        AttackStar::RunUntil(70);
        refused += star.refused.size();
    }
    EXPECT_GT(accepted, 1000u);
    EXPECT_GT(refused, 1000u);
    std::cout << accepted << " accepted, " << refused << " refused\n";
}

TEST(WireTap, SeesTheDatagramsOfBothDirections)
{
    AttackStarOptions options;
    options.stack = "coap";
    AttackStar star(options);
    std::vector<Bytes> seen[2];
    std::vector<Time> at[2];
    star.tap->TraceConnectWithoutContext(
        "Datagram",
        Callback<void, Ptr<const Packet>, bool>([&](Ptr<const Packet> ipv6, bool towardsHost) {
            seen[towardsHost].push_back(ToBytes(ipv6));
            at[towardsHost].push_back(Simulator::Now());
        }));
    AttackStar::RunUntil(END);
    std::vector<Bytes> hostPackets[2];
    std::vector<Time> hostTimes[2];
    for (const AttackStar::Event& event : star.events)
    {
        if (event.what == "host")
        {
            bool received =
                Ipv6Address::Deserialize(event.bytes.data() + 24) == star.star->GetHostAddress();
            hostPackets[received].push_back(event.bytes);
            hostTimes[received].push_back(NanoSeconds(event.time));
        }
    }
    EXPECT_EQ(seen[true].size(), 5u);
    EXPECT_EQ(seen[true], hostPackets[true]);
    EXPECT_EQ(seen[false], hostPackets[false]);
    for (size_t i = 0; i < at[true].size(); i++)
    {
        EXPECT_LT(at[true][i] + MilliSeconds(20), hostTimes[true][i]);   // seen before it arrives
        EXPECT_GT(at[false][i] - MilliSeconds(20), hostTimes[false][i]); // and after it was sent
    }
}

TEST(WireTap, HoldsDropsAndDelays)
{
    AttackStarOptions options;
    options.stack = "coap";
    options.reports = 2;
    AttackStar star(options);
    uint32_t dropped = 0;
    star.tap->TraceConnectWithoutContext(
        "Dropped",
        Callback<void, Ptr<const Packet>, bool>([&](Ptr<const Packet>, bool) { dropped++; }));
    star.tap->SetPolicy([](ByteView ipv6, bool towardsHost) {
        if (Simulator::Now() < Seconds(21) && towardsHost)
        {
            return WireTap::Verdict::Drop();
        }
        return towardsHost ? WireTap::Verdict::Delay(Seconds(1)) : WireTap::Verdict::Pass();
    });
    AttackStar::RunUntil(END);
    EXPECT_EQ(dropped, 1u);
    ASSERT_EQ(star.served.size(), 2u);
    EXPECT_GT(star.servedAt[0], Seconds(20 + 2 + 1)); // retransmitted after ACK_TIMEOUT, then held
    EXPECT_GT(star.servedAt[1], Seconds(30 + 1));
    EXPECT_LT(star.servedAt[1], Seconds(30 + 1.2));
}

TEST(WireTap, AnInjectedDatagramIsServedLikeAnyOther)
{
    AttackStarOptions options;
    options.stack = "coap";
    options.reports = 1;
    AttackStar star(options);
    AttackStar::RunUntil(25);
    ASSERT_EQ(star.wire.GetMessages().size(), 2u);
    const CapturedMessage request = star.wire.GetMessages()[0]; // a copy: more will come
    EXPECT_TRUE(star.tap->Inject(attacks::BuildUdp(request.flow, request.bytes), true));
    AttackStar::RunUntil(25.1);
    EXPECT_EQ(star.duplicates, 1u);
    Bytes renewed = request.bytes;
    renewed[2] ^= 0x55; // another Message ID
    EXPECT_TRUE(star.tap->Inject(attacks::BuildUdp(request.flow, renewed), true));
    AttackStar::RunUntil(30);
    EXPECT_EQ(star.served.size(), 2u);

    // Towards the sensor: the answer, once more, on air through the border router.
    size_t before = star.radio.GetMessages().size();
    const CapturedMessage response = star.wire.GetMessages()[1];
    ASSERT_EQ(response.direction, Direction::FromServer);
    EXPECT_TRUE(star.tap->Inject(attacks::BuildUdp(response.flow, response.bytes), false));
    AttackStar::RunUntil(40);
    ASSERT_GT(star.radio.GetMessages().size(), before);
    EXPECT_EQ(star.radio.GetMessages()[before].bytes, response.bytes);
    EXPECT_FALSE(star.tap->Inject(Bytes{0x60, 0, 0, 0}, true)); // no datagram
}

TEST(AttackHost, SendsFromAnyAddressAndSeesWhatComesToItsOwn)
{
    AttackStarOptions options;
    options.stack = "coap";
    options.reports = 0;
    AttackStar star(options);
    std::vector<Bytes> received;
    star.attacker->TraceConnectWithoutContext(
        "Received",
        Callback<void, Ptr<const Packet>>(
            [&received](Ptr<const Packet> ipv6) { received.push_back(ToBytes(ipv6)); }));
    AttackStar::RunUntil(1);
    const sansio::PeerAddress server = AttackStar::ToPeer(star.star->GetHostAddress(), 5683);
    const Bytes
        put{0x40, 0x03, 0, 1, 0xb1, 's', 0x02, '0', '1', 0x01, 't', 0xff, 'x'}; // PUT s/01/t
    attacks::Flow own{AttackStar::ToPeer(star.attacker->GetAddress(), 7), server};
    own.transport = attacks::Transport::Udp;
    attacks::Flow spoofed = own;
    spoofed.source.ip = AttackStar::ToPeer(AttackNetworkHelper::GetSpoofedAddress(3), 7).ip;

    EXPECT_TRUE(star.attacker->SendRaw(attacks::BuildUdp(own, put)));
    AttackStar::RunUntil(2);
    EXPECT_THAT(star.served, ElementsAre(Bytes{'x'}));
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(attacks::ParseDatagram(received[0])->flow, own.Reversed());

    EXPECT_TRUE(star.attacker->SendRaw(attacks::BuildUdp(spoofed, put)));
    AttackStar::RunUntil(3);
    EXPECT_EQ(star.served.size(), 2u); // another client to the server
    EXPECT_EQ(received.size(), 1u);    // whose answer the attacker does not see
    EXPECT_EQ(star.network->GetBlackHoled(), 1u);
    for (const AttackStar::Event& event : star.events)
    {
        bool icmp = event.what == "host" && event.bytes[6] == attacks::NEXT_HEADER_ICMPV6;
        EXPECT_FALSE(icmp && event.time > Seconds(2).GetNanoSeconds()); // nobody told the victim
    }
    EXPECT_FALSE(star.attacker->SendRaw(Bytes(40)));
}

} // namespace

} // namespace ns3
