// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/endpoint.h"
#include "iot-device/model/read-gate.h"
#include "sans-io/model/datagram-port.h"
#include "sans-io/model/machine-pump.h"
#include "sans-io/model/ns3-random-source.h"
#include "sans-io/model/peer-identity-source.h"

#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <memory>
#include <string>

namespace ns3
{

/**
 * What CoapClient and CoapServer share: one coap::Endpoint on one datagram socket of any factory
 * (attribute Protocol: UDP, DTLS ...), over IPv4 or IPv6, with every parameter of the protocol as
 * an attribute and every observation as a trace source.
 *
 * A node with a client and a server on it has two endpoints, on two ports. Attributes are read when
 * the application starts.
 */
class CoapEndpoint : public Application
{
  public:
    static TypeId GetTypeId();

    CoapEndpoint();
    ~CoapEndpoint() override;

    /// Fixes the random stream of timeouts, Message IDs and tokens; \return how many it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// What the endpoint has counted; zeros before the application starts.
    const coap::Counters& GetCounters() const;

    /// The most bytes that the tables and buffers have held (coap::Endpoint::GetMemory()).
    uint64_t GetPeakMemory() const;

    /// Messages received within their lifetime, which are not processed twice.
    uint32_t GetRemembered() const;

    /// Who is at this address, as far as the socket has proved it.
    sansio::PeerIdentity GetPeerIdentity(const sansio::PeerAddress& peer) const;

    /**
     * A CON was sent again.
     * \param messageId its Message ID
     * \param retransmission 1 for the first
     * \param report label of the report it carries
     */
    typedef void (*RetransmittedTracedCallback)(uint16_t messageId,
                                                uint8_t retransmission,
                                                uint64_t report);

    /**
     * A message arrived that had arrived before.
     * \param peer who sent it
     * \param messageId its Message ID
     * \param answered whether the reply of the first time was sent again
     */
    typedef void (*DuplicateReceivedTracedCallback)(const sansio::PeerAddress& peer,
                                                    uint16_t messageId,
                                                    bool answered);

    /**
     * A message was rejected.
     * \param peer who sent it
     * \param reason a name of coap::FormatError; "none" for a well-formed but unexpected message
     */
    typedef void (*MessageRejectedTracedCallback)(const sansio::PeerIdentity& peer,
                                                  std::string reason);

    /**
     * A bound of the attributes was reached.
     * \param limit a name of coap::Limit
     */
    typedef void (*LimitReachedTracedCallback)(std::string limit);

    /// A datagram arrived and found the receive buffer of the socket full.
    typedef void (*DroppedTracedCallback)(Ptr<const Packet> datagram);

    /// Datagrams that found the receive buffer of the socket full.
    uint64_t GetDropped() const;

  protected:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;

    /// Binds the new socket and, in a client, connects it.
    virtual void PrepareSocket(Ptr<Socket> socket) = 0;

    /// The endpoint was made.
    virtual void HandleStarted();

    /// The endpoint is about to go.
    virtual void HandleStopped();

    /// Takes the events that have no trace source here.
    virtual void HandleEvent(coap::Event&& event) = 0;

    /// The endpoint, or nullptr while the application does not run. After use call Pump().
    coap::Endpoint* GetEndpoint();

    void Pump();

    /**
     * On a node with a Processor each message takes the time of the operation "message" from now
     * on: what it causes leaves when it is done, and meanwhile nothing more is read, so that
     * datagrams wait in the receive buffer of the socket and are dropped where that is full.
     */
    void ChargeMessages();

  private:
    void Receive(const Address& from, sansio::ByteView bytes);
    void ReleaseOutput();
    void HandleDrop(Ptr<const Packet> datagram);
    void Transmit(const coap::Datagram& datagram);
    void Handle(coap::Event&& event);

    struct Machine;

    coap::Settings GetSettings() const;

    TypeId m_protocol;
    double m_acknowledgementRandomFactor{0};
    uint8_t m_maximumRetransmit{0};
    uint16_t m_nstart{0};
    uint8_t m_tokenLength{0};
    Time m_acknowledgementTimeout;
    Time m_maximumLatency;
    Time m_processingDelay;
    Time m_acknowledgementDelay;
    Time m_nonInteractionTimeout;
    Time m_responseTimeout;
    Time m_confirmableNotificationInterval;
    uint32_t m_maximumDuplicates{0};
    uint32_t m_maximumPeers{0};
    uint32_t m_maximumWaiting{0};
    uint32_t m_maximumRequests{0};
    uint32_t m_maximumUnanswered{0};
    uint32_t m_maximumObservers{0};
    double m_requestRate{0};
    uint32_t m_requestBurst{0};
    uint32_t m_maximumRatedPeers{0};
    Ns3RandomSource m_random;
    std::unique_ptr<Machine> m_machine;
    coap::Counters m_counters; ///< of the run before, once the application has stopped
    uint64_t m_peakMemory{0};  ///< likewise
    uint64_t m_dropped{0};

    TracedCallback<uint16_t, uint8_t, uint64_t> m_retransmittedTrace;
    TracedCallback<const sansio::PeerAddress&, uint16_t, bool> m_duplicateReceivedTrace;
    TracedCallback<const sansio::PeerIdentity&, std::string> m_messageRejectedTrace;
    TracedCallback<std::string> m_limitReachedTrace;
    TracedCallback<Ptr<const Packet>> m_droppedTrace;
};

} // namespace ns3
