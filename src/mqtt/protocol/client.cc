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

bool
Client::Publish(TimePoint now, MessagePtr message, uint64_t report)
{
    std::string fault = FindFault(*message);
    if (fault.empty())
    {
        auto timed = std::make_shared<Message>(*message);
        timed->since = now;
        Outbox::Entry entry;
        entry.qos = timed->qos;
        entry.retain = timed->retain;
        entry.report = report;
        entry.message = std::move(timed);
        fault = m_outbox.Add(std::move(entry)) ? "" : "queue full";
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

std::string
Client::FindFault(const Message& message) const
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
    if (message.qos > m_maximumQos) // [5.0: MQTT-3.2.2-11]
    {
        return "QoS not supported";
    }
    if (message.retain && !m_retainAvailable) // [5.0: MQTT-3.2.2-14]
    {
        return "retain not supported";
    }
    if (Properties::Check(message.properties.Get().GetWire(), OwnerOf(PacketType::Publish)) !=
        DecodeError::None)
    {
        return "invalid properties";
    }
    mqtt::Publish publish;
    publish.topic = message.topic;
    publish.payload = message.payload;
    publish.qos = message.qos;
    publish.properties = message.properties.Get();
    return GetSize(publish, m_settings.version) > MAX_PACKET_SIZE ? "packet too large" : "";
}

bool
Client::Subscribe(TimePoint now,
                  const std::string& filter,
                  const SubscriptionOptions& options,
                  uint32_t identifier)
{
    auto known = std::find_if(m_subscriptions.begin(), m_subscriptions.end(), [&](const auto& s) {
        return s.filter == filter && !s.leaving;
    });
    bool invalid = filter.size() > MAX_TEXT || !IsValidUtf8(filter) || !IsValidTopicFilter(filter);
    bool full =
        known == m_subscriptions.end() && m_subscriptions.size() >= m_settings.subscriptions;
    if (invalid || full || options.qos > 2 || identifier > MAX_VARIABLE_BYTE_INTEGER)
    {
        return false;
    }
    if (known == m_subscriptions.end())
    {
        known = m_subscriptions.insert(known, Subscription{filter, options, identifier});
        m_filterBytes += filter.size();
    }
    else
    {
        m_outbox.ReleasePacketId(known->packetId);
        *known = Subscription{filter, options, identifier};
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
Client::ReAuthenticate(TimePoint now)
{
    if (m_state == State::Connected && m_settings.authenticator)
    {
        PropertyList properties;
        AddAuthentication(properties,
                          m_settings.authenticator->GetMethod(),
                          m_settings.authenticator->Begin(m_settings.clientId));
        m_writer.Write(Auth{ReasonCode::ReAuthenticate, properties.Get()});
        m_lastSent = now;
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
    PropertyList properties = GetConnectProperties();
    PropertyList willProperties;
    connect.version = m_settings.version;
    connect.properties = properties.Get();
    connect.clientId = m_settings.clientId;
    connect.keepAlive = m_settings.keepAlive;
    connect.cleanStart = m_settings.cleanSession;
    if (m_settings.will)
    {
        const Message& will = *m_settings.will;
        willProperties = will.properties;
        if (will.expiry)
        {
            willProperties.Add(PropertyId::MessageExpiryInterval, *will.expiry);
        }
        if (m_settings.willDelay > 0)
        {
            willProperties.Add(PropertyId::WillDelayInterval, m_settings.willDelay);
        }
        connect.will = Will{will.topic, will.payload, will.qos, will.retain, willProperties.Get()};
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

PropertyList
Client::GetConnectProperties() const
{
    PropertyList properties;
    if (m_settings.version == Version::V5) // what differs from its default (5.0: section 3.1.2.11)
    {
        if (!m_settings.cleanSession && m_settings.sessionExpiry > 0)
        {
            properties.Add(PropertyId::SessionExpiryInterval, m_settings.sessionExpiry);
        }
        if (m_settings.receivedIds < 65535)
        {
            properties.Add(PropertyId::ReceiveMaximum,
                           static_cast<uint32_t>(m_settings.receivedIds));
        }
        if (m_settings.packetSize < MAX_PACKET_SIZE)
        {
            properties.Add(PropertyId::MaximumPacketSize,
                           static_cast<uint32_t>(m_settings.packetSize));
        }
        if (m_settings.topicAliases > 0)
        {
            properties.Add(PropertyId::TopicAliasMaximum, m_settings.topicAliases);
        }
        if (m_settings.authenticator)
        {
            AddAuthentication(properties,
                              m_settings.authenticator->GetMethod(),
                              m_settings.authenticator->Begin(m_settings.clientId));
        }
    }
    return properties;
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
        PropertyList properties;
        if (subscription.identifier > 0)
        {
            properties.Add(PropertyId::SubscriptionIdentifier, subscription.identifier);
        }
        m_writer.Write(mqtt::Subscribe{subscription.packetId,
                                       {{subscription.filter, subscription.options}},
                                       properties.Get()});
    }
}

void
Client::Flush(TimePoint now)
{
    if (m_state != State::Connected || !m_writable)
    {
        return;
    }
    m_outbox.Flush(
        now,
        m_writer,
        std::numeric_limits<size_t>::max(),
        [this](uint64_t report) { m_events.push_back(Published{report}); },
        [this](uint64_t report, Outbox::Drop drop) {
            m_events.push_back(Refused{report, std::string(ToString(drop))});
        });
    if (!m_writer.IsEmpty())
    {
        m_lastSent = now;
    }
}

} // namespace mqtt
