// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/model/mqtt-client.h"

#include "iot-device/model/processor.h"
#include "sans-io/model/overloaded.h"

#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("MqttClient");
NS_OBJECT_ENSURE_REGISTERED(MqttClient);

TypeId
MqttClient::GetTypeId()
{
    static TypeId tid =
        MqttClientOptions::AddAttributes(TypeId("ns3::MqttClient")
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
        mqtt::ClientSettings settings = GetSettings("n" + std::to_string(GetNode()->GetId()));
        settings.authenticator = m_authenticator;
        m_machine = std::make_unique<mqtt::Client>(std::move(settings), m_random);
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
