// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-broker.h"

#include "iot-device/model/processor.h"
#include "sans-io/model/overloaded.h"
#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/release-later.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("MqttBroker");
NS_OBJECT_ENSURE_REGISTERED(MqttBroker);

namespace
{

constexpr uint16_t MQTT_PORT = 1883;
constexpr uint32_t READ_SIZE = 1024; ///< bytes taken from a connection in one turn

} // namespace

TypeId
MqttBroker::GetTypeId()
{
    static TypeId tid =
        MqttBounds::AddAttributes(TypeId("ns3::MqttBroker")
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
            .AddAttribute("ProtocolLevel",
                          "The only version of MQTT that is spoken: 4 = 3.1.1, 5 = 5.0; a CONNECT "
                          "of the other is answered \"unsupported protocol version\". 0 = both.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_protocolLevel),
                          MakeUintegerChecker<uint8_t>(0, 5))
            .AddAttribute("MaxConnections",
                          "Open streams; a further one is closed at once. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_connections),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ConnectTimeout",
                          "How long a stream may be open before CONNECT is complete; then it is "
                          "closed.",
                          TimeValue(Seconds(90)),
                          MakeTimeAccessor(&MqttBroker::m_connectTimeout),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("MaxConnectPacketSize",
                          "Bytes of the first packet of a connection.",
                          UintegerValue(100000),
                          MakeUintegerAccessor(&MqttBroker::m_connectPacketSize),
                          MakeUintegerChecker<uint32_t>(14, mqtt::MAX_PACKET_SIZE))
            .AddAttribute("MaxKeepAlive",
                          "The largest Keep Alive, whole seconds. A client of MQTT 5.0 that asks "
                          "for more or for none is told this one; a CONNECT of 3.1.1 is refused "
                          "as \"identifier rejected\". 0 = unlimited.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MqttBroker::m_maximumKeepAlive),
                          MakeTimeChecker(Seconds(0), Seconds(65535)))
            .AddAttribute("MaxSessions",
                          "Sessions, connected and stored; a CONNECT that needs one more is "
                          "refused as \"server unavailable\". 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_sessions),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxOutputBytes",
                          "Bytes that are ready for a client's stream; messages beyond stay "
                          "queued, and more answers to a client that does not read close the "
                          "connection.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&MqttBroker::m_outputBytes),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxSubscriptions",
                          "Subscriptions of a client; a further one is answered with \"quota "
                          "exceeded\", 128 in 3.1.1. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_subscriptions),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute(
                "MaxTopicLevels",
                "Levels of a Topic Name or Topic Filter. A message of a deeper topic goes "
                "nowhere (\"topic name invalid\"), a deeper filter is refused (\"topic "
                "filter invalid\", 128 in 3.1.1), and a CONNECT with a deeper Will Topic. "
                "0 = unlimited.",
                UintegerValue(201),
                MakeUintegerAccessor(&MqttBroker::m_topicLevels),
                MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxTopicLength",
                          "Bytes of a Topic Name or Topic Filter; with a longer one it is done as "
                          "beyond MaxTopicLevels. 0 = the 65,535 of the standard.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_topicLength),
                          MakeUintegerChecker<uint16_t>())
            .AddAttribute("MaxRetainedMessages",
                          "Topics with a retained message; a message of a further one is "
                          "forwarded and not stored. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_retainedMessages),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxRetainedBytes",
                          "Topic, payload and property bytes of the retained messages; a message "
                          "beyond is forwarded and not stored, and what its topic had is gone. "
                          "0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttBroker::m_retainedBytes),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ResponsePrefix",
                          "Response Information for a client of MQTT 5.0 that asks for it: this "
                          "and its Client Identifier, a topic for responses. Empty: none.",
                          StringValue(""),
                          MakeStringAccessor(&MqttBroker::m_responsePrefix),
                          MakeStringChecker())
            .AddAttribute("MaxContentFilter",
                          "Bytes of the filter by type and content that a SUBSCRIBE of MQTT 5.0 "
                          "asks for in its User Properties type-filter and content-filter; a "
                          "longer one is refused. 0 = they mean nothing.",
                          UintegerValue(mqtt::ContentFilterLimits().bytes),
                          MakeUintegerAccessor(&MqttBroker::m_contentFilter),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxFilteredPayload",
                          "Bytes of a payload whose JSON fields are read for a content filter; a "
                          "message with a longer one is not wanted by its subscription.",
                          UintegerValue(mqtt::ContentFilterLimits().payload),
                          MakeUintegerAccessor(&MqttBroker::m_filteredPayload),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxPublishRate",
                          "PUBLISH packets per second of a connection in the long run; beyond, it "
                          "is read no faster than this. 0 = unlimited.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&MqttBroker::m_publishRate),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("PublishBurst",
                          "PUBLISH packets of a connection at once under MaxPublishRate.",
                          UintegerValue(20),
                          MakeUintegerAccessor(&MqttBroker::m_publishBurst),
                          MakeUintegerChecker<uint32_t>(1))
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
    m_streams.clear();
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

mqtt::BrokerLimits
MqttBroker::GetLimits() const
{
    mqtt::BrokerLimits limits;
    if (m_protocolLevel > 0)
    {
        limits.version = static_cast<mqtt::Version>(m_protocolLevel);
    }
    limits.connections = m_connections;
    limits.connectTimeout = ToDuration(m_connectTimeout);
    limits.connectPacketSize = m_connectPacketSize;
    limits.maximumKeepAlive = static_cast<uint16_t>(m_maximumKeepAlive.GetSeconds());
    limits.sessions = m_sessions;
    ApplyTo(limits);
    limits.outputBytes = m_outputBytes;
    limits.subscriptions = m_subscriptions;
    limits.topicLevels = m_topicLevels;
    limits.topicLength = m_topicLength;
    limits.retainedMessages = m_retainedMessages;
    limits.retainedBytes = m_retainedBytes;
    limits.responsePrefix = m_responsePrefix;
    limits.content = {m_contentFilter, m_filteredPayload};
    limits.publishRate = {m_publishRate, m_publishBurst};
    return limits;
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
    else
    {
        auto stream = std::make_shared<Stream>();
        stream->port = std::make_shared<StreamPort>(
            socket,
            [this, id = *id](sansio::ByteView bytes) { HandleBytes(id, bytes); },
            [this, id = *id] { HandleStreamClosed(id); },
            [this, id = *id] { HandleDrained(id); });
        SetGate(stream);
        m_streams.emplace(*id, stream);
        stream->port->ReadAvailable();
    }
    RunPump();
}

void
MqttBroker::SetGate(const std::shared_ptr<Stream>& stream)
{
    if (!m_processor && m_publishRate <= 0)
    {
        return;
    }
    StreamPort* port = stream->port.get();
    stream->gate = std::make_unique<ReadGate>(m_processor, [port] { port->ReadAvailable(); });
    port->SetReadGate([gate = stream->gate.get()] { return gate->MayRead(); }, READ_SIZE);
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
MqttBroker::HandleStreamClosed(mqtt::ConnectionId id)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->port->Close(); // our half of the connection
        Release(id);
        m_machine->HandleClosed(SimulatedNow(), id);
        RunPump();
    }
}

void
MqttBroker::HandleDrained(mqtt::ConnectionId id)
{
    if (m_machine->HasConnection(id))
    {
        m_machine->SetWritable(SimulatedNow(), id, true);
        RunPump();
    }
    else
    {
        Release(id);
    }
}

void
MqttBroker::Transmit(const mqtt::Broker::Transmit& transmit)
{
    auto stream = m_streams.find(transmit.id);
    if (stream != m_streams.end())
    {
        stream->second->port->Send(transmit.bytes);
        if (stream->second->port->GetWaiting() > 0)
        {
            m_machine->SetWritable(SimulatedNow(), transmit.id, false);
        }
    }
}

void
MqttBroker::Handle(mqtt::Broker::Event&& event)
{
    using mqtt::Broker;
    std::visit(
        Overloaded{
            [this](const Broker::CloseConnection& e) { CloseStream(e.id); },
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
            [this](const Broker::HoldBack& e) { HoldBack(e.id, e.until); },
        },
        event);
}

void
MqttBroker::HoldBack(mqtt::ConnectionId id, sansio::TimePoint until)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->gate->HoldBack(ToTime(until.time_since_epoch()));
    }
}

void
MqttBroker::CloseStream(mqtt::ConnectionId id)
{
    auto stream = m_streams.find(id);
    if (stream != m_streams.end())
    {
        stream->second->port->Close();
        if (stream->second->port->GetWaiting() == 0)
        {
            Release(id);
        }
    }
}

void
MqttBroker::Release(mqtt::ConnectionId id)
{
    auto released = m_streams.find(id);
    if (released != m_streams.end())
    {
        ReleaseLater(released->second);
        m_streams.erase(released);
    }
}

} // namespace ns3
