// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"
#include "sans-io/model/provenance-tag.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/node.h"
#include "ns3/simulator.h"

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 8883;

/// Each operation of any kind takes this long, whatever its size.
void
InstallProcessor(Ptr<Node> node, double seconds)
{
    McuProfile profile;
    profile.name = "test";
    profile.mains = true;
    for (OperationCost& cost : profile.operations)
    {
        cost.fixed = seconds;
    }
    auto processor = CreateObject<Processor>();
    processor->SetProfile(profile);
    node->AggregateObject(processor);
}

uint32_t
CountOperations(const FactoryLog& log)
{
    uint32_t count = 0;
    for (const auto& [kind, number] : log.operations)
    {
        count += number;
    }
    return count;
}

void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

TEST(TlsSocketProcessor, HandshakeTakesTheTimeOfItsOperations)
{
    Time durations[2];
    uint32_t operations = 0;
    for (bool slow : {false, true})
    {
        NetworkOptions options;
        options.credential = "ecdsa";
        SocketNetwork network(options);
        if (slow)
        {
            InstallProcessor(network.GetClient(), 0.05);
        }
        StreamServer server;
        server.Listen(network.CreateServer(TlsSocketFactory::GetTypeId()),
                      network.GetAnyAddress(PORT));
        StreamEnd client;
        client.Attach(network.CreateClient(TlsSocketFactory::GetTypeId()));
        Simulator::Schedule(Seconds(2),
                            [&] { client.socket->Connect(network.GetServerAddress(PORT)); });
        RunUntil(60);
        ASSERT_EQ(client.succeeded, 1);
        durations[slow] = network.clientLog.completed.at(0).duration;
        operations = CountOperations(network.clientLog);
    }
    ASSERT_GT(operations, 5);
    double extra = (durations[1] - durations[0]).GetSeconds();
    EXPECT_NEAR(extra, 0.05 * operations, 0.05) << operations << " operations of 50 ms";
}

TEST(TlsSocketProcessor, RecordsLeaveInOrderWhenTheyAreDone)
{
    SocketNetwork network({});
    InstallProcessor(network.GetClient(), 0.5);
    StreamServer server;
    server.Listen(network.CreateServer(TlsSocketFactory::GetTypeId()), network.GetAnyAddress(PORT));
    StreamEnd client;
    client.Attach(network.CreateClient(TlsSocketFactory::GetTypeId()));
    Simulator::Schedule(Seconds(2),
                        [&] { client.socket->Connect(network.GetServerAddress(PORT)); });
    Simulator::Schedule(Seconds(30), [&] {
        client.toSend = 4 * client.packetSize;
        client.SendMore();
        EXPECT_EQ(client.sent, client.toSend);
        client.socket->Close();
    });
    RunUntil(60);
    ASSERT_EQ(server.accepted.size(), 1);
    EXPECT_EQ(server.accepted[0]->received, ToBytes(MakePattern(0, client.sent)));
    EXPECT_TRUE(server.accepted[0]->endOfStream);
    std::vector<double> times;
    for (const SentFrame& frame : network.GetFrames())
    {
        if (frame.byClient && frame.time >= Seconds(30) &&
            frame.CountTagged(sansio::Layer::Payload) > 0)
        {
            times.push_back(frame.time.GetSeconds());
        }
    }
    ASSERT_EQ(times.size(), 4);
    for (size_t i = 0; i < 4; i++)
    {
        EXPECT_NEAR(times[i], 30.5 + 0.5 * i, 1e-6);
    }
}

TEST(TlsSocketProcessor, DtlsTimerStartsWhenTheFlightLeaves)
{
    NetworkOptions options;
    options.server["InitialTimeout"] = "20s"; // it has no means to know how slow the client is
    SocketNetwork network(options);
    InstallProcessor(network.GetClient(), 0.4);
    DatagramEnd server;
    server.Attach(network.CreateServer(DtlsSocketFactory::GetTypeId()));
    server.socket->Bind(network.GetAnyAddress(PORT));
    DatagramEnd client;
    client.Attach(network.CreateClient(DtlsSocketFactory::GetTypeId()));
    Simulator::Schedule(Seconds(2), [&] {
        client.socket->Connect(network.GetServerAddress(PORT));
        client.socket->Send(MakePattern(0, 20));
    });
    RunUntil(60);
    EXPECT_EQ(client.succeeded, 1);
    EXPECT_EQ(server.received.size(), 1);
    EXPECT_GT(network.clientLog.completed.at(0).duration, Seconds(1.5));
    EXPECT_EQ(network.clientLog.retransmitted, 0) << "its own slowness is no loss";
}

TEST(TlsSocketProcessor, BusyServerServesOneAfterTheOther)
{
    NetworkOptions options;
    options.clients = 3;
    SocketNetwork network(options);
    InstallProcessor(network.GetServer(), 0.02);
    DatagramEnd server;
    server.Attach(network.CreateServer(DtlsSocketFactory::GetTypeId()));
    server.socket->Bind(network.GetAnyAddress(PORT));
    std::vector<DatagramEnd> clients(3);
    for (uint32_t i = 0; i < 3; i++)
    {
        clients[i].Attach(network.CreateClient(DtlsSocketFactory::GetTypeId(), i));
        Simulator::Schedule(Seconds(2), [&, i] {
            clients[i].socket->Connect(network.GetServerAddress(PORT, i));
            clients[i].socket->Send(MakePattern(i, 20));
        });
    }
    RunUntil(60);
    ASSERT_EQ(network.serverLog.completed.size(), 3);
    ASSERT_EQ(server.received.size(), 3);
    for (size_t i = 1; i < 3; i++)
    {
        EXPECT_GE(network.serverLog.completed[i].at - network.serverLog.completed[i - 1].at,
                  MilliSeconds(20));
    }
}

} // namespace
