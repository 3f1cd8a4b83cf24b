// SPDX-License-Identifier: GPL-2.0-only
#include "coap/model/coap-endpoint.h"

#include "iot-device/model/processor.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("CoapEndpoint");
NS_OBJECT_ENSURE_REGISTERED(CoapEndpoint);

/// The protocol machine of one run of the application, with what moves its bytes and events.
struct CoapEndpoint::Machine
{
    Machine(CoapEndpoint& owner, const coap::Settings& settings, Ptr<Socket> socket)
        : endpoint(settings, owner.m_random),
          pump(
              endpoint,
              [&owner](std::optional<coap::Datagram>&& datagram) { owner.Transmit(*datagram); },
              [&owner](coap::Event&& event) { owner.Handle(std::move(event)); }),
          port(socket,
               [&owner](const Address& from, sansio::ByteView bytes) {
                   owner.Receive(from, bytes);
               }),
          identities(dynamic_cast<PeerIdentitySource*>(PeekPointer(socket)))
    {
    }

    coap::Endpoint endpoint;
    MachinePump<coap::Endpoint> pump;
    DatagramPort port;

    const PeerIdentitySource* identities; ///< the socket, where it knows more than addresses
    Ptr<Processor> processor;             ///< that messages are charged to, or null
    std::unique_ptr<ReadGate> gate;       ///< with a processor
    ProcessorResult output;               ///< of the message handled last
};

TypeId
CoapEndpoint::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::CoapEndpoint")
            .SetParent<Application>()
            .SetGroupName("Coap")
            .AddAttribute("Protocol",
                          "Factory of the datagram socket: UDP, DTLS ...",
                          // By name: its library may be loaded after this one.
                          StringValue("ns3::UdpSocketFactory"),
                          MakeTypeIdAccessor(&CoapEndpoint::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("AckTimeout",
                          "ACK_TIMEOUT of RFC 7252 section 4.8.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&CoapEndpoint::m_acknowledgementTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("AckRandomFactor",
                          "ACK_RANDOM_FACTOR of RFC 7252 section 4.8, at least 1.",
                          DoubleValue(1.5),
                          MakeDoubleAccessor(&CoapEndpoint::m_acknowledgementRandomFactor),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("MaxRetransmit",
                          "MAX_RETRANSMIT of RFC 7252 section 4.8.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumRetransmit),
                          MakeUintegerChecker<uint8_t>(0, 20))
            .AddAttribute("NStart",
                          "NSTART of RFC 7252 section 4.7: outstanding interactions per "
                          "peer.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&CoapEndpoint::m_nstart),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("MaxLatency",
                          "MAX_LATENCY of RFC 7252 section 4.8.2; it enters "
                          "EXCHANGE_LIFETIME and NON_LIFETIME.",
                          TimeValue(Seconds(100)),
                          MakeTimeAccessor(&CoapEndpoint::m_maximumLatency),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ProcessingDelay",
                          "PROCESSING_DELAY of RFC 7252 section 4.8.2; it enters "
                          "EXCHANGE_LIFETIME.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&CoapEndpoint::m_processingDelay),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("TokenLength",
                          "Bytes of the tokens of requests (RFC 7252 section 5.3.1).",
                          UintegerValue(2),
                          MakeUintegerAccessor(&CoapEndpoint::m_tokenLength),
                          MakeUintegerChecker<uint8_t>(0, 8))
            .AddAttribute("AckDelay",
                          "How long a CON request may wait for its response before it "
                          "is acknowledged by an empty message and answered separately "
                          "(RFC 7252 section 5.2.2); below AckTimeout.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&CoapEndpoint::m_acknowledgementDelay),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("NonInteractionTimeout",
                          "How long a NON request without response counts towards "
                          "NStart (RFC 7252 section 4.7).",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&CoapEndpoint::m_nonInteractionTimeout),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ResponseTimeout",
                          "How long a response is awaited after the acknowledgement of "
                          "a CON request, or after NonInteractionTimeout for a NON one; "
                          "then the request fails.",
                          TimeValue(Seconds(93)),
                          MakeTimeAccessor(&CoapEndpoint::m_responseTimeout),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ConfirmableNotificationInterval",
                          "A notification is CON when the last confirmed one is this "
                          "long ago (RFC 7641 section 4.5).",
                          TimeValue(Hours(24)),
                          MakeTimeAccessor(&CoapEndpoint::m_confirmableNotificationInterval),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("MaxDuplicates",
                          "Received messages remembered for deduplication; beyond, the "
                          "one to expire first is forgotten.",
                          UintegerValue(8192),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumDuplicates),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxPeers",
                          "Peers whose Message IDs are tracked; beyond, the idle one "
                          "unused longest is forgotten, and if none is idle the message "
                          "is refused.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumPeers),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxWaiting",
                          "Messages that wait for NStart, all peers together; beyond, a "
                          "message is refused.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumWaiting),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxRequests",
                          "Open requests of this endpoint; beyond, a request is "
                          "refused.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumRequests),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxUnanswered",
                          "Received requests the application has not answered; beyond, "
                          "the answer is 5.03.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumUnanswered),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxObservers",
                          "Observers of the resources here; beyond, a registration is "
                          "answered as a plain GET.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumObservers),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxRequestRate",
                          "New requests per second of one address in the long run; a further "
                          "one is answered 4.29 with Max-Age (RFC 8516). 0 = unlimited.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&CoapEndpoint::m_requestRate),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("RequestBurst",
                          "New requests of one address at once under MaxRequestRate.",
                          UintegerValue(20),
                          MakeUintegerAccessor(&CoapEndpoint::m_requestBurst),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxRatedPeers",
                          "Addresses whose rate of requests is known; beyond, the one heard "
                          "longest ago is forgotten.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&CoapEndpoint::m_maximumRatedPeers),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Retransmitted",
                            "A CON was sent again.",
                            MakeTraceSourceAccessor(&CoapEndpoint::m_retransmittedTrace),
                            "ns3::CoapEndpoint::RetransmittedTracedCallback")
            .AddTraceSource("DuplicateReceived",
                            "A message arrived that had arrived before.",
                            MakeTraceSourceAccessor(&CoapEndpoint::m_duplicateReceivedTrace),
                            "ns3::CoapEndpoint::DuplicateReceivedTracedCallback")
            .AddTraceSource("MessageRejected",
                            "A message was rejected.",
                            MakeTraceSourceAccessor(&CoapEndpoint::m_messageRejectedTrace),
                            "ns3::CoapEndpoint::MessageRejectedTracedCallback")
            .AddTraceSource("LimitReached",
                            "A bound of the attributes was reached.",
                            MakeTraceSourceAccessor(&CoapEndpoint::m_limitReachedTrace),
                            "ns3::CoapEndpoint::LimitReachedTracedCallback")
            .AddTraceSource("Dropped",
                            "A datagram found the receive buffer of the UDP socket full.",
                            MakeTraceSourceAccessor(&CoapEndpoint::m_droppedTrace),
                            "ns3::CoapEndpoint::DroppedTracedCallback");
    return tid;
}

CoapEndpoint::CoapEndpoint() = default;

CoapEndpoint::~CoapEndpoint() = default;

int64_t
CoapEndpoint::AssignStreams(int64_t stream)
{
    return m_random.AssignStreams(stream);
}

coap::Settings
CoapEndpoint::GetSettings() const
{
    coap::Settings settings;
    settings.transmission.acknowledgementTimeout = ToDuration(m_acknowledgementTimeout);
    settings.transmission.acknowledgementRandomFactor = m_acknowledgementRandomFactor;
    settings.transmission.maximumRetransmit = m_maximumRetransmit;
    settings.transmission.nstart = m_nstart;
    settings.transmission.maximumLatency = ToDuration(m_maximumLatency);
    settings.transmission.processingDelay = ToDuration(m_processingDelay);
    settings.tokenLength = m_tokenLength;
    settings.acknowledgementDelay = ToDuration(m_acknowledgementDelay);
    settings.nonInteractionTimeout = ToDuration(m_nonInteractionTimeout);
    settings.responseTimeout = ToDuration(m_responseTimeout);
    settings.confirmableNotificationInterval = ToDuration(m_confirmableNotificationInterval);
    settings.limits = {m_maximumDuplicates,
                       m_maximumPeers,
                       m_maximumWaiting,
                       m_maximumRequests,
                       m_maximumUnanswered,
                       m_maximumObservers,
                       {m_requestRate, m_requestBurst},
                       m_maximumRatedPeers};
    return settings;
}

const coap::Counters&
CoapEndpoint::GetCounters() const
{
    return m_machine ? m_machine->endpoint.GetCounters() : m_counters;
}

uint64_t
CoapEndpoint::GetPeakMemory() const
{
    return m_machine ? m_machine->endpoint.GetPeakMemory() : m_peakMemory;
}

uint32_t
CoapEndpoint::GetRemembered() const
{
    return m_machine ? m_machine->endpoint.GetRemembered() : 0;
}

sansio::PeerIdentity
CoapEndpoint::GetPeerIdentity(const sansio::PeerAddress& peer) const
{
    if (!m_machine || !m_machine->identities)
    {
        return {peer, {}, {}};
    }
    return m_machine->identities->GetPeerIdentity(ToSocketAddress(peer));
}

coap::Endpoint*
CoapEndpoint::GetEndpoint()
{
    return m_machine ? &m_machine->endpoint : nullptr;
}

uint64_t
CoapEndpoint::GetDropped() const
{
    return m_dropped;
}

void
CoapEndpoint::Pump()
{
    if (!m_machine->output.IsPending())
    {
        m_machine->pump.Run();
    }
}

void
CoapEndpoint::ReleaseOutput()
{
    m_machine->output.Cancel();
    m_machine->pump.Run();
}

void
CoapEndpoint::ChargeMessages()
{
    Machine& machine = *m_machine;
    machine.processor = GetNode()->GetObject<Processor>();
    if (machine.processor)
    {
        machine.gate = std::make_unique<ReadGate>(machine.processor,
                                                  [&machine] { machine.port.ReadAvailable(); });
        machine.port.SetReadGate([&machine] { return machine.gate->MayRead(); });
    }
}

void
CoapEndpoint::HandleDrop(Ptr<const Packet> datagram)
{
    m_dropped++;
    m_droppedTrace(datagram);
}

void
CoapEndpoint::DoDispose()
{
    m_machine.reset();
    Application::DoDispose();
}

void
CoapEndpoint::StartApplication()
{
    NS_LOG_FUNCTION(this);
    auto socket = Socket::CreateSocket(GetNode(), m_protocol);
    m_machine = std::make_unique<Machine>(*this, GetSettings(), socket);
    socket->TraceConnectWithoutContext("Drop", MakeCallback(&CoapEndpoint::HandleDrop, this));
    PrepareSocket(socket);
    HandleStarted();
}

void
CoapEndpoint::StopApplication()
{
    NS_LOG_FUNCTION(this);
    if (m_machine)
    {
        HandleStopped();
        m_counters = m_machine->endpoint.GetCounters();
        m_peakMemory = m_machine->endpoint.GetPeakMemory();
        auto socket = m_machine->port.GetSocket();
        m_machine.reset();
        socket->Close();
    }
}

void
CoapEndpoint::HandleStarted()
{
}

void
CoapEndpoint::HandleStopped()
{
}

void
CoapEndpoint::Receive(const Address& from, sansio::ByteView bytes)
{
    NS_LOG_FUNCTION(this << from << bytes.size());
    if (m_machine->output.IsPending()) // its time has come, or this would not be read
    {
        ReleaseOutput();
    }
    m_machine->endpoint.Receive(SimulatedNow(), ToPeerAddress(from), bytes);
    if (Ptr<Processor> processor = m_machine->processor)
    {
        const sansio::Operation message{sansio::OperationKind::Message, 1, bytes.size()};
        const Time done = processor->Execute({message}, m_machine->port.GetArrival());
        m_machine->output.Await(processor, done, [this] { m_machine->pump.Run(); });
    }
    else
    {
        Pump();
    }
}

void
CoapEndpoint::Transmit(const coap::Datagram& datagram)
{
    if (!m_machine->port.SendTo(datagram.peer, datagram.bytes))
    {
        NS_LOG_WARN("The socket refused a datagram of " << datagram.bytes.size() << " bytes");
    }
}

void
CoapEndpoint::Handle(coap::Event&& event)
{
    if (auto* again = std::get_if<coap::Retransmitted>(&event))
    {
        m_retransmittedTrace(again->messageId, again->retransmission, again->report);
    }
    else if (auto* duplicate = std::get_if<coap::DuplicateReceived>(&event))
    {
        m_duplicateReceivedTrace(duplicate->peer, duplicate->messageId, duplicate->answered);
    }
    else if (auto* rejected = std::get_if<coap::MessageRejected>(&event))
    {
        m_messageRejectedTrace(GetPeerIdentity(rejected->peer),
                               std::string(ToString(rejected->error)));
    }
    else if (auto* limit = std::get_if<coap::LimitReached>(&event))
    {
        m_limitReachedTrace(std::string(ToString(limit->limit)));
    }
    else
    {
        HandleEvent(std::move(event));
    }
}

} // namespace ns3
