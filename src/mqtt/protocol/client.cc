// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"

#include <algorithm>

namespace mqtt
{

namespace
{

/// Whether a packet says what a client may have asked to be spared (5.0: section 3.1.2.11.7).
struct ToldWhy
{
    template <typename AnyPacket>
    bool operator()(const AnyPacket& packet) const
    {
        return packet.properties.Find(PropertyId::ReasonString) ||
               packet.properties.Find(PropertyId::UserProperty);
    }

    bool operator()(const Publish&) const
    {
        return false;
    }

    bool operator()(const Connack&) const
    {
        return false;
    }

    bool operator()(const Disconnect&) const
    {
        return false;
    }

    template <PacketType TYPE>
    bool operator()(const EmptyPacket<TYPE>&) const
    {
        return false;
    }
};

ClientSettings
Admit(ClientSettings settings)
{
    settings.cleanSession |= settings.clientId.empty(); // [MQTT-3.1.3-7]
    settings.delivery.inFlight = std::min(settings.delivery.inFlight, HALF_OF_PACKET_IDS);
    settings.subscriptions = std::min<size_t>(settings.subscriptions, HALF_OF_PACKET_IDS);
    if (settings.version == Version::V3_1_1 && settings.password && !settings.userName)
    {
        settings.userName = ""; // [MQTT-3.1.2-22]
    }
    return settings;
}

} // namespace

Client::Client(ClientSettings settings, sansio::RandomSource& random)
    : m_settings(Admit(std::move(settings))),
      m_random(random),
      m_reader(m_settings.packetSize),
      m_writer(m_settings.version),
      m_outbox(m_settings.delivery)
{
    m_reader.SetVersion(m_settings.version);
}

void
Client::Start(TimePoint now)
{
    if (m_state == State::Stopped)
    {
        m_failures = 0;
        Open();
    }
}

void
Client::Stop(TimePoint now)
{
    if (m_state == State::Connected)
    {
        m_writer.Write(mqtt::Disconnect{});
    }
    if (m_state != State::Stopped && m_state != State::Waiting)
    {
        EndConnection("stopped");
    }
    m_state = State::Stopped;
    m_timer.reset();
}

void
Client::SetCredentials(const std::string& userName, const Bytes& password)
{
    m_settings.userName = userName;
    m_settings.password = password;
}

void
Client::HandleConnected(TimePoint now)
{
    if (m_state == State::Opening)
    {
        SendConnect(now);
    }
}

void
Client::HandleClosed(TimePoint now, const std::string& reason)
{
    if (m_state != State::Stopped && m_state != State::Waiting)
    {
        m_events.push_back(Disconnected{reason});
        m_writer.Take(); // for a connection that is no more
        Retry(now);
    }
}

void
Client::SetWritable(TimePoint now, bool writable)
{
    m_writable = writable;
    Flush(now);
}

void
Client::Receive(TimePoint now, ByteView bytes)
{
    if (m_state != State::Connecting && m_state != State::Connected)
    {
        return;
    }
    m_reader.Begin(bytes);
    Frame frame;
    FrameReader::Status status = m_reader.Next(frame);
    while (status == FrameReader::Status::Frame)
    {
        HandleFrame(now, frame);
        if (m_state != State::Connecting && m_state != State::Connected)
        {
            return;
        }
        status = m_reader.Next(frame);
    }
    if (status == FrameReader::Status::Error)
    {
        Violate(now, GetReason(m_reader.GetError()), ToString(m_reader.GetError()));
        return;
    }
    m_reader.End();
    Flush(now);
    m_peakMemory.Update(GetMemory());
    if (!m_writable && m_writer.GetSize() > m_settings.outputBytes)
    {
        CloseAndRetry(now, ReasonCode::QuotaExceeded, "answers are not read");
    }
}

void
Client::HandleTimeout(TimePoint now)
{
    if (m_pingLimit && now >= *m_pingLimit)
    {
        CloseAndRetry(now, ReasonCode::UnspecifiedError, "no PINGRESP");
    }
    if (!m_timer || now < *m_timer)
    {
        return;
    }
    m_timer.reset();
    if (m_state == State::Waiting)
    {
        Open();
    }
    else if (m_state == State::Connecting)
    {
        CloseAndRetry(now, ReasonCode::UnspecifiedError, "no CONNACK");
    }
    else if (m_state == State::Connected) // [MQTT-3.1.2-23]
    {
        Duration keepAlive = std::chrono::seconds(m_keepAlive);
        if (now >= m_lastSent + keepAlive)
        {
            m_writer.Write(Pingreq{});
            m_lastSent = now;
            if (!m_pingLimit)
            {
                m_pingLimit = now + m_settings.pingTimeout;
            }
        }
        m_timer = m_lastSent + keepAlive;
    }
}

std::optional<TimePoint>
Client::GetNextTimeout() const
{
    if (m_timer && m_pingLimit)
    {
        return std::min(*m_timer, *m_pingLimit);
    }
    return m_timer ? m_timer : m_pingLimit;
}

sansio::SpannedBytes
Client::TakeTransmit()
{
    if (!m_writable && m_state == State::Connected) // the bound of answers is here
    {
        return {};
    }
    return m_writer.Take();
}

std::optional<Client::Event>
Client::PollEvent()
{
    return m_events.empty() ? std::nullopt : std::optional(m_events.Take());
}

sansio::Operations
Client::TakeOperations()
{
    return m_settings.authenticator ? m_settings.authenticator->TakeOperations()
                                    : sansio::Operations();
}

void
Client::Open()
{
    m_state = State::Opening;
    m_events.push_back(OpenConnection{});
}

void
Client::CloseAndRetry(TimePoint now, ReasonCode code, const std::string& reason)
{
    m_writer.Take();
    if (m_settings.version == Version::V5 && m_state == State::Connected)
    {
        m_writer.Write(mqtt::Disconnect{code});
    }
    EndConnection(reason);
    Retry(now);
}

void
Client::EndConnection(const std::string& reason)
{
    m_events.push_back(Disconnected{reason});
    m_events.push_back(CloseConnection{});
    m_pingLimit.reset();
}

void
Client::Retry(TimePoint now)
{
    constexpr uint32_t MAX_DOUBLINGS = 30;
    double factor = 1u << std::min(m_failures, MAX_DOUBLINGS);
    double wanted = std::min(factor * m_settings.reconnectMin.count(),
                             static_cast<double>(m_settings.reconnectMax.count()));
    m_failures++;
    m_pingLimit.reset();
    m_state = State::Waiting;
    m_timer = now + Duration(static_cast<Duration::rep>(m_random.GetUniform(wanted / 2, wanted)));
}

void
Client::HandleFrame(TimePoint now, const Frame& frame)
{
    Packet packet;
    if (DecodeError error = Decode(frame, packet, m_settings.version); error != DecodeError::None)
    {
        Violate(now, GetReason(error), ToString(error));
        return;
    }
    if (!m_settings.problemInformation && std::visit(ToldWhy(), packet))
    {
        Violate(now, ReasonCode::ProtocolError, "problem information that was not asked for");
        return;
    }
    bool isConnack = frame.GetType() == PacketType::Connack;
    bool isProving = frame.GetType() == PacketType::Auth; // 5.0: section 4.12
    if (isConnack != (m_state == State::Connecting) &&
        !isProving) // the first packet, once [MQTT-3.2.0-1]
    {
        Violate(now,
                ReasonCode::ProtocolError,
                isConnack ? "second CONNACK" : "packet before CONNACK");
        return;
    }
    std::visit([&](const auto& one) { Handle(now, one); }, packet);
}

void
Client::Violate(TimePoint now, ReasonCode code, std::string_view reason)
{
    CloseAndRetry(now, code, "protocol error: " + std::string(reason));
}

void
Client::Handle(TimePoint now, const Pingresp& pingresp)
{
    m_pingLimit.reset();
}

} // namespace mqtt
