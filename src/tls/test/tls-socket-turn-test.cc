// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/processor.h"
#include "iot-device/model/read-gate.h"
#include "sans-io/model/provenance-tag.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 8883;
constexpr double OPERATION = 0.1; ///< seconds, whatever it is

/// Hands on what it receives to the first client, as a broker does: a message takes the processor
/// one operation, and what comes of it is sent when that is done.
class Relay
{
  public:
    explicit Relay(const SocketNetwork& network)
        : m_processor(network.GetServer()->GetObject<Processor>())
    {
        m_listener = network.CreateServer(TlsSocketFactory::GetTypeId());
        m_listener->Bind(network.GetAnyAddress(PORT));
        m_listener->Listen();
        m_listener->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>([this](Ptr<Socket> socket, const Address&) {
                m_connections.push_back(std::make_unique<Connection>(*this, socket));
            }));
    }

  private:
    struct Connection
    {
        Connection(Relay& relay, Ptr<Socket> socket)
            : relay(relay),
              socket(socket),
              gate(relay.m_processor, [this] { Read(); })
        {
            socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this](Ptr<Socket>) { Read(); }));
        }

        void Read()
        {
            while (socket->GetRxAvailable() > 0 && gate.MayRead())
            {
                Ptr<Packet> message = socket->Recv();
                Time done = relay.m_processor->Execute({{sansio::OperationKind::Message, 1, 0}});
                result.Await(relay.m_processor, done, [this, message] {
                    relay.m_connections.front()->socket->Send(message);
                });
            }
        }

        Relay& relay;
        Ptr<Socket> socket;
        ReadGate gate;
        ProcessorResult result;
    };

    Ptr<Processor> m_processor;
    Ptr<Socket> m_listener;
    std::vector<std::unique_ptr<Connection>> m_connections;
};

/// What a run showed.
struct Measured
{
    double latency{0};   ///< s, of the report
    double handshake{0}; ///< s, of the processor's time
    size_t completed{0};
    std::vector<Time> waited;
};

/// A collector and a sensor with sessions; then handshakes of others, a report of the sensor, and
/// at once twice as many handshakes behind it.
class TurnNetwork
{
  public:
    explicit TurnNetwork(uint32_t handshakes)
        : m_network(GetOptions(2 + 3 * handshakes)),
          m_ends(2 + 3 * handshakes)
    {
        InstallProcessor();
        Relay relay(m_network);
        Simulator::Schedule(Seconds(2), [this] { Connect(0); });
        Simulator::Schedule(Seconds(10), [this] { Connect(1); });
        RunUntil(59);
        m_measured.handshake = OPERATION * CountOperations() / 2;
        for (uint32_t i = 2; i < m_ends.size(); i++)
        {
            Simulator::Schedule(Seconds(i < 2 + handshakes ? 1 : 1.4), [this, i] { Connect(i); });
        }
        const Time sent = Seconds(60.2);
        Simulator::Schedule(sent - Simulator::Now(),
                            [this] { m_ends[1].socket->Send(MakePattern(0, 100)); });
        for (Time at = sent; m_ends[0].received.empty() && at < Seconds(200); at += MilliSeconds(1))
        {
            RunUntil(at.GetSeconds());
        }
        m_measured.latency = (Simulator::Now() - sent).GetSeconds();
        RunUntil(200);
        m_measured.completed = m_network.serverLog.completed.size();
    }

    Measured m_measured;

  private:
    static NetworkOptions GetOptions(uint32_t clients)
    {
        NetworkOptions options;
        options.clients = clients;
        return options;
    }

    void InstallProcessor()
    {
        McuProfile profile;
        profile.mains = true;
        profile.operations.fill({OPERATION, 0, "test"});
        auto processor = CreateObject<Processor>();
        processor->SetProfile(profile);
        processor->TraceConnectWithoutContext("Waited", Callback<void, Time>([this](Time wait) {
                                                  m_measured.waited.push_back(wait);
                                              }));
        m_network.GetServer()->AggregateObject(processor);
    }

    void Connect(uint32_t client)
    {
        m_ends[client].Attach(m_network.CreateClient(TlsSocketFactory::GetTypeId(), client));
        m_ends[client].socket->Connect(m_network.GetServerAddress(PORT, client));
    }

    uint32_t CountOperations() const
    {
        uint32_t count = 0;
        for (const auto& [kind, number] : m_network.serverLog.operations)
        {
            count += number;
        }
        return count;
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    SocketNetwork m_network;
    std::vector<StreamEnd> m_ends;
};

Measured
Measure(uint32_t handshakes)
{
    return TurnNetwork(handshakes).m_measured;
}

TEST(TlsSocketTurn, AReportWaitsForTheHandshakesBeforeItOnce)
{
    const Measured idle = Measure(0);
    ASSERT_GT(idle.latency, 3 * OPERATION) << "decrypted, read, protected";
    ASSERT_LT(idle.latency, 5 * OPERATION);
    for (uint32_t handshakes : {5, 10})
    {
        const Measured flooded = Measure(handshakes);
        EXPECT_EQ(flooded.completed, 2 + 3 * handshakes);
        ASSERT_GT(flooded.handshake, 3 * OPERATION);
        // They began 0.2 s before it.
        EXPECT_NEAR(flooded.latency - idle.latency, handshakes * flooded.handshake - 0.2, 0.15);
    }
}

TEST(TlsSocketTurn, TheLongestWaitIsNotShorterThanThatOfTheReport)
{
    const Measured flooded = Measure(5);
    const Time longest = *std::max_element(flooded.waited.begin(), flooded.waited.end());
    EXPECT_GT(longest.GetSeconds(), 5 * flooded.handshake - 0.3);
    EXPECT_LT(longest.GetSeconds(), 15 * flooded.handshake);
}

} // namespace
