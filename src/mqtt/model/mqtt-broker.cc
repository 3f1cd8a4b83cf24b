// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-broker.h"

#include "iot-device/model/processor.h"
#include "sans-io/model/overloaded.h"
#include "sans-io/model/peer-identity-source.h"

#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("MqttBroker");
NS_OBJECT_ENSURE_REGISTERED(MqttBroker);

namespace
{

constexpr uint16_t MQTT_PORT = 1883;

} // namespace

TypeId
MqttBroker::GetTypeId()
{
    static TypeId tid =
        MqttBrokerLimits::AddAttributes(TypeId("ns3::MqttBroker")
                                            .SetParent<Application>()
                                            .SetGroupName("Mqtt")
                                            .AddConstructor<MqttBroker>())
            .AddAttribute("Protocol",
                          "The factory of the stream sockets to use.",
                          StringValue("ns3::TcpSocketFactory"),
                          MakeTypeIdAccessor(&MqttBroker::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Local",
                          "The address and port to listen on, IPv4 or IPv6.",
                          AddressValue(InetSocketAddress(Ipv4Address::GetAny(), MQTT_PORT)),
                          MakeAddressAccessor(&MqttBroker::m_local),
                          MakeAddressChecker())
            .AddTraceSource("Message",
                            "An application message was accepted, from a client or as its will.",
                            MakeTraceSourceAccessor(&MqttBroker::m_messageTrace),
                            "ns3::MqttBroker::MessageCallback")
            .AddTraceSource("SessionOpened",
                            "A CONNECT was accepted.",
                            MakeTraceSourceAccessor(&MqttBroker::m_sessionOpenedTrace),
                            "ns3::MqttBroker::SessionOpenedCallback")
            .AddTraceSource("ConnectRefused",
                            "A CONNECT was answered with a reason why not.",
                            MakeTraceSourceAccessor(&MqttBroker::m_connectRefusedTrace),
                            "ns3::MqttBroker::ConnectRefusedCallback")
            .AddTraceSource("SessionClosed",
                            "The connection of an accepted client ended, with the reason.",
                            MakeTraceSourceAccessor(&MqttBroker::m_sessionClosedTrace),
                            "ns3::MqttBroker::SessionClosedCallback")
            .AddTraceSource("ProtocolError",
                            "A peer broke the standard and lost its connection.",
                            MakeTraceSourceAccessor(&MqttBroker::m_protocolErrorTrace),
                            "ns3::MqttBroker::ProtocolErrorCallback")
            .AddTraceSource("Redelivered",
                            "A PUBLISH (with DUP) or PUBREL was sent again after a reconnect.",
                            MakeTraceSourceAccessor(&MqttBroker::m_redeliveredTrace),
                            "ns3::MqttBroker::RedeliveredCallback")
            .AddTraceSource("DuplicateReceived",
                            "A QoS 2 PUBLISH came again before its PUBREL; it is not delivered "
                            "again.",
                            MakeTraceSourceAccessor(&MqttBroker::m_duplicateReceivedTrace),
                            "ns3::MqttBroker::DuplicateReceivedCallback")
            .AddTraceSource("MessageDropped",
                            "A queued message was not sent to a client: it expired, or is larger "
                            "than the client takes (MQTT 5.0).",
                            MakeTraceSourceAccessor(&MqttBroker::m_messageDroppedTrace),
                            "ns3::MqttBroker::MessageDroppedCallback")
            .AddTraceSource("MessageFiltered",
                            "A subscription matches a message by its topic and does not want it by "
                            "type or content.",
                            MakeTraceSourceAccessor(&MqttBroker::m_messageFilteredTrace),
                            "ns3::MqttBroker::MessageFilteredCallback")
            .AddTraceSource("AccessDenied",
                            "The access control refused a connection, a publication or a "
                            "subscription; the last argument says what and why.",
                            MakeTraceSourceAccessor(&MqttBroker::m_accessDeniedTrace),
                            "ns3::MqttBroker::AccessDeniedCallback")
            .AddTraceSource(
                "LimitReached",
                "A bound acted: its name, and the client and its address where they are "
                "known.",
                MakeTraceSourceAccessor(&MqttBroker::m_limitReachedTrace),
                "ns3::MqttBroker::LimitReachedCallback");
    return tid;
}

MqttBroker::MqttBroker()
    : m_streams({[this](mqtt::ConnectionId id, sansio::ByteView bytes) { HandleBytes(id, bytes); },
                 [this](mqtt::ConnectionId id) {
                     m_machine->HandleClosed(SimulatedNow(), id);
                     RunPump();
                 },
                 [this](mqtt::ConnectionId id) {
                     m_machine->SetWritable(SimulatedNow(), id, true);
                     RunPump();
                 }})
{
    NS_LOG_FUNCTION(this);
}

MqttBroker::~MqttBroker()
{
    NS_LOG_FUNCTION(this);
}

void
MqttBroker::SetAccessControl(std::shared_ptr<mqtt::AccessControl> access)
{
    m_access = std::move(access);
}

uint64_t
MqttBroker::GetCount(mqtt::Limit limit) const
{
    return m_machine ? m_machine->GetCount(limit) : 0;
}

uint32_t
MqttBroker::GetConnections() const
{
    return m_machine ? m_machine->GetConnections() : 0;
}

uint32_t
MqttBroker::GetSessions() const
{
    return m_machine ? m_machine->GetSessions() : 0;
}

uint32_t
MqttBroker::GetRetained() const
{
    return m_machine ? m_machine->GetRetained() : 0;
}

uint64_t
MqttBroker::GetPeakMemory() const
{
    return m_machine ? m_machine->GetPeakMemory() : 0;
}

void
MqttBroker::DoDispose()
{
    m_output.Cancel();
    m_streams.Clear();
    m_processor = nullptr;
    m_listener = nullptr;
    m_pump.reset();
    m_machine.reset();
    Application::DoDispose();
}

void
MqttBroker::StartApplication()
{
    if (!m_machine)
    {
        m_machine = std::make_unique<mqtt::Broker>(GetLimits(), m_access);
        m_pump = std::make_unique<Pump>(
            *m_machine,
            [this](std::optional<mqtt::Broker::Transmit>&& transmit) { Transmit(*transmit); },
            [this](mqtt::Broker::Event&& event) { Handle(std::move(event)); });
    }
    m_processor = GetNode()->GetObject<Processor>();
    Listen();
}

void
MqttBroker::StopApplication()
{
    Shutdown();
}

void
MqttBroker::Shutdown()
{
    if (m_listener)
    {
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeNullCallback<void, Ptr<Socket>, const Address&>());
        m_listener->Close();
        m_listener = nullptr;
        m_machine->Stop(SimulatedNow());
        ReleaseOutput();
    }
}

void
MqttBroker::Listen()
{
    m_listener = Socket::CreateSocket(GetNode(), m_protocol);
    if (m_listener->Bind(m_local) != 0 || m_listener->Listen() != 0)
    {
        NS_FATAL_ERROR("MqttBroker cannot listen on its Local address");
    }
    m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeCallback(&MqttBroker::HandleAccepted, this));
}

void
MqttBroker::HandleAccepted(Ptr<Socket> socket, const Address& from)
{
    auto id = m_machine->HandleConnection(SimulatedNow(), GetPeerIdentity(socket, from));
    if (!id)
    {
        socket->Close();
    }
    else if (m_processor || m_publishRate > 0)
    {
        m_streams.AddGated(*id, socket, m_processor);
    }
    else
    {
        m_streams.Add(*id, socket);
    }
    RunPump();
}

void
MqttBroker::HandleBytes(mqtt::ConnectionId id, sansio::ByteView bytes)
{
    if (m_output.IsPending()) // its time has come, or this would not be read
    {
        ReleaseOutput();
    }
    m_machine->Receive(SimulatedNow(), id, bytes);
    sansio::Operations handled = m_machine->TakeOperations();
    if (m_processor)
    {
        m_output.Await(m_processor, m_processor->Execute(handled), [this] { m_pump->Run(); });
    }
    else
    {
        m_pump->Run();
    }
}

void
MqttBroker::ReleaseOutput()
{
    m_output.Cancel();
    m_pump->Run();
}

void
MqttBroker::RunPump()
{
    if (!m_output.IsPending())
    {
        m_pump->Run();
    }
}

void
MqttBroker::Transmit(const mqtt::Broker::Transmit& transmit)
{
    if (!m_streams.Send(transmit.id, transmit.bytes))
    {
        m_machine->SetWritable(SimulatedNow(), transmit.id, false);
    }
}

void
MqttBroker::Handle(mqtt::Broker::Event&& event)
{
    using mqtt::Broker;
    std::visit(
        Overloaded{
            [this](const Broker::CloseConnection& e) { m_streams.Close(e.id); },
            [this](const Broker::MessageAccepted& e) { m_messageTrace(e.clientId, *e.message); },
            [this](const Broker::SessionOpened& e) {
                m_sessionOpenedTrace(e.clientId, e.peer, e.version);
            },
            [this](const Broker::ConnectRefused& e) { m_connectRefusedTrace(e.peer, e.reason); },
            [this](const Broker::SessionClosed& e) { m_sessionClosedTrace(e.clientId, e.reason); },
            [this](const Broker::ProtocolError& e) { m_protocolErrorTrace(e.peer, e.reason); },
            [this](const Broker::Redelivered& e) { m_redeliveredTrace(e.clientId, e.packetId); },
            [this](const Broker::LimitReached& e) {
                m_limitReachedTrace(std::string(mqtt::ToString(e.limit)), e.clientId, e.peer);
            },
            [this](const Broker::DuplicateReceived& e) {
                m_duplicateReceivedTrace(e.clientId, e.packetId);
            },
            [this](const Broker::MessageDropped& e) {
                m_messageDroppedTrace(e.clientId, std::string(ToString(e.reason)));
            },
            [this](const Broker::MessageFiltered& e) {
                m_messageFilteredTrace(e.clientId, *e.message);
            },
            [this](const Broker::AccessDenied& e) {
                m_accessDeniedTrace(e.clientId, e.peer, e.what);
            },
            [this](const Broker::HoldBack& e) {
                m_streams.HoldBack(e.id, ToTime(e.until.time_since_epoch()));
            },
        },
        event);
}

} // namespace ns3
