// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor-result.h"
#include "mqtt/model/client-stream.h"
#include "mqtt/model/mqtt-client-options.h"
#include "sans-io/model/machine-pump.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <functional>
#include <memory>

namespace ns3
{

/**
 * A client of MQTT 3.1.1 or 5.0 over any stream socket (TCP, TLS), IPv4 or IPv6: publisher,
 * subscriber or both. It connects when the application starts and keeps connected until it stops.
 *
 * A connection that cannot be made, is refused or breaks is made again after a random, exponential
 * backoff; what was not acknowledged is sent again with DUP. While connected nothing is sent twice:
 * repeating is the transport's work. See mqtt::Client for what happens when the broker has lost the
 * session. The machine reads the attributes when it is first used: set them before.
 *
 * Bytes of a payload carry the label that Publish() was given (see sansio::Provenance).
 */
class MqttClient : public Application, public MqttClientOptions
{
  public:
    static TypeId GetTypeId();

    MqttClient();
    ~MqttClient() override;

    /**
     * Queues a message for sending, connected or not.
     * \param message topic, payload, QoS 0 to 2 and retain flag; dup is ignored
     * \param report label of the payload, told again by the traces Published and Refused; 0 = none
     * \return false where it is refused at once (trace Refused)
     */
    bool Publish(const mqtt::Message& message, uint64_t report = 0);

    /**
     * Subscribes, and again whenever the broker has lost the session.
     * \return false for an invalid filter, a QoS above 2 or a full list
     */
    bool Subscribe(const std::string& filter, uint8_t qos);

    /// With the options of MQTT 5.0, a Subscription Identifier (0 = none) and User Properties, such
    /// as those of mqtt::AskForContent(); see mqtt::Client.
    bool Subscribe(const std::string& filter,
                   const mqtt::SubscriptionOptions& options,
                   uint32_t identifier = 0,
                   const mqtt::PropertyList& userProperties = {});

    void Unsubscribe(const std::string& filter);

    /// Takes the user name and the password for one CONNECT; an empty user name: neither.
    using CredentialsTaker = std::function<void(std::string userName, sansio::Bytes password)>;

    /// Makes them, at once or later, and hands them over.
    using CredentialsSource = std::function<void(CredentialsTaker take)>;

    /**
     * Before each connection \p source is asked for what its CONNECT says, instead of the
     * attributes UserName and Password: for tokens, which are signed anew. The stream is opened
     * when they are there, so that no server waits for it.
     */
    void SetCredentialsSource(CredentialsSource source);

    /**
     * Lets the client prove who it is by an exchange of AUTH packets (5.0: section 4.12); to be set
     * before its first use. On a node with a Processor its answers leave when their cryptographic
     * work is done.
     */
    void SetAuthenticator(std::shared_ptr<mqtt::Authenticator> authenticator);

    /// Proves it again while connected (5.0: section 4.12.1): for what does not hold for ever.
    void ReAuthenticate();

    /// Sends DISCONNECT, closes and stays away until Connect(). Unsent messages stay queued.
    void Disconnect();

    /// Connects again after Disconnect().
    void Connect();

    bool IsConnected() const;

    /// Where a broker of MQTT 5.0 lets responses go, if RequestResponseInformation asks for it; of
    /// the last connection.
    std::string GetResponseInformation() const;

    /// Messages that are queued or in flight.
    uint32_t GetPending() const;

    /// Fixes the random stream of the backoff; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// The most bytes that the tables and buffers have held (mqtt::Client::GetMemory()).
    uint64_t GetPeakMemory() const;

    typedef void (*ConnectedCallback)(bool sessionPresent);
    typedef void (*DisconnectedCallback)(std::string reason);
    typedef void (*MessageCallback)(const mqtt::Message& message);
    typedef void (*PublishedCallback)(uint64_t report);
    typedef void (*RefusedCallback)(uint64_t report, std::string reason);
    typedef void (*RedeliveredCallback)(uint16_t packetId);
    typedef void (*SubscribedCallback)(std::string filter, mqtt::ReasonCode reason);
    typedef void (*AuthenticatedCallback)(bool again, Time computed);

  protected:
    void DoDispose() override;

  private:
    using Pump = MachinePump<mqtt::Client>;

    void StartApplication() override;
    void StopApplication() override;

    /// The machine, made of the attributes when first needed.
    mqtt::Client& GetMachine();
    /// After each call of the machine: what it made leaves when the work for it is done.
    void RunPump();
    void OpenStream();
    void CloseStream();
    void Handle(mqtt::Client::Event&& event);

    // Attributes.
    TypeId m_protocol;
    Address m_remote;

    std::string m_responseInformation;
    CredentialsSource m_credentials;
    std::shared_ptr<mqtt::Authenticator> m_authenticator;
    uint64_t m_attempt{0}; ///< counts what the credentials are asked for
    Ns3RandomSource m_random;
    std::unique_ptr<mqtt::Client> m_machine;
    std::unique_ptr<Pump> m_pump;
    ProcessorResult m_output; ///< of the work done last
    Time m_computed;          ///< for the proof under way
    ClientStream m_stream;

    TracedCallback<bool> m_connectedTrace;
    TracedCallback<std::string> m_disconnectedTrace;
    TracedCallback<const mqtt::Message&> m_messageTrace;
    TracedCallback<uint64_t> m_publishedTrace;
    TracedCallback<uint64_t, std::string> m_refusedTrace;
    TracedCallback<uint16_t> m_redeliveredTrace;
    TracedCallback<std::string, mqtt::ReasonCode> m_subscribedTrace;
    TracedCallback<bool, Time> m_authenticatedTrace;
};

} // namespace ns3
