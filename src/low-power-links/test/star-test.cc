// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/helper/low-power-star-helper.h"
#include "low-power-links/helper/tcp-profile.h"
#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/stream-port.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/global-value.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <cstdio>
#include <gmock/gmock.h>
#include <map>
#include <memory>
#include <sstream>
#include <unistd.h>

namespace ns3
{

namespace
{

using sansio::Bytes;
using ::testing::HasSubstr;
using ::testing::Not;

/// Bytes on air by layer, from the frames that devices say they sent.
struct AirAccount
{
    void OnSent(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt)
    {
        Bytes bytes = ToBytes(frame);
        auto dissection = lowpower::DissectFrame(bytes);
        frames++;
        onAir += duration;
        total += bytes.size() + lowpower::PHY_HEADER_SIZE;
        if (!dissection)
        {
            unknown++;
            return;
        }
        link += dissection->link;
        network += dissection->network;
        transport += dissection->transport;
        upper += dissection->upper;
        fragments += dissection->fragment.has_value();
        CountTags(frame, dissection->upperBegin);
        neighborDiscovery += dissection->nextHeader == 58;
        repeated += attempt > 1;
    }

    /// Payload bytes of report 77 must be the upper bytes of the frame and nothing else.
    void CountTags(Ptr<const Packet> frame, size_t upperBegin)
    {
        sansio::Provenance untagged{sansio::Layer::Security};
        sansio::SpannedBytes bytes = ToSpannedBytes(frame, untagged);
        for (const sansio::Span& span : bytes.GetSpans())
        {
            if (span.provenance == sansio::Provenance{sansio::Layer::Payload, false, 77})
            {
                tagged += span.end - span.begin;
                misplaced += span.begin < upperBegin;
            }
        }
    }

    uint64_t tagged{0};
    uint64_t misplaced{0};
    uint64_t frames{0};
    uint64_t total{0};
    uint64_t link{0};
    uint64_t network{0};
    uint64_t transport{0};
    uint64_t upper{0};
    uint64_t unknown{0};
    uint64_t fragments{0};
    uint64_t neighborDiscovery{0};
    uint64_t repeated{0};
    Time onAir;
};

class StarTest : public ::testing::Test
{
  protected:
    StarTest()
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        TcpProfile::Apply("lln");
        star = CreateObject<LowPowerStarHelper>();
    }

    ~StarTest() override
    {
        echoes.clear();
        ports.clear();
        Simulator::Destroy();
    }

    void Build(uint32_t sensors)
    {
        star->SetAttribute("Sensors", UintegerValue(sensors));
        star->Build();
        star->AssignStreams(1000);
        NetDeviceContainer devices = star->GetLowPowerDevices();
        for (uint32_t i = 0; i < devices.GetN(); i++)
        {
            devices.Get(i)->TraceConnectWithoutContext("FrameSent",
                                                       MakeCallback(&AirAccount::OnSent, &air));
        }
    }

    /// A host that answers each datagram with itself, and sensors that send \p count of \p size
    /// bytes.
    void StartUdpEcho(uint32_t count, uint32_t size, Time gap)
    {
        Ptr<Socket> server = Open(star->GetHost(), UdpSocketFactory::GetTypeId(), 7);
        server->SetRecvCallback(MakeCallback(&StarTest::Echo, this));
        sockets.push_back(server);
        echoes.resize(star->GetSensorCount());
        for (uint32_t i = 0; i < star->GetSensorCount(); i++)
        {
            Ptr<Socket> client = Open(star->GetSensor(i), UdpSocketFactory::GetTypeId(), 5000);
            client->SetRecvCallback(MakeCallback(&StarTest::CountEcho, this));
            sockets.push_back(client);
            for (uint32_t k = 0; k < count; k++)
            {
                Time at = Seconds(1) + gap * k + MilliSeconds(37) * i;
                Inet6SocketAddress host(star->GetHostAddress(), 7);
                Simulator::Schedule(at, [=] {
                    sansio::Provenance payload{sansio::Layer::Payload, false, 77};
                    client->SendTo(ToPacket({Bytes(size, uint8_t(i)), payload}), 0, host);
                });
            }
        }
    }

    /// Sensors that open a TCP connection, send \p up bytes and are answered with \p down bytes.
    void StartTcpExchange(uint32_t up, uint32_t down)
    {
        listener = Open(star->GetHost(), TcpSocketFactory::GetTypeId(), 9000);
        listener->Listen();
        received.assign(2 * star->GetSensorCount(), 0);
        listener->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>(
                [this, up, down](Ptr<Socket> socket, const Address&) {
                    size_t slot = star->GetSensorCount() + accepted++;
                    AddPort(socket, slot, [this, slot, up, down](StreamPort& port) {
                        if (received[slot] == up)
                        {
                            port.Send({Bytes(down, 0x55), {sansio::Layer::Payload, false, 77}});
                        }
                    });
                }));
        for (uint32_t i = 0; i < star->GetSensorCount(); i++)
        {
            Simulator::Schedule(Seconds(1) + MilliSeconds(100) * i, [this, i, up] {
                Ptr<Socket> socket = Open(star->GetSensor(i), TcpSocketFactory::GetTypeId(), 0);
                socket->Connect(Inet6SocketAddress(star->GetHostAddress(), 9000));
                AddPort(socket, i, [](StreamPort&) {
                }).Send({Bytes(up, 0x33), {sansio::Layer::Payload, false, 77}});
            });
        }
    }

    StreamPort& AddPort(Ptr<Socket> socket, size_t slot, std::function<void(StreamPort&)> then)
    {
        auto index = ports.size();
        ports.push_back(std::make_unique<StreamPort>(
            socket,
            [this, slot, index, then](sansio::ByteView bytes) {
                received[slot] += bytes.size();
                then(*ports[index]);
            },
            [] {}));
        return *ports.back();
    }

    static Ptr<Socket> Open(Ptr<Node> node, TypeId factory, uint16_t port)
    {
        Ptr<Socket> socket = Socket::CreateSocket(node, factory);
        socket->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), port));
        return socket;
    }

    void Echo(Ptr<Socket> socket)
    {
        Address from;
        while (Ptr<Packet> packet = socket->RecvFrom(from))
        {
            arrived++;
            socket->SendTo(packet, 0, from); // with its provenance
        }
    }

    void CountEcho(Ptr<Socket> socket)
    {
        while (Ptr<Packet> packet = socket->Recv())
        {
            echoes[ToBytes(packet)[0]]++;
        }
    }

    void Run(Time until)
    {
        Simulator::Stop(until);
        Simulator::Run();
    }

    Ptr<LowPowerStarHelper> star;
    AirAccount air;
    uint32_t arrived{0};
    uint32_t accepted{0};
    std::vector<uint32_t> echoes;
    std::vector<uint64_t> received;
    std::vector<Ptr<Socket>> sockets;
    Ptr<Socket> listener;
    std::vector<std::unique_ptr<StreamPort>> ports;
};

TEST_F(StarTest, UdpEchoWithSleepySensors)
{
    Build(5);
    StartUdpEcho(20, 90, Seconds(3));
    Run(Seconds(80));
    EXPECT_EQ(arrived, 100u);
    EXPECT_EQ(echoes, std::vector<uint32_t>(5, 20));
    EXPECT_EQ(air.unknown, 0u);
    EXPECT_EQ(air.fragments, 0u);
    EXPECT_EQ(air.neighborDiscovery, 0u);
    EXPECT_EQ(air.link + air.network + air.transport + air.upper, air.total);
    EXPECT_EQ(air.onAir, MicroSeconds(32) * int64_t(air.total));
    EXPECT_EQ(air.transport % 7, 0u) << "compressed ports and checksum, 7 bytes a datagram";
    EXPECT_EQ(air.upper, 90 * air.transport / 7);
    EXPECT_GE(air.upper, 200u * 90);
    EXPECT_EQ(air.tagged, air.upper) << "provenance reaches the air";
    EXPECT_EQ(air.misplaced, 0u);
}

TEST_F(StarTest, LargeDatagramsGoInFragments)
{
    Build(2);
    StartUdpEcho(5, 500, Seconds(3));
    Run(Seconds(40));
    EXPECT_EQ(arrived, 10u);
    EXPECT_EQ(echoes, std::vector<uint32_t>(2, 5));
    EXPECT_GE(air.fragments, 100u);
    EXPECT_EQ(air.link + air.network + air.transport + air.upper, air.total);
    EXPECT_EQ(air.tagged, air.upper);
    EXPECT_EQ(air.misplaced, 0u);
}

TEST_F(StarTest, UdpEchoWithListeningSensorsUnderLoss)
{
    star->SetAttribute("Sleepy", BooleanValue(false));
    star->SetAttribute("Loss", DoubleValue(0.2));
    Build(5);
    StartUdpEcho(40, 40, Seconds(1));
    Run(Seconds(60));
    EXPECT_GE(arrived, 195u); // each way a datagram is missed with 0.2^4
    EXPECT_LE(arrived, 200u);
    EXPECT_GT(air.repeated, 50u);
    EXPECT_EQ(air.link + air.network + air.transport + air.upper, air.total);
}

TEST_F(StarTest, TcpBulkWithSleepySensorsFitsFrames)
{
    Build(3);
    StartTcpExchange(3000, 2000);
    Run(Seconds(120));
    EXPECT_EQ(received, (std::vector<uint64_t>{2000, 2000, 2000, 3000, 3000, 3000}));
    EXPECT_EQ(air.fragments, 0u) << "the segment size of the profile fits a frame";
    EXPECT_EQ(air.unknown, 0u);
    EXPECT_EQ(air.link + air.network + air.transport + air.upper, air.total);
    EXPECT_GE(air.upper, 15000u);
    EXPECT_EQ(air.tagged, air.upper);
    EXPECT_EQ(air.misplaced, 0u);
}

TEST_F(StarTest, TcpSegmentSizeOfTheProfileIsTheLargestThatFits)
{
    Config::SetDefault("ns3::TcpSocket::SegmentSize",
                       UintegerValue(TcpProfile::LLN_SEGMENT_SIZE + 1));
    Build(1);
    StartTcpExchange(200, 2000);
    Run(Seconds(120));
    EXPECT_EQ(received, (std::vector<uint64_t>{2000, 200}));
    EXPECT_GT(air.fragments, 0u);
}

TEST_F(StarTest, TcpBulkUnderLoss)
{
    star->SetAttribute("Loss", DoubleValue(0.2));
    Build(3);
    StartTcpExchange(2000, 1000);
    Run(Seconds(400));
    EXPECT_EQ(received, (std::vector<uint64_t>{1000, 1000, 1000, 2000, 2000, 2000}));
}

TEST_F(StarTest, NeighborDiscoveryAsTheAlternative)
{
    star->SetAttribute("NeighborDiscovery", BooleanValue(true));
    star->SetAttribute("Sleepy", BooleanValue(false));
    Build(2);
    StartUdpEcho(5, 40, Seconds(3));
    Run(Seconds(30));
    EXPECT_EQ(echoes, std::vector<uint32_t>(2, 5));
    EXPECT_GT(air.neighborDiscovery, 5u);
}

TEST_F(StarTest, SameRunSameFrames)
{
    star->SetAttribute("Loss", DoubleValue(0.3));
    Build(4);
    StartUdpEcho(20, 60, Seconds(2));
    Run(Seconds(60));
    AirAccount first = air;
    Simulator::Destroy();
    sockets.clear();
    air = {};
    star = CreateObject<LowPowerStarHelper>();
    star->SetAttribute("Loss", DoubleValue(0.3));
    Build(4);
    StartUdpEcho(20, 60, Seconds(2));
    Run(Seconds(60));
    EXPECT_EQ(air.frames, first.frames);
    EXPECT_EQ(air.total, first.total);
    EXPECT_EQ(air.repeated, first.repeated);
}

/// Runs tshark; the lines it writes.
std::vector<std::string>
Tshark(const std::string& arguments)
{
    std::string command = "tshark -o 6lowpan.context0:fd00:0:0:1::/64 "
                          "-o 6lowpan.context1:fd00:0:0:2::/64 " +
                          arguments + " 2>/dev/null";
    std::vector<std::string> lines;
    FILE* pipe = popen(command.c_str(), "r");
    char line[4096];
    while (pipe && fgets(line, sizeof(line), pipe))
    {
        lines.emplace_back(line);
    }
    if (pipe)
    {
        pclose(pipe);
    }
    return lines;
}

/// One line for each frame, "name=value " for each of these that it has.
const std::string FIELDS =
    " -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields -E separator=, -E "
    "aggregator=/"
    " -e wpan.frame_type -e wpan.pending -e wpan.cmd -e wpan.fcs_ok -e udp.length"
    " -e udp.checksum.status -e tcp.checksum.status -e tcp.dstport -e ipv6.dst";
constexpr const char* NAMES[] =
    {"type", "pending", "cmd", "fcs", "udp", "sum", "sum", "tcp", "dst"};

TEST_F(StarTest, CapturesOpenInWireshark)
{
    if (Tshark("--version").empty())
    {
        GTEST_SKIP() << "tshark is not installed";
    }
    std::string prefix = ::testing::TempDir() + "low-power-star-" + std::to_string(getpid());
    star->SetAttribute("Loss", DoubleValue(0.1));
    Build(2);
    star->EnablePcap(prefix);
    star->EnableAirPcap(prefix + "-air.pcap");
    StartUdpEcho(5, 150, Seconds(2)); // two fragments
    StartTcpExchange(500, 300);
    Run(Seconds(60));
    EXPECT_EQ(received, (std::vector<uint64_t>{300, 300, 500, 500}));
    star = nullptr;
    Simulator::Destroy(); // writes the files
    std::map<std::string, std::string> fields;
    for (const char* end : {"-air.pcap", "-lln.pcap", "-wired.pcap"})
    {
        std::string file = "-r " + prefix + end;
        EXPECT_TRUE(Tshark(file + " -Y _ws.malformed").empty()) << end;
        for (const std::string& line : Tshark(file + FIELDS))
        {
            std::istringstream columns(line.substr(0, line.find('\n')));
            std::string value;
            for (const char* name : NAMES)
            {
                std::getline(columns, value, ',');
                fields[end] += value.empty() ? "" : name + ("=" + value) + " ";
            }
        }
        EXPECT_THAT(fields[end], HasSubstr("udp=158 "));
        EXPECT_THAT(fields[end], HasSubstr("dst=fd00:0:0:2::2 "));
        EXPECT_THAT(fields[end], HasSubstr("tcp=9000 "));
        EXPECT_THAT(fields[end], HasSubstr("sum=1 "));
        EXPECT_THAT(fields[end], Not(HasSubstr("sum=0 ")));
        EXPECT_THAT(fields[end], Not(HasSubstr("fcs=0 ")));
    }
    EXPECT_THAT(fields["-air.pcap"], HasSubstr("cmd=0x04 ")) << "Data Request";
    EXPECT_THAT(fields["-air.pcap"], HasSubstr("type=0x0002 pending=1 "));
    EXPECT_THAT(fields["-air.pcap"], HasSubstr("fcs=1 "));
    for (const char* end : {"-air.pcap", "-lln.pcap", "-wired.pcap"})
    {
        std::remove((prefix + end).c_str());
    }
}

} // namespace

} // namespace ns3
