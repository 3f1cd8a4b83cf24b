// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/test/test-network.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

namespace mqtt::test
{

/// A broker and streams whose bytes the test writes itself.
class BrokerTest : public testing::Test
{
  protected:
    void SetLimits(const BrokerLimits& limits, std::shared_ptr<AccessControl> access = {})
    {
        m_broker.emplace(limits, std::move(access));
    }

    Broker& GetBroker()
    {
        return *m_broker;
    }

    ConnectionId Open()
    {
        auto id = m_broker->HandleConnection(m_now, {});
        EXPECT_TRUE(id.has_value());
        return id.value_or(0);
    }

    void Send(ConnectionId id, const Packet& packet)
    {
        SendBytes(id, ToBytes(packet));
    }

    void SendBytes(ConnectionId id, const Bytes& bytes)
    {
        m_broker->Receive(m_now, id, bytes);
        Collect();
    }

    /// Opens a stream, connects and forgets the CONNACK.
    ConnectionId Join(std::string_view clientId,
                      uint16_t keepAlive = 0,
                      bool clean = true,
                      std::optional<Will> will = {})
    {
        ConnectionId id = Open();
        Connect connect;
        connect.clientId = clientId;
        connect.keepAlive = keepAlive;
        connect.cleanStart = clean;
        connect.will = will;
        Send(id, connect);
        Take(id);
        return id;
    }

    void JoinTopic(ConnectionId id, std::string_view filter, uint8_t qos)
    {
        Send(id, Subscribe{1, {{filter, qos}}});
    }

    static Packet MakePublish(std::string_view topic,
                              std::string_view payload,
                              uint8_t qos = 0,
                              bool retain = false,
                              uint16_t packetId = 1)
    {
        Publish publish;
        publish.topic = topic;
        publish.payload = ByteView(payload);
        publish.qos = qos;
        publish.retain = retain;
        publish.packetId = qos > 0 ? packetId : 0;
        return publish;
    }

    /// All that was sent to a stream since the last call.
    Bytes Take(ConnectionId id)
    {
        Collect();
        return std::exchange(m_received[id], {});
    }

    bool IsClosed(ConnectionId id)
    {
        Collect();
        return m_closed.count(id) > 0;
    }

    template <typename Event>
    std::vector<Event> Get()
    {
        Collect();
        std::vector<Event> found;
        for (const Broker::Event& event : m_events)
        {
            if (auto one = std::get_if<Event>(&event))
            {
                found.push_back(*one);
            }
        }
        return found;
    }

    std::string GetLastReason()
    {
        auto closed = Get<Broker::SessionClosed>();
        return closed.empty() ? "" : closed.back().reason;
    }

    /// Lets time pass.
    void Wait(Duration duration)
    {
        TimePoint end = m_now + duration;
        while (m_broker->GetNextTimeout() && *m_broker->GetNextTimeout() <= end)
        {
            m_now = *m_broker->GetNextTimeout();
            m_broker->HandleTimeout(m_now);
        }
        m_now = end;
        Collect();
    }

    TimePoint m_now;

  private:
    void Collect()
    {
        while (auto transmit = m_broker->TakeTransmit())
        {
            ByteView view = transmit->bytes.GetView();
            Bytes& received = m_received[transmit->id];
            received.insert(received.end(), view.begin(), view.end());
        }
        while (auto event = m_broker->PollEvent())
        {
            if (auto close = std::get_if<Broker::CloseConnection>(&*event))
            {
                m_closed.insert(close->id);
            }
            m_events.push_back(std::move(*event));
        }
    }

    std::optional<Broker> m_broker{std::in_place};
    std::map<ConnectionId, Bytes> m_received;
    std::set<ConnectionId> m_closed;
    std::vector<Broker::Event> m_events;
};

} // namespace mqtt::test
