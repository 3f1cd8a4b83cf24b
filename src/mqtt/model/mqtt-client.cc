// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-client.h"

#include "iot-device/model/processor.h"
#include "sans-io/model/overloaded.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("MqttClient");
NS_OBJECT_ENSURE_REGISTERED(MqttClient);

TypeId
MqttClient::GetTypeId()
{
    static TypeId tid =
        MqttBounds::AddAttributes(TypeId("ns3::MqttClient")
                                      .SetParent<Application>()
                                      .SetGroupName("Mqtt")
                                      .AddConstructor<MqttClient>())
            .AddAttribute("Protocol",
                          "The factory of the stream sockets to use.",
                          StringValue("ns3::TcpSocketFactory"),
                          MakeTypeIdAccessor(&MqttClient::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Remote",
                          "The address and port of the broker, IPv4 or IPv6.",
                          AddressValue(),
                          MakeAddressAccessor(&MqttClient::m_remote),
                          MakeAddressChecker())
            .AddAttribute("ClientId",
                          "The Client Identifier. Empty: the broker makes one up (with "
                          "CleanSession), or n and the number of the node (without).",
                          StringValue(""),
                          MakeStringAccessor(&MqttClient::m_clientId),
                          MakeStringChecker())
            .AddAttribute("ProtocolLevel",
                          "The version of MQTT: 4 = 3.1.1, 5 = 5.0. A broker speaks both.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&MqttClient::m_protocolLevel),
                          MakeUintegerChecker<uint8_t>(4, 5))
            .AddAttribute("KeepAlive",
                          "The Keep Alive, whole seconds: a PINGREQ is sent after so much "
                          "silence of our own, and the broker gives up after 1.5 times it. "
                          "0 = none.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&MqttClient::m_keepAlive),
                          MakeTimeChecker(Seconds(0), Seconds(65535)))
            .AddAttribute("CleanSession",
                          "Whether nothing of the session survives the connection.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MqttClient::m_cleanSession),
                          MakeBooleanChecker())
            .AddAttribute("RequestProblemInformation",
                          "Whether a broker of MQTT 5.0 may explain itself in any packet; else in "
                          "CONNACK and DISCONNECT alone, which saves bytes.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MqttClient::m_requestProblemInformation),
                          MakeBooleanChecker())
            .AddAttribute("RequestResponseInformation",
                          "Whether a broker of MQTT 5.0 is asked where to let responses go; see "
                          "GetResponseInformation().",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MqttClient::m_requestResponseInformation),
                          MakeBooleanChecker())
            .AddAttribute("WillTopic",
                          "Topic of the message the broker publishes when the connection ends "
                          "without DISCONNECT; empty = no will.",
                          StringValue(""),
                          MakeStringAccessor(&MqttClient::m_willTopic),
                          MakeStringChecker())
            .AddAttribute("WillPayload",
                          "Payload of the will.",
                          StringValue(""),
                          MakeStringAccessor(&MqttClient::m_willPayload),
                          MakeStringChecker())
            .AddAttribute("WillQos",
                          "QoS of the will.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MqttClient::m_willQos),
                          MakeUintegerChecker<uint8_t>(0, 2))
            .AddAttribute("WillRetain",
                          "Whether the will is retained.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MqttClient::m_willRetain),
                          MakeBooleanChecker())
            .AddAttribute("WillDelay",
                          "How long after the end of the connection a broker of MQTT 5.0 "
                          "publishes the will, unless the client is back by then, whole seconds.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MqttClient::m_willDelay),
                          MakeTimeChecker(Seconds(0), Seconds(mqtt::NEVER_EXPIRES)))
            .AddAttribute("UserName",
                          "The user name; empty = none, and no password either.",
                          StringValue(""),
                          MakeStringAccessor(&MqttClient::m_userName),
                          MakeStringChecker())
            .AddAttribute("Password",
                          "The password; empty = none.",
                          StringValue(""),
                          MakeStringAccessor(&MqttClient::m_password),
                          MakeStringChecker())
            .AddAttribute("MaxSubscriptions",
                          "Topic filters subscribed to; Subscribe() refuses a further one.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&MqttClient::m_subscriptions),
                          MakeUintegerChecker<uint32_t>(0, 32767))
            .AddAttribute("MaxOutputBytes",
                          "Bytes of answers that wait for a broker that does not read; more end "
                          "the connection.",
                          UintegerValue(1 << 16),
                          MakeUintegerAccessor(&MqttClient::m_outputBytes),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ConnackTimeout",
                          "How long to wait for CONNACK once the stream is open.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&MqttClient::m_connackTimeout),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("PingTimeout",
                          "How long to wait for PINGRESP before the connection is given up.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&MqttClient::m_pingTimeout),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("ReconnectMin",
                          "The first backoff before connecting again; it doubles with each "
                          "failure, and between half of it and all of it is waited.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&MqttClient::m_reconnectMin),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("ReconnectMax",
                          "The largest backoff.",
                          TimeValue(Seconds(120)),
                          MakeTimeAccessor(&MqttClient::m_reconnectMax),
                          MakeTimeChecker(Time(1)))
            .AddTraceSource("Connected",
                            "The broker has accepted the connection.",
                            MakeTraceSourceAccessor(&MqttClient::m_connectedTrace),
                            "ns3::MqttClient::ConnectedCallback")
            .AddTraceSource("Disconnected",
                            "The connection ended, was refused or could not be made.",
                            MakeTraceSourceAccessor(&MqttClient::m_disconnectedTrace),
                            "ns3::MqttClient::DisconnectedCallback")
            .AddTraceSource("Message",
                            "A message has arrived.",
                            MakeTraceSourceAccessor(&MqttClient::m_messageTrace),
                            "ns3::MqttClient::MessageCallback")
            .AddTraceSource("Published",
                            "A message was handed to the stream (QoS 0), acknowledged (QoS 1) "
                            "or completed (QoS 2).",
                            MakeTraceSourceAccessor(&MqttClient::m_publishedTrace),
                            "ns3::MqttClient::PublishedCallback")
            .AddTraceSource("Refused",
                            "A message will not be delivered by this client.",
                            MakeTraceSourceAccessor(&MqttClient::m_refusedTrace),
                            "ns3::MqttClient::RefusedCallback")
            .AddTraceSource("Redelivered",
                            "A PUBLISH (with DUP) or PUBREL was sent again after a reconnect.",
                            MakeTraceSourceAccessor(&MqttClient::m_redeliveredTrace),
                            "ns3::MqttClient::RedeliveredCallback")
            .AddTraceSource("Subscribed",
                            "The broker answered a subscription with the granted QoS, or 128.",
                            MakeTraceSourceAccessor(&MqttClient::m_subscribedTrace),
                            "ns3::MqttClient::SubscribedCallback")
            .AddTraceSource("Authenticated",
                            "The broker has accepted a proof by AUTH: whether it was one more on "
                            "the same connection, and how long the processor worked for it.",
                            MakeTraceSourceAccessor(&MqttClient::m_authenticatedTrace),
                            "ns3::MqttClient::AuthenticatedCallback");
    return tid;
}

MqttClient::MqttClient()
    : m_stream({[this] {
                    m_machine->HandleConnected(SimulatedNow());
                    RunPump();
                },
                [this](std::string reason) {
                    m_machine->HandleClosed(SimulatedNow(), reason);
                    RunPump();
                },
                [this](sansio::ByteView bytes) {
                    m_machine->Receive(SimulatedNow(), bytes);
                    RunPump();
                },
                [this] {
                    m_machine->SetWritable(SimulatedNow(), true);
                    RunPump();
                }})
{
    NS_LOG_FUNCTION(this);
}

MqttClient::~MqttClient()
{
    NS_LOG_FUNCTION(this);
}

bool
MqttClient::Publish(const mqtt::Message& message, uint64_t report)
{
    auto shared = std::make_shared<const mqtt::Message>(message);
    bool taken = GetMachine().Publish(SimulatedNow(), std::move(shared), report);
    RunPump();
    return taken;
}

bool
MqttClient::Subscribe(const std::string& filter, uint8_t qos)
{
    return Subscribe(filter, mqtt::SubscriptionOptions{qos});
}

bool
MqttClient::Subscribe(const std::string& filter,
                      const mqtt::SubscriptionOptions& options,
                      uint32_t identifier,
                      const mqtt::PropertyList& userProperties)
{
    bool taken =
        GetMachine().Subscribe(SimulatedNow(), filter, options, identifier, userProperties);
    RunPump();
    return taken;
}

void
MqttClient::Unsubscribe(const std::string& filter)
{
    GetMachine().Unsubscribe(SimulatedNow(), filter);
    RunPump();
}

void
MqttClient::SetCredentialsSource(CredentialsSource source)
{
    m_credentials = std::move(source);
}

void
MqttClient::SetAuthenticator(std::shared_ptr<mqtt::Authenticator> authenticator)
{
    m_authenticator = std::move(authenticator);
}

void
MqttClient::ReAuthenticate()
{
    GetMachine().ReAuthenticate(SimulatedNow());
    RunPump();
}

void
MqttClient::Disconnect()
{
    GetMachine().Stop(SimulatedNow());
    RunPump();
}

void
MqttClient::Connect()
{
    GetMachine().Start(SimulatedNow());
    RunPump();
}

bool
MqttClient::IsConnected() const
{
    return m_machine && m_machine->IsConnected();
}

std::string
MqttClient::GetResponseInformation() const
{
    return m_responseInformation;
}

uint32_t
MqttClient::GetPending() const
{
    return m_machine ? m_machine->GetPending() : 0;
}

uint64_t
MqttClient::GetPeakMemory() const
{
    return m_machine ? m_machine->GetPeakMemory() : 0;
}

int64_t
MqttClient::AssignStreams(int64_t stream)
{
    return m_random.AssignStreams(stream);
}

void
MqttClient::DoDispose()
{
    m_stream.Clear();
    m_attempt++;
    m_credentials = nullptr;
    m_output.Cancel();
    m_pump.reset();
    m_machine.reset();
    Application::DoDispose();
}

void
MqttClient::StartApplication()
{
    Connect();
}

void
MqttClient::StopApplication()
{
    Disconnect();
}

mqtt::Client&
MqttClient::GetMachine()
{
    if (!m_machine)
    {
        m_machine = std::make_unique<mqtt::Client>(GetSettings(), m_random);
        m_pump = std::make_unique<Pump>(
            *m_machine,
            [this](sansio::SpannedBytes&& bytes) {
                if (!m_stream.Send(bytes))
                {
                    m_machine->SetWritable(SimulatedNow(), false);
                }
            },
            [this](mqtt::Client::Event&& event) { Handle(std::move(event)); });
    }
    return *m_machine;
}

mqtt::ClientSettings
MqttClient::GetSettings() const
{
    mqtt::ClientSettings settings;
    settings.version = static_cast<mqtt::Version>(m_protocolLevel);
    settings.willDelay = static_cast<uint32_t>(m_willDelay.GetSeconds());
    bool named = !m_clientId.empty() || m_cleanSession;
    settings.clientId = named ? m_clientId : "n" + std::to_string(GetNode()->GetId());
    settings.keepAlive = static_cast<uint16_t>(m_keepAlive.GetSeconds());
    settings.cleanSession = m_cleanSession;
    settings.problemInformation = m_requestProblemInformation;
    settings.responseInformation = m_requestResponseInformation;
    if (!m_willTopic.empty())
    {
        sansio::Bytes payload(m_willPayload.begin(), m_willPayload.end());
        settings.will = mqtt::Message{m_willTopic, payload, m_willQos, m_willRetain};
    }
    if (!m_userName.empty())
    {
        settings.userName = m_userName;
        if (!m_password.empty())
        {
            settings.password = sansio::Bytes(m_password.begin(), m_password.end());
        }
    }
    settings.authenticator = m_authenticator;
    ApplyTo(settings);
    settings.subscriptions = m_subscriptions;
    settings.outputBytes = m_outputBytes;
    settings.connackTimeout = ToDuration(m_connackTimeout);
    settings.pingTimeout = ToDuration(m_pingTimeout);
    settings.reconnectMin = ToDuration(m_reconnectMin);
    settings.reconnectMax = ToDuration(m_reconnectMax);
    return settings;
}

void
MqttClient::RunPump()
{
    const sansio::Operations work = m_machine->TakeOperations();
    Ptr<Processor> processor = work.empty() ? nullptr : GetNode()->GetObject<Processor>();
    if (processor)
    {
        for (const sansio::Operation& operation : work)
        {
            m_computed += processor->GetDuration(operation);
        }
        m_output.Cancel(); // of less work
        m_output.Await(processor, processor->Execute(work), [this] { m_pump->Run(); });
    }
    else if (!m_output.IsPending())
    {
        m_pump->Run();
    }
}

void
MqttClient::OpenStream()
{
    if (!m_credentials)
    {
        m_stream.Open(GetNode(), m_protocol, m_remote);
        return;
    }
    Ptr<MqttClient> self(this);
    m_credentials([self, attempt = ++m_attempt](std::string userName, sansio::Bytes password) {
        if (attempt == self->m_attempt)
        {
            if (!userName.empty())
            {
                self->m_machine->SetCredentials(userName, password);
            }
            self->m_stream.Open(self->GetNode(), self->m_protocol, self->m_remote);
        }
    });
}

void
MqttClient::CloseStream()
{
    m_attempt++; // what is being made is for a connection that nobody wants any more
    m_stream.Close();
}

void
MqttClient::Handle(mqtt::Client::Event&& event)
{
    using mqtt::Client;
    std::visit(Overloaded{
                   [this](const Client::OpenConnection&) { OpenStream(); },
                   [this](const Client::CloseConnection&) { CloseStream(); },
                   [this](const Client::Connected& e) {
                       m_responseInformation = e.responseInformation;
                       m_connectedTrace(e.sessionPresent);
                       if (e.authenticated)
                       {
                           m_authenticatedTrace(false, std::exchange(m_computed, Time()));
                       }
                   },
                   [this](const Client::Disconnected& e) { m_disconnectedTrace(e.reason); },
                   [this](const Client::MessageArrived& e) { m_messageTrace(e.message); },
                   [this](const Client::Published& e) { m_publishedTrace(e.report); },
                   [this](const Client::Refused& e) { m_refusedTrace(e.report, e.reason); },
                   [this](const Client::Redelivered& e) { m_redeliveredTrace(e.packetId); },
                   [this](const Client::Subscribed& e) { m_subscribedTrace(e.filter, e.reason); },
                   [](const Client::Unsubscribed&) {},
                   [this](const Client::ReAuthenticated&) {
                       m_authenticatedTrace(true, std::exchange(m_computed, Time()));
                   },
               },
               event);
}

} // namespace ns3
