// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/replayer.h"

#include "iot-attacks/model/silence.h"
#include "iot-attacks/protocol/ipv6.h"
#include "sans-io/model/time-conversion.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <sstream>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("Replayer");
NS_OBJECT_ENSURE_REGISTERED(Replayer);

namespace
{

/// Flows whose opening is remembered; further ones cannot be replayed in a new connection.
constexpr size_t MAX_OPENINGS = 1024;

std::vector<Time>
ParseDelays(const std::string& text)
{
    std::vector<Time> delays;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');)
    {
        delays.emplace_back(item);
    }
    return delays;
}

/// What a datagram is captured as; the first byte of DTLS is a content type (RFC 7983).
attacks::CapturedMessage
CaptureDatagram(const attacks::Datagram& datagram)
{
    attacks::CapturedMessage message;
    message.time = SimulatedNow();
    message.flow = *datagram.flow;
    message.bytes = datagram.data.ToBytes();
    const uint8_t first = message.bytes.empty() ? 0 : message.bytes.front();
    const bool dtls = first >= 20 && first <= 63;
    message.kind = dtls ? attacks::Kind::DtlsDatagram : attacks::Kind::CoapMessage;
    message.type = dtls || message.bytes.size() < 2 ? first : message.bytes[1];
    return message;
}

} // namespace

TypeId
Replayer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::Replayer")
            .SetParent<Attack>()
            .SetGroupName("IotAttacks")
            .AddConstructor<Replayer>()
            .AddAttribute("Way",
                          "same-flow, new-connection, other-port or late.",
                          StringValue("same-flow"),
                          MakeStringAccessor(&Replayer::m_way),
                          MakeStringChecker())
            .AddAttribute("Delays",
                          "How long after its capture a message is sent again, once for each of "
                          "these, as in \"1s,150s,300s\".",
                          StringValue("1s"),
                          MakeStringAccessor(&Replayer::m_delayList),
                          MakeStringChecker())
            .AddAttribute("Block",
                          "late: how long what else comes in the flow of a held datagram is "
                          "dropped; 0 = only the datagram is held.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&Replayer::m_block),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("Linger",
                          "new-connection: how long the connection stays after the message.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&Replayer::m_linger),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("MaxMessages",
                          "How many messages are chosen for replay, the first ones.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&Replayer::m_maximum),
                          MakeUintegerChecker<uint64_t>())
            .AddTraceSource("Replayed",
                            "A message was sent again.",
                            MakeTraceSourceAccessor(&Replayer::m_replayedTrace),
                            "ns3::Replayer::ReplayedTracedCallback")
            .AddTraceSource("Skipped",
                            "A message could not be sent again.",
                            MakeTraceSourceAccessor(&Replayer::m_skippedTrace),
                            "ns3::Replayer::SkippedTracedCallback");
    return tid;
}

Replayer::Replayer()
{
    NS_LOG_FUNCTION(this);
}

Replayer::~Replayer()
{
    NS_LOG_FUNCTION(this);
}

void
Replayer::SetTap(Ptr<WireTap> tap)
{
    m_tap = tap;
}

void
Replayer::SetSniffer(const attacks::Sniffer& sniffer)
{
    m_sniffer = &sniffer;
}

void
Replayer::SetChoice(Choice choice)
{
    m_choice = std::move(choice);
}

uint64_t
Replayer::GetReplayed() const
{
    return m_replayed;
}

void
Replayer::DoDispose()
{
    m_running = false;
    for (auto& [id, connection] : m_connections)
    {
        Silence(connection.socket);
    }
    m_connections.clear();
    m_otherPort = nullptr;
    m_tap = nullptr;
    m_choice = nullptr;
    Attack::DoDispose();
}

void
Replayer::StartApplication()
{
    if (!Inet6SocketAddress::IsMatchingType(GetTarget()))
    {
        NS_FATAL_ERROR("a Replayer needs an IPv6 address as Target");
    }
    const auto target = Inet6SocketAddress::ConvertFrom(GetTarget());
    target.GetIpv6().Serialize(m_victim.ip.data());
    m_victim.port = target.GetPort();
    m_delays = ParseDelays(m_delayList);
    const bool own = m_way == "new-connection" || m_way == "other-port";
    if (!own && m_way != "same-flow" && m_way != "late")
    {
        NS_FATAL_ERROR("Way '" << m_way
                               << "': expected same-flow, new-connection, other-port or late");
    }
    if (own)
    {
        CountFlow();
    }
    if (m_way == "late" && m_tap)
    {
        m_tap->SetPolicy(
            [this](sansio::ByteView ipv6, bool towardsHost) { return Judge(ipv6, towardsHost); });
    }
    m_running = true;
    Attack::StartApplication();
}

void
Replayer::StopApplication()
{
    m_running = false;
    if (m_way == "late" && m_tap)
    {
        m_tap->SetPolicy(nullptr);
    }
    while (!m_connections.empty())
    {
        CloseConnection(m_connections.begin()->first);
    }
    Attack::StopApplication();
}

bool
Replayer::Strike()
{
    return false; // the captured messages set the time
}

bool
Replayer::IsToTarget(const attacks::Flow& flow) const
{
    return flow.destination == m_victim;
}

void
Replayer::Hear(const attacks::CapturedMessage& message)
{
    if (!m_running || m_way == "late" || !IsToTarget(message.flow))
    {
        return;
    }
    RememberOpening(message);
    if (TakeChosen(message))
    {
        ScheduleReplays(message);
    }
}

void
Replayer::RememberOpening(const attacks::CapturedMessage& message)
{
    if (message.flow.transport == attacks::Transport::Tcp && m_openings.size() < MAX_OPENINGS)
    {
        m_openings.emplace(message.flow, message.bytes);
    }
}

bool
Replayer::TakeChosen(const attacks::CapturedMessage& message)
{
    const bool chosen = m_chosen < m_maximum && (!m_choice || m_choice(message));
    m_chosen += chosen;
    return chosen;
}

void
Replayer::ScheduleReplays(const attacks::CapturedMessage& message)
{
    for (const Time& delay : m_delays)
    {
        Simulator::Schedule(delay, &Replayer::Replay, this, message);
    }
}

WireTap::Verdict
Replayer::Judge(sansio::ByteView ipv6, bool towardsHost)
{
    const auto datagram = attacks::ParseDatagram(ipv6);
    if (!towardsHost || !datagram || !datagram->flow || !IsToTarget(*datagram->flow) ||
        datagram->flow->transport != attacks::Transport::Udp)
    {
        return WireTap::Verdict::Pass();
    }
    auto blocked = m_blocked.find(*datagram->flow);
    if (blocked != m_blocked.end())
    {
        if (Simulator::Now() < blocked->second)
        {
            return WireTap::Verdict::Drop();
        }
        m_blocked.erase(blocked);
    }
    const attacks::CapturedMessage message = CaptureDatagram(*datagram);
    if (!TakeChosen(message))
    {
        return WireTap::Verdict::Pass();
    }
    if (m_block.IsStrictlyPositive())
    {
        m_blocked[message.flow] = Simulator::Now() + m_block;
    }
    ScheduleReplays(message);
    return WireTap::Verdict::Drop();
}

void
Replayer::Replay(const attacks::CapturedMessage& message)
{
    if (!m_running)
    {
        return;
    }
    std::string reason;
    if (m_way == "new-connection")
    {
        reason = SendInConnection(message);
    }
    else if (m_way == "other-port")
    {
        reason = SendFromOtherPort(message);
    }
    else
    {
        reason = SendInFlow(message);
    }
    if (!reason.empty())
    {
        m_skippedTrace(message, reason);
    }
}

std::string
Replayer::SendInFlow(const attacks::CapturedMessage& message)
{
    sansio::Bytes datagram;
    if (message.flow.transport == attacks::Transport::Udp)
    {
        datagram = attacks::BuildUdp(message.flow, message.bytes);
    }
    else
    {
        const auto state = m_sniffer ? m_sniffer->GetTcpState(message.flow) : std::nullopt;
        if (!state)
        {
            return "no-sequence";
        }
        attacks::TcpHeader header;
        header.sequence = state->sequence;
        header.acknowledgment = state->acknowledgment;
        header.flags = attacks::TCP_PSH | attacks::TCP_ACK;
        header.window = state->window;
        datagram = attacks::BuildTcp(message.flow, header, message.bytes);
    }
    const std::string reason = Inject(datagram);
    if (reason.empty())
    {
        NotifyReplayed(message);
    }
    return reason;
}

std::string
Replayer::Inject(const sansio::Bytes& ipv6)
{
    Ptr<AttackHost> host = GetNode()->GetObject<AttackHost>();
    if (!m_tap && !host)
    {
        return "no-tap";
    }
    if (!(m_tap ? m_tap->Inject(ipv6, true) : host->SendRaw(ipv6)))
    {
        return "refused";
    }
    CountSent(ipv6.size());
    return {};
}

std::string
Replayer::SendFromOtherPort(const attacks::CapturedMessage& message)
{
    if (message.flow.transport != attacks::Transport::Udp)
    {
        return "not-a-datagram";
    }
    if (!m_otherPort)
    {
        m_otherPort = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        m_otherPort->Connect(GetTarget());
    }
    m_otherPort->Send(Create<Packet>(message.bytes.data(), message.bytes.size()));
    NotifyReplayed(message);
    return {};
}

std::string
Replayer::SendInConnection(const attacks::CapturedMessage& message)
{
    if (message.flow.transport != attacks::Transport::Tcp)
    {
        return "not-a-stream";
    }
    auto opening = m_openings.find(message.flow);
    if (opening == m_openings.end())
    {
        return "no-opening";
    }
    const uint64_t id = ++m_lastConnection;
    Ptr<Socket> socket = Socket::CreateSocket(GetNode(), TcpSocketFactory::GetTypeId());
    m_connections.emplace(id, Connection{socket, opening->second, message});
    using Notice = Callback<void, Ptr<Socket>>;
    auto close = Notice([=](Ptr<Socket>) { CloseConnection(id); });
    socket->SetConnectCallback(Notice([=](Ptr<Socket>) { HandleConnected(id); }), close);
    socket->SetCloseCallbacks(close, close);
    socket->SetRecvCallback(Notice([=](Ptr<Socket>) { HandleReadable(id); }));
    if (socket->Connect(GetTarget()) != 0)
    {
        CloseConnection(id);
        return "refused";
    }
    return {};
}

void
Replayer::HandleConnected(uint64_t id)
{
    auto found = m_connections.find(id);
    if (found != m_connections.end())
    {
        const sansio::Bytes& opening = found->second.opening;
        found->second.socket->Send(Create<Packet>(opening.data(), opening.size()));
    }
}

void
Replayer::HandleReadable(uint64_t id)
{
    auto found = m_connections.find(id);
    if (found == m_connections.end())
    {
        return;
    }
    Connection& connection = found->second;
    bool answered = false;
    for (auto packet = connection.socket->Recv(); packet && packet->GetSize() > 0;
         packet = connection.socket->Recv())
    {
        answered = true;
    }
    if (!answered || connection.opened)
    {
        return;
    }
    connection.opened = true;
    const attacks::CapturedMessage& message = connection.message;
    if (message.bytes != connection.opening) // which was sent already
    {
        connection.socket->Send(Create<Packet>(message.bytes.data(), message.bytes.size()));
    }
    NotifyReplayed(message);
    Simulator::Schedule(m_linger, &Replayer::CloseConnection, this, id);
}

void
Replayer::CloseConnection(uint64_t id)
{
    auto found = m_connections.find(id);
    if (found != m_connections.end())
    {
        Ptr<Socket> socket = found->second.socket;
        m_connections.erase(found);
        socket->Close();
        Simulator::ScheduleNow(&Silence, socket); // one of its notices may be on the stack
    }
}

void
Replayer::NotifyReplayed(const attacks::CapturedMessage& message)
{
    m_replayed++;
    m_replayedTrace(message, Simulator::Now() - ToTime(message.time.time_since_epoch()));
}

} // namespace ns3
