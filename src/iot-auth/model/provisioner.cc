// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/model/provisioner.h"

#include "sans-io/model/release-later.h"

#include "ns3/abort.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("Provisioner");
NS_OBJECT_ENSURE_REGISTERED(Provisioner);

namespace
{

constexpr size_t LARGEST_ANSWER = 1024;

} // namespace

TypeId
Provisioner::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::Provisioner")
            .SetParent<Application>()
            .SetGroupName("IotAuth")
            .AddConstructor<Provisioner>()
            .AddAttribute("Protocol",
                          "The factory of the stream sockets to use.",
                          StringValue("ns3::TcpSocketFactory"),
                          MakeTypeIdAccessor(&Provisioner::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Remote",
                          "The address and port of the device manager, IPv4 or IPv6.",
                          AddressValue(),
                          MakeAddressAccessor(&Provisioner::m_remote),
                          MakeAddressChecker())
            .AddAttribute("ApiKey",
                          "What the device manager asks of those who create devices; empty: none.",
                          StringValue(""),
                          MakeStringAccessor(&Provisioner::m_apiKey),
                          MakeStringChecker())
            .AddAttribute("AnswerTimeout",
                          "How long to wait for the answer once there is a key.",
                          TimeValue(Seconds(120)),
                          MakeTimeAccessor(&Provisioner::m_timeout),
                          MakeTimeChecker(Time(1)))
            .AddTraceSource("Provisioned",
                            "The device manager has answered, or will not: device and result.",
                            MakeTraceSourceAccessor(&Provisioner::m_provisionedTrace),
                            "ns3::Provisioner::ProvisionedCallback");
    return tid;
}

Provisioner::Provisioner()
    : m_reader(LARGEST_ANSWER)
{
    NS_LOG_FUNCTION(this);
}

Provisioner::~Provisioner()
{
    NS_LOG_FUNCTION(this);
}

void
Provisioner::DoDispose()
{
    m_running = false;
    m_patience.Cancel();
    m_port.reset();
    m_credential = nullptr;
    Application::DoDispose();
}

void
Provisioner::StartApplication()
{
    m_credential = GetNode()->GetObject<DeviceCredential>();
    NS_ABORT_MSG_UNLESS(m_credential, "a Provisioner needs a node with a DeviceCredential");
    m_running = true;
    Ptr<Provisioner> self(this);
    m_credential->MakeKey([self](std::string) { self->Connect(); });
}

void
Provisioner::StopApplication()
{
    if (m_running)
    {
        Finish("no answer");
    }
}

void
Provisioner::Connect()
{
    if (!m_running)
    {
        return;
    }
    m_patience = Simulator::Schedule(m_timeout, &Provisioner::Finish, this, "no answer");
    Ptr<Socket> socket = Socket::CreateSocket(GetNode(), m_protocol);
    socket->SetConnectCallback(MakeCallback(&Provisioner::HandleConnected, this),
                               MakeCallback(&Provisioner::HandleFailed, this));
    // ns-3's TCP passes over a reset that answers a SYN and goes on asking, against RFC 9293
    // section 3.10.7.3. Sockets that have no such trace, as those of TLS, go on asking.
    socket->TraceConnectWithoutContext("Rx", MakeCallback(&Provisioner::HandleSegment, this));
    m_port = std::make_shared<StreamPort>(
        socket,
        [this](sansio::ByteView bytes) { HandleBytes(bytes); },
        [this] { Finish("closed"); });
    const bool isBound =
        Inet6SocketAddress::IsMatchingType(m_remote) ? socket->Bind6() == 0 : socket->Bind() == 0;
    if (!isBound || socket->Connect(m_remote) != 0)
    {
        HandleFailed(socket);
    }
}

void
Provisioner::HandleSegment(Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase>)
{
    if (!m_connected && (header.GetFlags() & TcpHeader::RST))
    {
        Ptr<Provisioner> self(this); // not at once: the socket is in the middle of the segment
        Simulator::ScheduleNow([self] { self->Finish("refused"); });
    }
}

void
Provisioner::HandleConnected(Ptr<Socket> socket)
{
    m_connected = true;
    if (m_port)
    {
        const std::string message = auth::WriteMessage({m_credential->GetName(),
                                                        m_credential->GetAlgorithm(),
                                                        m_credential->GetPublicKey(),
                                                        m_apiKey});
        const sansio::Provenance provenance{sansio::Layer::Application};
        m_port->Send({sansio::ByteView(std::string_view(message)), provenance});
    }
}

void
Provisioner::HandleFailed(Ptr<Socket> socket)
{
    Finish("no connection");
}

void
Provisioner::HandleBytes(sansio::ByteView bytes)
{
    const bool isGood = m_reader.Add(bytes);
    auto line = m_reader.Next();
    if (isGood && !line)
    {
        return;
    }
    auto answer = line ? auth::ReadAnswer(*line) : std::nullopt;
    Finish(answer ? answer->result : "no answer");
}

void
Provisioner::Finish(const std::string& result)
{
    if (!m_running)
    {
        return;
    }
    m_running = false;
    m_patience.Cancel();
    if (m_port)
    {
        m_port->Close();
        ReleaseLater(m_port);
        m_port.reset();
    }
    m_provisionedTrace(m_credential->GetName(), result);
}

} // namespace ns3
