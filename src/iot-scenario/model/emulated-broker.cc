// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulated-broker.h"

#include "sans-io/model/peer-identity-source.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/uinteger.h"

#include <ctime>

namespace ns3
{

namespace
{

constexpr int64_t STREAM_AUTH = 40000;

/// Where the peer is, and as whom it has proved itself.
std::string
ToText(const sansio::PeerIdentity& peer)
{
    std::string text = ToText(ToSocketAddress(peer.address));
    text += peer.pskIdentity.empty() ? "" : ", key of " + peer.pskIdentity;
    text += peer.certificateSubject.empty() ? "" : ", " + peer.certificateSubject;
    return text;
}

} // namespace

EmulatedBroker::EmulatedBroker(const EmulationParameters& parameters, EmulationLog& log)
    : m_parameters(parameters),
      m_log(log),
      m_stores(parameters.auth, std::time(nullptr), m_random)
{
    m_random.AssignStreams(STREAM_AUTH);
}

void
EmulatedBroker::Install(const EmulationNetwork& network, TypeId factory, std::function<void()> done)
{
    m_address = network.GetServiceAddress(m_parameters.GetPort());
    const uint16_t port = m_parameters.GetPort();
    m_broker = CreateObject<MqttBroker>();
    m_broker->SetAttribute("Protocol", TypeIdValue(factory));
    m_broker->SetAttribute("ProtocolLevel", UintegerValue(m_parameters.GetProtocolLevel()));
    m_broker->SetAttribute(
        "Local",
        AddressValue(m_parameters.GetAddress().IsIpv6()
                         ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), port))
                         : Address(InetSocketAddress(Ipv4Address::GetAny(), port))));
    if (m_parameters.auth.IsOn())
    {
        m_broker->SetAccessControl(m_stores.MakeAccessControl());
    }
    Watch();
    network.GetNodes().Get(0)->AddApplication(m_broker);
}

void
EmulatedBroker::Watch()
{
    m_broker->TraceConnectWithoutContext("SessionOpened",
                                         MakeCallback(&EmulatedBroker::HandleOpened, this));
    m_broker->TraceConnectWithoutContext("ConnectRefused",
                                         MakeCallback(&EmulatedBroker::HandleRefused, this));
    m_broker->TraceConnectWithoutContext("ProtocolError",
                                         MakeCallback(&EmulatedBroker::HandleProtocolError, this));
    m_broker->TraceConnectWithoutContext("AccessDenied",
                                         MakeCallback(&EmulatedBroker::HandleDenied, this));
    m_broker->TraceConnectWithoutContext("Message",
                                         MakeCallback(&EmulatedBroker::HandleMessage, this));
    m_broker->TraceConnectWithoutContext("LimitReached",
                                         MakeCallback(&EmulatedBroker::HandleLimit, this));
}

void
EmulatedBroker::HandleOpened(std::string clientId, sansio::PeerIdentity peer, mqtt::Version version)
{
    m_connections++;
    m_log.Write("client " + clientId + " from " + ToText(peer) + ", MQTT " +
                (version == mqtt::Version::V5 ? "5.0" : "3.1.1"));
}

void
EmulatedBroker::HandleRefused(sansio::PeerIdentity peer, std::string reason)
{
    m_refused++;
    m_log.Write("refused " + ToText(peer) + ": " + reason);
}

void
EmulatedBroker::HandleProtocolError(sansio::PeerIdentity peer, std::string reason)
{
    m_protocolErrors++;
    m_log.Write("protocol error of " + ToText(peer) + ": " + reason);
}

void
EmulatedBroker::HandleDenied(std::string clientId, sansio::PeerIdentity, std::string what)
{
    if (what.rfind("connect: ", 0) != 0) // else it is refused as a whole
    {
        m_denied++;
        m_log.Write("client " + clientId + " may not " + what);
    }
}

void
EmulatedBroker::HandleMessage(std::string, const mqtt::Message&)
{
    m_messages++;
}

void
EmulatedBroker::HandleLimit(std::string limit, std::string clientId, sansio::PeerIdentity)
{
    m_log.Write("limit reached: " + limit + (clientId.empty() ? "" : " of client " + clientId));
}

void
EmulatedBroker::Shutdown()
{
    m_broker->Shutdown();
}

std::string
EmulatedBroker::GetTitle() const
{
    return "MQTT broker at " + ToText(m_address) + (m_parameters.tls ? " over TLS" : "");
}

std::string
EmulatedBroker::GetSummary() const
{
    return WriteCount(m_connections, "connection") + ", " + std::to_string(m_refused) +
           " refused, " + WriteCount(m_messages, "message") +
           (m_protocolErrors ? ", " + WriteCount(m_protocolErrors, "protocol error") : "") +
           (m_parameters.auth.IsOn() ? ", " + std::to_string(m_denied) + " denied" : "");
}

} // namespace ns3
