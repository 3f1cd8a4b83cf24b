// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/sniffer.h"

#include "iot-attacks/protocol/message-reader.h"

namespace attacks
{

struct Sniffer::State
{
    explicit State(Settings wanted)
        : settings(std::move(wanted)),
          lowPan(settings.lowPan)
    {
    }

    Settings settings;
    Counters counters;
    LowPanListener lowPan;
    std::map<Flow, MessageReader> readers;
    std::vector<CapturedMessage> messages;
    std::function<void(const CapturedMessage&)> listener;

    MessageReader* FindReader(const Flow& flow)
    {
        auto reader = readers.find(flow);
        return reader == readers.end() ? nullptr : &reader->second;
    }

    /// Who is the client: who sent the SYN, who talks to a server port, who spoke first.
    Direction GetDirection(const Flow& flow, const TcpHeader* tcp) const
    {
        if (tcp && tcp->flags & TCP_SYN)
        {
            return tcp->flags & TCP_ACK ? Direction::FromServer : Direction::FromClient;
        }
        if (auto other = readers.find(flow.Reversed()); other != readers.end())
        {
            return other->second.GetLeak().direction == Direction::FromClient
                       ? Direction::FromServer
                       : Direction::FromClient;
        }
        bool fromServer = settings.serverPorts.count(flow.source.port) &&
                          !settings.serverPorts.count(flow.destination.port);
        return fromServer ? Direction::FromServer : Direction::FromClient;
    }

    MessageReader* FindOrAddReader(const Flow& flow, const TcpHeader* tcp)
    {
        if (MessageReader* known = FindReader(flow))
        {
            return known;
        }
        if (readers.size() >= settings.flows)
        {
            counters.flowsRefused++;
            return nullptr;
        }
        MessageReader reader(flow, GetDirection(flow, tcp), settings.leak, settings.streamBytes);
        return &readers.emplace(flow, std::move(reader)).first->second;
    }

    void Keep(std::vector<CapturedMessage> captured)
    {
        for (CapturedMessage& message : captured)
        {
            if (listener)
            {
                listener(message);
            }
            if (messages.size() < settings.messages)
            {
                messages.push_back(std::move(message));
            }
            else
            {
                counters.messagesUnkept++;
            }
        }
    }

    void HearDatagram(sansio::TimePoint now, sansio::ByteView ipv6)
    {
        counters.datagrams++;
        std::optional<Datagram> datagram = ParseDatagram(ipv6);
        if (!datagram || !datagram->checksumValid)
        {
            counters.malformed++;
            return;
        }
        const TcpHeader* tcp = datagram->tcp ? &*datagram->tcp : nullptr;
        MessageReader* reader = datagram->flow ? FindOrAddReader(*datagram->flow, tcp) : nullptr;
        if (!reader)
        {
            return;
        }
        MessageReader* other = FindReader(datagram->flow->Reversed());
        if (tcp)
        {
            HearSegment(now, *reader, other, *datagram);
        }
        else
        {
            Keep(reader->HearUdp(now, datagram->data));
        }
        if (other && other->GetLeak().version != reader->GetLeak().version)
        {
            ShareVersion(reader->GetLeak(), other->GetLeak());
        }
    }

    void HearSegment(sansio::TimePoint now,
                     MessageReader& reader,
                     MessageReader* other,
                     const Datagram& datagram)
    {
        const TcpHeader& tcp = *datagram.tcp;
        bool newConnection = (tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
        if (newConnection && reader.IsOtherConnection(tcp))
        {
            reader.Restart();
            if (other)
            {
                other->Restart();
            }
        }
        if (other && tcp.flags & TCP_ACK)
        {
            Keep(other->HearAcknowledgment(now, tcp.acknowledgment));
        }
        reader.AdoptProtocol(other);
        Keep(reader.HearTcp(now, tcp, datagram.data));
    }

    /// Only the server says which version it chose.
    static void ShareVersion(FlowLeak& a, FlowLeak& b)
    {
        FlowLeak& server = a.direction == Direction::FromServer ? a : b;
        FlowLeak& client = a.direction == Direction::FromServer ? b : a;
        client.version = server.version;
    }
};

Sniffer::Sniffer()
    : Sniffer(Settings())
{
}

Sniffer::Sniffer(Settings settings)
    : m_state(std::make_unique<State>(std::move(settings)))
{
}

Sniffer::~Sniffer() = default;

void
Sniffer::HearFrame(sansio::TimePoint now, sansio::ByteView frame)
{
    if (std::optional<sansio::Bytes> datagram = m_state->lowPan.HearFrame(now, frame))
    {
        m_state->HearDatagram(now, *datagram);
    }
}

void
Sniffer::HearDatagram(sansio::TimePoint now, sansio::ByteView ipv6)
{
    m_state->HearDatagram(now, ipv6);
}

void
Sniffer::SetListener(std::function<void(const CapturedMessage&)> listener)
{
    m_state->listener = std::move(listener);
}

const std::vector<CapturedMessage>&
Sniffer::GetMessages() const
{
    return m_state->messages;
}

LeakReport
Sniffer::GetReport() const
{
    LeakReport report;
    for (const auto& [flow, reader] : m_state->readers)
    {
        report.flows.push_back(reader.GetLeak());
    }
    return report;
}

std::optional<TcpState>
Sniffer::GetTcpState(const Flow& flow) const
{
    const MessageReader* reader = m_state->FindReader(flow);
    return reader ? reader->GetTcpState() : std::nullopt;
}

const Sniffer::Counters&
Sniffer::GetCounters() const
{
    return m_state->counters;
}

const LowPanListener::Counters&
Sniffer::GetFrameCounters() const
{
    return m_state->lowPan.GetCounters();
}

} // namespace attacks
