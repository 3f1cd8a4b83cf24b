// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/client.h"

#include "mqtt/protocol/topic.h"

#include <algorithm>
#include <limits>

namespace mqtt
{

namespace
{

constexpr size_t MAX_TEXT = 65535;

/// Half of the Packet Identifiers are for messages in flight, half for subscriptions: so neither
/// ever runs out.
constexpr uint16_t HALF_OF_PACKET_IDS = 32767;

ClientSettings
Admit(ClientSettings settings)
{
    settings.cleanSession |= settings.clientId.empty(); // [MQTT-3.1.3-7]
    settings.delivery.inFlight = std::min(settings.delivery.inFlight, HALF_OF_PACKET_IDS);
    settings.subscriptions = std::min<size_t>(settings.subscriptions, HALF_OF_PACKET_IDS);
    return settings;
}

/// Why a message cannot be published; empty where it can.
std::string
FindFault(const Message& message)
{
    if (message.topic.size() > MAX_TEXT || !IsValidUtf8(message.topic) ||
        !IsValidTopicName(message.topic))
    {
        return "invalid topic name";
    }
    if (message.qos > 2)
    {
        return "invalid QoS";
    }
    size_t size = GetPublishSize(message.topic.size(), message.payload.size(), message.qos);
    return size > MAX_PACKET_SIZE ? "packet too large" : "";
}

} // namespace

Client::Client(ClientSettings settings, sansio::RandomSource& random)
    : m_settings(Admit(std::move(settings))),
      m_random(random),
      m_reader(m_settings.packetSize),
      m_outbox(m_settings.delivery)
{
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

bool
Client::Publish(TimePoint now, MessagePtr message, uint64_t report)
{
    std::string fault = FindFault(*message);
    uint8_t qos = message->qos;
    bool retain = message->retain;
    if (fault.empty() && !m_outbox.Add(std::move(message), qos, retain, report))
    {
        fault = "queue full";
    }
    if (!fault.empty())
    {
        m_events.push_back(Refused{report, fault});
        return false;
    }
    m_peakMemory.Update(GetMemory());
    Flush(now);
    m_peakMemory.Update(GetMemory());
    return true;
}

bool
Client::Subscribe(TimePoint now, const std::string& filter, uint8_t qos)
{
    auto known = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.filter == filter && !s.leaving;
    });
    bool invalid = filter.size() > MAX_TEXT || !IsValidUtf8(filter) || !IsValidTopicFilter(filter);
    bool full =
        known == m_subscriptions.end() && m_subscriptions.size() >= m_settings.subscriptions;
    if (invalid || full || qos > 2)
    {
        return false;
    }
    if (known == m_subscriptions.end())
    {
        known = m_subscriptions.insert(known, Subscription{filter, qos});
        m_filterBytes += filter.size();
    }
    else
    {
        m_outbox.ReleasePacketId(known->packetId);
        *known = Subscription{filter, qos};
    }
    if (m_state == State::Connected)
    {
        SendSubscription(*known);
        m_lastSent = now;
    }
    m_peakMemory.Update(GetMemory());
    return true;
}

void
Client::Unsubscribe(TimePoint now, const std::string& filter)
{
    for (Subscription& subscription : m_subscriptions)
    {
        if (subscription.filter == filter && !subscription.leaving)
        {
            m_outbox.ReleasePacketId(subscription.packetId);
            subscription.leaving = true;
            if (m_state == State::Connected)
            {
                SendSubscription(subscription);
                m_lastSent = now;
            }
        }
    }
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
        CloseAndRetry(now, "protocol error: " + std::string(ToString(m_reader.GetError())));
        return;
    }
    m_reader.End();
    Flush(now);
    m_peakMemory.Update(GetMemory());
    if (!m_writable && m_writer.GetSize() > m_settings.outputBytes)
    {
        CloseAndRetry(now, "answers are not read");
    }
}

void
Client::HandleTimeout(TimePoint now)
{
    if (m_pingLimit && now >= *m_pingLimit)
    {
        CloseAndRetry(now, "no PINGRESP");
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
        CloseAndRetry(now, "no CONNACK");
    }
    else if (m_state == State::Connected) // [MQTT-3.1.2-23]
    {
        Duration keepAlive = std::chrono::seconds(m_settings.keepAlive);
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
    if (m_events.empty())
    {
        return {};
    }
    Event event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

void
Client::Open()
{
    m_state = State::Opening;
    m_events.push_back(OpenConnection{});
}

void
Client::SendConnect(TimePoint now)
{
    Connect connect;
    connect.clientId = m_settings.clientId;
    connect.keepAlive = m_settings.keepAlive;
    connect.cleanSession = m_settings.cleanSession;
    if (m_settings.will)
    {
        const Message& will = *m_settings.will;
        connect.will = Will{will.topic, will.payload, will.qos, will.retain};
    }
    connect.userName = m_settings.userName;
    if (m_settings.password)
    {
        connect.password = ByteView(*m_settings.password);
    }
    m_reader.Reset();
    m_writable = true;
    m_writer.Write(connect);
    m_peakMemory.Update(GetMemory());
    m_state = State::Connecting;
    m_lastSent = now;
    m_timer = now + m_settings.connackTimeout;
}

void
Client::CloseAndRetry(TimePoint now, const std::string& reason)
{
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
    m_writer.Take(); // for a connection that is no more
    m_pingLimit.reset();
    m_state = State::Waiting;
    m_timer = now + Duration(static_cast<Duration::rep>(m_random.GetUniform(wanted / 2, wanted)));
}

void
Client::LoseSession()
{
    m_received.Clear();
    for (Subscription& subscription : m_subscriptions)
    {
        subscription.made = false;
    }
    for (const Outbox::Entry& entry : m_outbox.ForgetSession())
    {
        if (entry.released)
        {
            m_events.push_back(Published{entry.report});
        }
        else
        {
            m_events.push_back(Refused{entry.report, "session lost"});
        }
    }
}

void
Client::SendSubscriptions()
{
    for (Subscription& subscription : m_subscriptions)
    {
        m_outbox.ReleasePacketId(subscription.packetId);
        subscription.packetId = 0;
        if (!subscription.made || subscription.leaving)
        {
            SendSubscription(subscription);
        }
    }
}

void
Client::SendSubscription(Subscription& subscription)
{
    subscription.packetId = m_outbox.ReservePacketId();
    if (subscription.leaving)
    {
        m_writer.Write(mqtt::Unsubscribe{subscription.packetId, {subscription.filter}});
    }
    else
    {
        m_writer.Write(
            mqtt::Subscribe{subscription.packetId, {{subscription.filter, subscription.qos}}});
    }
}

void
Client::Flush(TimePoint now)
{
    if (m_state != State::Connected || !m_writable)
    {
        return;
    }
    m_outbox.Flush(m_writer, std::numeric_limits<size_t>::max(), [this](uint64_t report) {
        m_events.push_back(Published{report});
    });
    if (!m_writer.IsEmpty())
    {
        m_lastSent = now;
    }
}

} // namespace mqtt
