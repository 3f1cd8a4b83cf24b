// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/access-control.h"
#include "mqtt/protocol/decoder.h"
#include "mqtt/protocol/outbox.h"
#include "mqtt/protocol/received-ids.h"
#include "sans-io/protocol/queue.h"
#include "sans-io/protocol/random-source.h"
#include "sans-io/protocol/time-point.h"

namespace mqtt
{

/// Half of the Packet Identifiers are for messages in flight, half for subscriptions: so neither
/// ever runs out.
constexpr uint16_t HALF_OF_PACKET_IDS = 32767;

/// What a client is told to be.
struct ClientSettings
{
    Version version{Version::V3_1_1};
    std::string clientId;     ///< empty: the server makes one, and Clean Session is set
    uint16_t keepAlive{60};   ///< seconds; 0 = none; a server of 5.0 may say another
    bool cleanSession{false}; ///< true: nothing survives the connection (section 3.1.2.4)
    uint32_t sessionExpiry{NEVER_EXPIRES}; ///< seconds that the server is asked to keep the session
                                           ///< for (5.0)
    std::optional<Message> will;
    uint32_t willDelay{0}; ///< seconds from the end of the connection to the will (5.0)
    std::optional<std::string> userName;
    std::optional<Bytes> password; ///< in 3.1.1 with a user name, if an empty one

    std::shared_ptr<Authenticator> authenticator; ///< for an exchange of AUTH packets (5.0)
    bool problemInformation{true};   ///< Reason Strings are welcome in any packet (5.0)
    bool responseInformation{false}; ///< where to let responses go is asked for (5.0)

    DeliveryLimits delivery;
    size_t subscriptions{1000};         ///< bound of filters subscribed to
    size_t packetSize{MAX_PACKET_SIZE}; ///< bound of an incoming packet
    size_t receivedIds{1000};           ///< bound of QoS 2 messages received and not released; the
                                        ///< Receive Maximum of 5.0
    uint16_t topicAliases{10};          ///< that the server may use (5.0)
    size_t outputBytes{1 << 16}; ///< of answers while the stream is full; more end the connection
    Duration connackTimeout{std::chrono::seconds(30)};
    Duration pingTimeout{std::chrono::seconds(60)}; ///< from PINGREQ to the connection's end
    Duration reconnectMin{std::chrono::seconds(1)}; ///< first backoff; doubles with each failure
    Duration reconnectMax{std::chrono::seconds(120)};
};

/**
 * A client of MQTT 3.1.1 or 5.0 as a machine without I/O.
 *
 * The owner opens and closes the stream when the events OpenConnection and CloseConnection say so
 * and reports with HandleConnected() and HandleClosed() what became of it. A connection that fails,
 * breaks or is refused is opened again after a backoff of reconnectMin x 2^n, at most reconnectMax,
 * of which a uniformly drawn part between one half and the whole is waited. What is in flight is
 * then sent again with DUP, and subscriptions the server does not remember are made again. On a
 * live connection nothing is ever sent twice.
 *
 * A packet from the server that breaks the standard closes the connection [MQTT-4.8.0-1]; a server
 * of 5.0 is told why.
 *
 * Where the server has lost the session (or Clean Session is set), QoS 1 messages in flight are
 * published as new ones; QoS 2 messages are refused as "session lost", unless the server had
 * already taken them, for their fate is unknown and they must not arrive twice.
 */
class Client
{
  public:
    struct OpenConnection
    {
    };

    /// Comes after the last bytes for this connection.
    struct CloseConnection
    {
    };

    struct Connected
    {
        bool sessionPresent;
        std::string responseInformation{}; ///< of a server of 5.0 that was asked for it
        bool authenticated{false};         ///< by an exchange of AUTH
    };

    struct Disconnected
    {
        std::string reason;
    };

    struct MessageArrived
    {
        Message message;
    };

    /// QoS 0: handed to the stream; QoS 1: PUBACK; QoS 2: PUBCOMP. The server took it.
    struct Published
    {
        uint64_t report;
    };

    struct Refused
    {
        uint64_t report;
        std::string reason;
    };

    /// A packet of the message was sent again after a reconnect.
    struct Redelivered
    {
        uint16_t packetId;
    };

    /// The server's answer; or what the server would not take was not sent.
    struct Subscribed
    {
        std::string filter;
        ReasonCode reason; ///< granted QoS or failure
    };

    /// The server has accepted the proof of ReAuthenticate().
    struct ReAuthenticated
    {
    };

    struct Unsubscribed
    {
        std::string filter;
    };

    using Event = std::variant<OpenConnection,
                               CloseConnection,
                               Connected,
                               Disconnected,
                               MessageArrived,
                               Published,
                               Refused,
                               Redelivered,
                               Subscribed,
                               Unsubscribed,
                               ReAuthenticated>;

    /// \param random draws the jitter of the backoff; outlives the client
    Client(ClientSettings settings, sansio::RandomSource& random);

    /// Starts connecting, and keeps connected until Stop().
    void Start(TimePoint now);

    /// Sends DISCONNECT where connected and closes; messages not yet sent stay queued.
    void Stop(TimePoint now);

    /**
     * Queues a message, connected or not. Its fate comes as Published or Refused with \p report.
     * \return false where it was refused at once
     */
    bool Publish(TimePoint now, MessagePtr message, uint64_t report = 0);

    /**
     * Subscribes, now or when connected.
     * \param options what 5.0 has beyond the QoS is not said to a server of 3.1.1
     * \param identifier Subscription Identifier of 5.0, from 1 to 268,435,455; 0 = none
     * \param userProperties of 5.0, such as a content filter (content-filter.h)
     * \return false for an invalid filter or a full list
     */
    bool Subscribe(TimePoint now,
                   const std::string& filter,
                   const SubscriptionOptions& options,
                   uint32_t identifier = 0,
                   const PropertyList& userProperties = {});
    void Unsubscribe(TimePoint now, const std::string& filter);

    /// What the next CONNECT says of who the client is, instead of what its settings say: for what
    /// does not hold for ever, such as a token.
    void SetCredentials(const std::string& userName, const Bytes& password);

    /// Proves anew who the client is, by AUTH, while connected (5.0: section 4.12.1).
    void ReAuthenticate(TimePoint now);

    /// The stream is open.
    void HandleConnected(TimePoint now);

    /// The stream is closed or could not be opened.
    void HandleClosed(TimePoint now, const std::string& reason);

    /// Whether the stream takes more bytes; while it does not, messages wait in the bounded queue.
    void SetWritable(TimePoint now, bool writable);

    void Receive(TimePoint now, ByteView bytes);
    void HandleTimeout(TimePoint now);

    /// The next instant at which HandleTimeout() is wanted; it may turn out too early once per
    /// Keep Alive, since sending moves the deadline and not the timer.
    std::optional<TimePoint> GetNextTimeout() const;

    sansio::SpannedBytes TakeTransmit();
    std::optional<Event> PollEvent();

    /// The cryptographic work since the last call: what TakeTransmit() gives was made by it.
    sansio::Operations TakeOperations();

    bool IsConnected() const
    {
        return m_state == State::Connected;
    }

    /// Messages not yet acknowledged: queued and in flight.
    size_t GetPending() const
    {
        return m_outbox.GetQueued() + m_outbox.GetInFlight();
    }

    /**
     * Bytes that the tables and buffers hold, by the rule of sans-io/protocol/memory.h: messages
     * queued and in flight, packet identifiers received, topic filters, an incomplete packet, and
     * packets that are ready to be sent.
     */
    size_t GetMemory() const
    {
        return m_outbox.GetMemory() + m_received.GetMemory() + m_filterBytes +
               m_subscriptions.size() * sansio::ENTRY_MEMORY + m_reader.GetKept() +
               m_writer.GetSize() + m_aliases.GetMemory();
    }

    /// The most that GetMemory() has been.
    size_t GetPeakMemory() const
    {
        return m_peakMemory.Get();
    }

  private:
    enum class State : uint8_t
    {
        Stopped,
        Opening,    ///< the stream is being opened
        Connecting, ///< CONNECT is sent
        Connected,
        Waiting, ///< for the backoff to pass
    };

    struct Subscription
    {
        std::string filter;
        SubscriptionOptions options;
        PropertyList properties; ///< Subscription Identifier and User Properties
        uint16_t packetId{0};    ///< of the SUBSCRIBE or UNSUBSCRIBE under way; 0 = none
        bool made{false};        ///< known to the server
        bool leaving{false};     ///< to be unsubscribed
    };

    /// What a server of 5.0 can do without (section 3.2.2.3).
    struct Offers
    {
        bool wildcards{true};
        bool identifiers{true};
        bool sharing{true};
    };

    void Open();
    void SendConnect(TimePoint now);
    PropertyList GetConnectProperties() const;
    std::string FindFault(const Message& message) const;
    bool Accepts(TimePoint now, const Connack& connack);
    void TakeSettings(const Properties& connack);
    bool SaysMethod(const Properties& properties) const;
    bool ResolveTopic(TimePoint now, mqtt::Publish& publish);

    /// Ends a connection that is no use any more; a server of 5.0 is told the code.
    void CloseAndRetry(TimePoint now, ReasonCode code, const std::string& reason);
    void Violate(TimePoint now, ReasonCode code, std::string_view reason);
    void EndConnection(const std::string& reason);
    void Retry(TimePoint now);
    void LoseSession();
    void SendSubscriptions();
    void SendSubscription(Subscription& subscription);
    bool WriteSubscription(const Subscription& subscription);
    std::optional<ReasonCode> FindFault(const Subscription& subscription) const;
    void Flush(TimePoint now);
    void HandleFrame(TimePoint now, const Frame& frame);

    // What a packet from the server does.
    void Handle(TimePoint now, const Connack& connack);
    void Handle(TimePoint now, const mqtt::Publish& publish);
    void Handle(TimePoint now, const Puback& puback);
    void Handle(TimePoint now, const Pubrec& pubrec);
    void Handle(TimePoint now, const Pubrel& pubrel);
    void Handle(TimePoint now, const Pubcomp& pubcomp);
    void Handle(TimePoint now, const Suback& suback);
    void Handle(TimePoint now, const Unsuback& unsuback);
    void Handle(TimePoint now, const Pingresp& pingresp);
    void Handle(TimePoint now, const mqtt::Disconnect& disconnect);
    void Handle(TimePoint now, const Auth& auth);

    /// What only a client may send.
    template <typename Other>
    void Handle(TimePoint now, const Other&)
    {
        Violate(now, ReasonCode::ProtocolError, "packet that no server sends, or not now");
    }

    ClientSettings m_settings;
    sansio::RandomSource& m_random;
    State m_state{State::Stopped};
    FrameReader m_reader;
    PacketWriter m_writer;
    Outbox m_outbox;
    ReceivedIds m_received;
    ReceivedAliases m_aliases;
    uint16_t m_keepAlive{0}; ///< of this connection, seconds
    Offers m_offers;         ///< of the server
    bool m_proving{false};   ///< an exchange of AUTH is under way
    std::vector<Subscription> m_subscriptions;
    size_t m_filterBytes{0}; ///< of all subscriptions
    sansio::HighWater m_peakMemory;
    sansio::Queue<Event> m_events;
    bool m_writable{true};
    uint32_t m_failures{0};
    TimePoint m_lastSent;
    std::optional<TimePoint> m_timer;     ///< connack, backoff, or keep-alive
    std::optional<TimePoint> m_pingLimit; ///< when PINGRESP is overdue
};

} // namespace mqtt
