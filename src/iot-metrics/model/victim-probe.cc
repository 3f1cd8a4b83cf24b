// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/victim-probe.h"

#include "sans-io/model/peer-identity-source.h"
#include "tls/model/dtls-socket-factory.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

namespace ns3
{

namespace
{

/// Of what IP delivers: UDP and TCP have it in the same place.
uint16_t
GetSourcePort(Ptr<const Packet> payload)
{
    uint8_t port[2] = {};
    payload->CopyData(port, sizeof(port));
    return port[0] << 8 | port[1];
}

} // namespace

void
VictimProbe::Attach(Ptr<Node> host)
{
    m_processor = host->GetObject<Processor>();
    if (m_processor)
    {
        m_processor->TraceConnectWithoutContext("Waited",
                                                MakeCallback(&VictimProbe::HandleWaited, this));
    }
    m_tcp = host->GetObject<HostTcpSocketFactory>();
    if (m_tcp)
    {
        m_tcp->TraceConnectWithoutContext("Refused",
                                          MakeCallback(&VictimProbe::HandleTcpRefused, this));
        m_tcp->TraceConnectWithoutContext("HalfOpen",
                                          MakeCallback(&VictimProbe::HandleHalfOpen, this));
        m_tcp->TraceConnectWithoutContext("Connections",
                                          MakeCallback(&VictimProbe::HandleConnections, this));
    }
    AttachAddresses(host);
    AttachSecurity(host);
    for (uint32_t i = 0; i < host->GetNApplications(); i++)
    {
        if (auto broker = DynamicCast<MqttBroker>(host->GetApplication(i)))
        {
            AttachBroker(broker);
        }
        else if (auto server = DynamicCast<CoapServer>(host->GetApplication(i)))
        {
            AttachServer(server);
        }
    }
}

void
VictimProbe::AttachAddresses(Ptr<Node> host)
{
    // A socket whose buffer is full tells of a datagram without headers, while IP delivers it.
    if (auto ip = host->GetObject<Ipv6L3Protocol>())
    {
        ip->TraceConnectWithoutContext(
            "LocalDeliver",
            Callback<void, const Ipv6Header&, Ptr<const Packet>, uint32_t>(
                [this](const Ipv6Header& header, Ptr<const Packet> payload, uint32_t) {
                    m_delivered = Inet6SocketAddress(header.GetSource(), GetSourcePort(payload));
                }));
    }
    if (auto ip = host->GetObject<Ipv4L3Protocol>())
    {
        ip->TraceConnectWithoutContext(
            "LocalDeliver",
            Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
                [this](const Ipv4Header& header, Ptr<const Packet> payload, uint32_t) {
                    m_delivered = InetSocketAddress(header.GetSource(), GetSourcePort(payload));
                }));
    }
}

void
VictimProbe::AttachSecurity(Ptr<Node> host)
{
    m_security = host->GetObject<SecureSocketFactory>();
    if (!m_security)
    {
        return;
    }
    m_security->TraceConnectWithoutContext("Sessions",
                                           MakeCallback(&VictimProbe::HandleSessions, this));
    m_securityLayer = "tls";
    if (auto dtls = DynamicCast<DtlsSocketFactory>(m_security))
    {
        m_securityLayer = "dtls";
        dtls->TraceConnectWithoutContext("Dropped",
                                         MakeCallback(&VictimProbe::HandleDtlsDrop, this));
        dtls->TraceConnectWithoutContext("SessionEvicted",
                                         MakeCallback(&VictimProbe::HandleEvicted, this));
    }
    m_security->TraceConnectWithoutContext("PeerRefused",
                                           MakeCallback(&VictimProbe::HandlePeerRefused, this));
    m_security->TraceConnectWithoutContext("RecordRejected",
                                           MakeCallback(&VictimProbe::HandleRecordRejected, this));
    m_security->TraceConnectWithoutContext("HandshakeFailed",
                                           MakeCallback(&VictimProbe::HandleHandshakeFailed, this));
    m_security->TraceConnectWithoutContext(
        "ConnectionFailed",
        MakeCallback(&VictimProbe::HandleConnectionFailed, this));
}

void
VictimProbe::AttachBroker(Ptr<MqttBroker> broker)
{
    m_broker = broker;
    broker->TraceConnectWithoutContext(
        "SessionOpened",
        Callback<void, std::string, sansio::PeerIdentity, mqtt::Version>(
            [this](std::string, sansio::PeerIdentity, mqtt::Version) { TellTables(); }));
    broker->TraceConnectWithoutContext(
        "DuplicateReceived",
        Callback<void, std::string, uint16_t>([this](std::string client, uint16_t) {
            Tell(VictimEvent::Kind::Duplicate, "mqtt", "duplicate", {}, client);
        }));
    broker->TraceConnectWithoutContext(
        "LimitReached",
        Callback<void, std::string, std::string, sansio::PeerIdentity>(
            [this](std::string limit, std::string client, sansio::PeerIdentity peer) {
                Tell(VictimEvent::Kind::Refused, "mqtt", limit, peer.address, client);
            }));
    broker->TraceConnectWithoutContext(
        "ProtocolError",
        Callback<void, sansio::PeerIdentity, std::string>(
            [this](sansio::PeerIdentity peer, std::string reason) {
                Tell(VictimEvent::Kind::Rejected, "mqtt", reason, peer.address);
            }));
    broker->TraceConnectWithoutContext(
        "SessionClosed",
        Callback<void, std::string, std::string>([this](std::string client, std::string reason) {
            Tell(VictimEvent::Kind::SessionEnded, "mqtt", reason, {}, client);
        }));
}

void
VictimProbe::AttachServer(Ptr<CoapServer> server)
{
    m_server = server;
    server->TraceConnectWithoutContext(
        "Request",
        Callback<void, const sansio::PeerIdentity&, const coap::Request&>(
            [this](const sansio::PeerIdentity&, const coap::Request&) { TellTables(); }));
    server->TraceConnectWithoutContext(
        "Refused",
        Callback<void, const sansio::PeerIdentity&, std::string>(
            [this](const sansio::PeerIdentity& peer, std::string reason) {
                Tell(VictimEvent::Kind::Refused, "coap", reason, peer.address);
            }));
    server->TraceConnectWithoutContext(
        "MessageRejected",
        Callback<void, const sansio::PeerIdentity&, std::string>(
            [this](const sansio::PeerIdentity& peer, std::string reason) {
                Tell(VictimEvent::Kind::Rejected, "coap", reason, peer.address);
            }));
    server->TraceConnectWithoutContext(
        "DuplicateReceived",
        Callback<void, const sansio::PeerAddress&, uint16_t, bool>(
            [this](const sansio::PeerAddress& peer, uint16_t messageId, bool) {
                Tell({VictimEvent::Kind::Duplicate, "coap", "duplicate", peer, {}, messageId});
            }));
    server->TraceConnectWithoutContext("Dropped",
                                       MakeCallback(&VictimProbe::HandleDatagramDrop, this));
}

void
VictimProbe::AddListener(Listener listener)
{
    m_listeners.push_back(std::move(listener));
}

void
VictimProbe::AddTableListener(std::function<void()> listener)
{
    m_tableListeners.push_back(std::move(listener));
}

VictimTables
VictimProbe::GetTables() const
{
    VictimTables tables = m_tables;
    if (m_broker)
    {
        tables.sessions = m_broker->GetSessions();
    }
    if (m_server)
    {
        tables.exchanges = m_server->GetRemembered();
    }
    return tables;
}

Time
VictimProbe::GetTimeBusy() const
{
    Time busy;
    for (size_t kind = 0; m_processor && kind < OPERATION_KINDS; kind++)
    {
        busy += m_processor->GetTimeSpent(static_cast<sansio::OperationKind>(kind));
    }
    return busy;
}

Time
VictimProbe::GetLongestWait() const
{
    return m_longestWait;
}

void
VictimProbe::Tell(VictimEvent::Kind kind,
                  const std::string& layer,
                  const std::string& reason,
                  const sansio::PeerAddress& peer,
                  const std::string& client)
{
    Tell({kind, layer, reason, peer, client, {}});
}

void
VictimProbe::Tell(const VictimEvent& event)
{
    for (const Listener& listener : m_listeners)
    {
        listener(event);
    }
}

void
VictimProbe::TellTables()
{
    for (const auto& listener : m_tableListeners)
    {
        listener();
    }
}

// A traced value tells its change before it has it.

void
VictimProbe::HandleHalfOpen(uint32_t before, uint32_t now)
{
    m_tables.halfOpen = now;
    TellTables();
}

void
VictimProbe::HandleConnections(uint32_t before, uint32_t now)
{
    m_tables.connections = now;
    TellTables();
}

void
VictimProbe::HandleSessions(uint32_t before, uint32_t now)
{
    m_tables.sessions = now;
    TellTables();
}

void
VictimProbe::HandleWaited(Time waited)
{
    m_longestWait = Max(m_longestWait, waited);
}

void
VictimProbe::HandleDatagramDrop(Ptr<const Packet> datagram)
{
    Tell(VictimEvent::Kind::Refused, "udp", "receive-buffer", ToPeerAddress(m_delivered));
}

void
VictimProbe::HandleDtlsDrop(Ptr<const Packet> packet,
                            const Address& peer,
                            const std::string& reason)
{
    if (reason == "transport-buffer-full")
    {
        HandleDatagramDrop(packet);
    }
    else if (reason == "receive-buffer-full")
    {
        Tell(VictimEvent::Kind::Refused, m_securityLayer, "receive-buffer", ToPeerAddress(peer));
    }
}

void
VictimProbe::HandleTcpRefused(const Address& peer, std::string reason)
{
    Tell(VictimEvent::Kind::Refused, "tcp", reason, ToPeerAddress(peer));
}

void
VictimProbe::HandlePeerRefused(const std::string& reason, const Address& peer)
{
    Tell(VictimEvent::Kind::Refused, m_securityLayer, reason, ToPeerAddress(peer));
}

void
VictimProbe::HandleEvicted(const Address& peer, bool established, Time age)
{
    Tell({VictimEvent::Kind::Refused,
          m_securityLayer,
          established ? "session-evicted" : "handshake-evicted",
          ToPeerAddress(peer),
          {},
          {},
          age});
}

void
VictimProbe::HandleRecordRejected(tls::RejectionReason reason, const Address& peer)
{
    // In TLS it ends the connection, and the failure that follows tells more.
    if (m_securityLayer == "dtls")
    {
        Tell(VictimEvent::Kind::Rejected,
             m_securityLayer,
             tls::ToString(reason),
             ToPeerAddress(peer));
    }
}

void
VictimProbe::HandleHandshakeFailed(const tls::HandshakeFailed& failed, const Address& peer)
{
    if (failed.reason != "evicted") // PeerRefused has told
    {
        HandleFailure(failed, peer);
    }
}

void
VictimProbe::HandleConnectionFailed(const tls::ConnectionFailed& failed, const Address& peer)
{
    HandleFailure(failed, peer);
}

void
VictimProbe::HandleFailure(const tls::Failure& failure, const Address& peer)
{
    Tell(VictimEvent::Kind::Rejected,
         m_securityLayer,
         failure.alert ? tls::GetAlertName(*failure.alert) : failure.reason,
         ToPeerAddress(peer));
}

} // namespace ns3
