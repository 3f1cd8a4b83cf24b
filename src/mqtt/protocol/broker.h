// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/retained-messages.h"
#include "mqtt/protocol/session.h"
#include "mqtt/protocol/shared-subscriptions.h"
#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/queue.h"

#include <array>
#include <memory>
#include <set>
#include <unordered_map>
#include <variant>

namespace mqtt
{

/**
 * A server of MQTT 3.1.1 and 5.0 as a machine without I/O, for any number of streams.
 *
 * The owner accepts streams and names them by the ConnectionId that HandleConnection() gives; it
 * closes one when the event CloseConnection says so, after the bytes that came before.
 *
 * A client that breaks the standard loses its connection [MQTT-4.8.0-1], one of 5.0 after it was
 * told why, and its will is published; nobody else notices. A message that matches several
 * subscriptions of a client is sent to it once, with the highest of their QoS and all of their
 * identifiers. QoS 0 messages are not kept for clients that are away. Messages to topics that start
 * with $ are acknowledged and go nowhere (section 4.7.2). Clients of both versions may share
 * subscriptions. What a client may not publish is acknowledged, to 5.0 with the reason, and goes
 * nowhere [MQTT-3.3.5-2].
 *
 * A client that publishes faster than BrokerLimits::publishRate is slowed down by its transport
 * rather than disconnected: it has broken no rule of MQTT 3.1.1, loses nothing that way, and would
 * otherwise come back at once, at the price of a handshake.
 */
class Broker
{
  public:
    /// Comes after the last bytes for this connection.
    struct CloseConnection
    {
        ConnectionId id;
    };

    /// An application message was accepted, from a client or as its will, once.
    struct MessageAccepted
    {
        std::string clientId;
        MessagePtr message;
    };

    struct SessionOpened
    {
        std::string clientId;
        bool sessionPresent;
        sansio::PeerIdentity peer;
        Version version;
    };

    /// A CONNECT was answered with a reason why not.
    struct ConnectRefused
    {
        sansio::PeerIdentity peer;
        std::string reason;
    };

    /// The client is gone; its session may be stored.
    struct SessionClosed
    {
        std::string clientId;
        std::string reason;
    };

    struct ProtocolError
    {
        sansio::PeerIdentity peer;
        std::string reason;
    };

    /// A packet of a message was sent again after a reconnect.
    struct Redelivered
    {
        std::string clientId;
        uint16_t packetId;
    };

    /// A bound acted; the client is empty where none is known.
    struct LimitReached
    {
        Limit limit;
        std::string clientId;      ///< empty: not known, or of no connection
        sansio::PeerIdentity peer; ///< of the connection, where it is one that met the limit
    };

    /// A QoS 2 PUBLISH whose identifier is not released yet: acknowledged again, not delivered
    /// again (section 4.3.3).
    struct DuplicateReceived
    {
        std::string clientId;
        uint16_t packetId;
    };

    /// A message to a client was not sent and never will be.
    struct MessageDropped
    {
        std::string clientId;
        Outbox::Drop reason;
    };

    /// A subscription matches a message by its topic and does not want it by type or content.
    struct MessageFiltered
    {
        std::string clientId;
        MessagePtr message;
    };

    /// Something was refused to a client by the access control.
    struct AccessDenied
    {
        std::string clientId;
        sansio::PeerIdentity peer;
        std::string what; ///< "connect: REASON", "publish: TOPIC", "subscribe: FILTER"
    };

    /// Nothing more is to be read from the stream before \p until: what the client sends meanwhile
    /// waits in the flow control of the transport.
    struct HoldBack
    {
        ConnectionId id;
        TimePoint until;
    };

    using Event = std::variant<CloseConnection,
                               MessageAccepted,
                               SessionOpened,
                               ConnectRefused,
                               SessionClosed,
                               ProtocolError,
                               Redelivered,
                               LimitReached,
                               DuplicateReceived,
                               MessageDropped,
                               MessageFiltered,
                               AccessDenied,
                               HoldBack>;

    /// Bytes for one of the streams.
    struct Transmit
    {
        ConnectionId id;
        sansio::SpannedBytes bytes;
    };

    /// \param access judges clients; without one anybody may do everything
    explicit Broker(const BrokerLimits& limits = {}, std::shared_ptr<AccessControl> access = {});
    ~Broker();

    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    /// A stream is open; nothing when there are too many: the owner closes it.
    std::optional<ConnectionId> HandleConnection(TimePoint now, const sansio::PeerIdentity& peer);

    /// The stream was closed by the peer or broke. An unknown id is ignored.
    void HandleClosed(TimePoint now, ConnectionId id);

    /// Whether the stream takes more bytes; while it does not, messages wait in bounded queues.
    void SetWritable(TimePoint now, ConnectionId id, bool writable);

    void Receive(TimePoint now, ConnectionId id, ByteView bytes);
    void HandleTimeout(TimePoint now);

    /// The next instant at which HandleTimeout() is wanted; it may turn out too early once per
    /// deadline of a connection, since a packet moves the deadline and not the timer.
    std::optional<TimePoint> GetNextTimeout() const;

    /// The packets that were handled since the last call, as work for the processor, and what the
    /// access control did for them.
    sansio::Operations TakeOperations();

    /// What is ready at the instant of the last verb.
    std::optional<Transmit> TakeTransmit();
    std::optional<Event> PollEvent();

    /// Closes all connections, without wills; the sessions stay.
    void Stop(TimePoint now);

    /// How often a bound acted.
    uint64_t GetCount(Limit limit) const
    {
        return m_counts[static_cast<size_t>(limit)];
    }

    bool HasConnection(ConnectionId id) const
    {
        return m_connections.find(id) != m_connections.end();
    }

    size_t GetConnections() const
    {
        return m_connections.size();
    }

    size_t GetSessions() const
    {
        return m_sessions.size();
    }

    size_t GetRetained() const
    {
        return m_retained.GetSize();
    }

    /**
     * Bytes that the tables and buffers hold, by the rule of sans-io/protocol/memory.h: sessions
     * with their subscriptions, queued messages and packet identifiers; connections with their
     * will, incomplete packet and what is ready for the stream; retained messages. A message that
     * several of them hold counts for each.
     */
    size_t GetMemory() const
    {
        return m_memory + m_retained.GetMemory();
    }

    /// The most that GetMemory() has been.
    size_t GetPeakMemory() const
    {
        return m_peakMemory.Get();
    }

  private:
    void Begin(TimePoint now);
    Connection* Find(ConnectionId id);
    static std::string GetClientId(const Connection& connection);
    void SetTimer(Connection& connection);
    void SetTimer(Session& session);
    void HandleSilence(TimePoint now, Connection& connection);
    void HandleAbsence(TimePoint now, Session& session);
    void Flush(TimePoint now, Connection& connection);
    void FlushOutbox(TimePoint now, Connection& connection);
    void KeepPublishRate(TimePoint now, Connection& connection);
    Transmit TakeFrom(Connection& connection);

    /// Ends a connection; a client of 5.0 is told the reason where it has not taken leave itself.
    void Close(TimePoint now, Connection& connection, ReasonCode code, const std::string& reason);
    void EndStream(TimePoint now, Connection& connection, const std::string& reason);
    void Detach(TimePoint now, Connection& connection, const std::string& reason);
    void Violate(TimePoint now, Connection& connection, ReasonCode code, std::string_view reason);
    void Refuse(TimePoint now,
                Connection& connection,
                ReasonCode code,
                const std::string& reason = {});
    void Reach(Limit limit, const std::string& clientId, const sansio::PeerIdentity& peer = {});

    /// Brings the memory of a session or connection up to date; \p now is what it holds.
    void Count(size_t& counted, size_t now);
    void Count(Session& session);
    void Count(Connection& connection);

    bool AdmitConnect(TimePoint now, Connection& connection, const Connect& connect);
    bool AdmitSession(TimePoint now, Connection& connection, const std::string& clientId);
    void SetExpiry(Connection& connection, uint32_t asked);
    void Enter(TimePoint now,
               Connection& connection,
               const Connect& connect,
               const Admission& admission,
               ByteView authenticationData);
    void Authenticate(TimePoint now, Connection& connection, ByteView data);
    void Deny(const Connection& connection, const std::string& clientId, const std::string& what);
    bool TakesTopic(std::string_view topicOrFilter) const;
    bool MayPublish(const Connection& connection, std::string_view topic) const;
    bool MaySubscribe(const Connection& connection, std::string_view filter) const;
    bool MayReceive(const Session& session, const Message& message) const;

    /// Drops what waits for a client that is another than before and may not have it.
    void JudgeWaiting(Session& session, bool isNewConnection);
    void TakeSettings(Connection& connection, const Connect& connect);
    void SetWill(TimePoint now, Session& session, const Connect& connect);
    bool Answer(Connection& connection,
                const Connect& connect,
                bool present,
                ByteView authenticationData);
    Session& OpenSession(TimePoint now, const std::string& clientId, bool clean, bool& present);
    void RemoveSession(TimePoint now, Session& session);
    std::string MakeClientId();

    void PublishWill(TimePoint now, Session& session);
    bool ResolveTopic(TimePoint now, Connection& connection, Publish& publish);

    /// What became of a message that was taken.
    struct Acceptance
    {
        bool matched;  ///< somebody has subscribed to it
        bool retained; ///< or did not ask for it
    };

    Acceptance Accept(TimePoint now, const std::string& clientId, MessagePtr message);

    /// Whether the PUBLISH begins a message, and not one that has come before; nothing where it has
    /// ended the connection.
    std::optional<bool> NoteIdentifier(TimePoint now,
                                       Connection& connection,
                                       const Publish& publish);
    ReasonCode Judge(const Connection& connection, std::string_view topic);
    void Acknowledge(Connection& connection,
                     const Publish& publish,
                     ReasonCode code,
                     std::string_view reason);
    bool Route(TimePoint now, const std::string& publisher, const MessagePtr& message);
    void Deliver(TimePoint now, Session& session, Outbox::Entry entry);
    ContentFilter::Parsed ReadContentFilter(const Connection& connection,
                                            const Subscribe& subscribe);
    void SendRetained(TimePoint now,
                      Session& session,
                      std::string_view filter,
                      const Subscription& subscription);
    std::string Explain(ReasonCode code) const;
    ReasonCode AddSubscription(Session& session,
                               std::string_view filter,
                               const Subscription& subscription,
                               bool& isNew);
    bool RemoveSubscription(Session& session, std::string_view filter);

    void HandleFrame(TimePoint now, Connection& connection, const Frame& frame);
    void HandleConnectError(TimePoint now,
                            Connection& connection,
                            const Frame& frame,
                            DecodeError error);
    void Handle(TimePoint now, Connection& connection, const Connect& connect);
    void Handle(TimePoint now, Connection& connection, const Publish& publish);
    void Handle(TimePoint now, Connection& connection, const Puback& puback);
    void Handle(TimePoint now, Connection& connection, const Pubrec& pubrec);
    void Handle(TimePoint now, Connection& connection, const Pubrel& pubrel);
    void Handle(TimePoint now, Connection& connection, const Pubcomp& pubcomp);
    void Handle(TimePoint now, Connection& connection, const Subscribe& subscribe);
    void Handle(TimePoint now, Connection& connection, const Unsubscribe& unsubscribe);
    void Handle(TimePoint now, Connection& connection, const Pingreq& pingreq);
    void Handle(TimePoint now, Connection& connection, const Disconnect& disconnect);
    void Handle(TimePoint now, Connection& connection, const Auth& auth);

    /// What only a server may send.
    template <typename Other>
    void Handle(TimePoint now, Connection& connection, const Other&)
    {
        Violate(now,
                connection,
                ReasonCode::ProtocolError,
                "packet that no client sends, or not now");
    }

    BrokerLimits m_limits;
    std::shared_ptr<AccessControl> m_access;
    bool m_judgesDelivery;
    std::unordered_map<ConnectionId, std::unique_ptr<Connection>> m_connections;
    std::unordered_map<std::string, std::unique_ptr<Session>> m_sessions;
    SubscriptionTree<Session*, Subscription> m_subscriptions;
    SharedSubscriptions<Session*, Subscription> m_shared;
    RetainedMessages m_retained;
    std::set<std::pair<TimePoint, ConnectionId>> m_timers;
    std::set<std::pair<TimePoint, std::string>> m_absences; ///< of clients that are away
    sansio::Queue<Transmit> m_farewells; ///< last bytes of connections that are closed
    std::vector<std::unique_ptr<Connection>> m_closed; ///< until the next verb: one may be in use
    sansio::Queue<ConnectionId> m_toTransmit;
    std::vector<Session*> m_routeTo;
    sansio::Queue<Event> m_events;
    std::array<uint64_t, static_cast<size_t>(Limit::Count)> m_counts{};
    sansio::Operation m_handled{sansio::OperationKind::Message, 0, 0};
    ConnectionId m_lastConnection{0};
    TimePoint m_now;    ///< of the last verb
    size_t m_memory{0}; ///< of sessions and connections
    sansio::HighWater m_peakMemory;
    uint64_t m_lastRoute{0};
    uint64_t m_lastMadeId{0};
};

} // namespace mqtt
