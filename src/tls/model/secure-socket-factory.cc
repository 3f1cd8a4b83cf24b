// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/secure-socket-factory.h"

#include "iot-device/model/processor.h"
#include "tls/model/key-log-file.h"
#include "tls/model/secure-socket.h"
#include "tls/model/settings-parser.h"

#include "ns3/boolean.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/type-id.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <utility>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SecureSocketFactory);

TypeId
SecureSocketFactory::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::SecureSocketFactory")
            .SetParent<SocketFactory>()
            .SetGroupName("Tls")
            .AddAttribute("Profile",
                          "What is said beyond the necessary: lean (no tickets, one group, one "
                          "signature algorithm) or openssl (its defaults).",
                          StringValue("lean"),
                          MakeStringAccessor(&SecureSocketFactory::m_profile),
                          MakeStringChecker())
            .AddAttribute("CipherSuites",
                          "IANA or OpenSSL names with commas, best first. Empty: AES-128-CCM-8 "
                          "with what the credentials allow (ECDHE-ECDSA where there is a "
                          "certificate or a trust anchor, PSK where there is a key).",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_cipherSuites),
                          MakeStringChecker())
            .AddAttribute("Groups",
                          "Groups of the key exchange with commas, best first: P-256, X25519. "
                          "Empty: those of the profile.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_groups),
                          MakeStringChecker())
            .AddAttribute("PskIdentity",
                          "The name under which a client refers to its pre-shared key (RFC 4279), "
                          "at most 127 bytes; a server accepts it too. Empty: none.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_pskIdentity),
                          MakeStringChecker())
            .AddAttribute("PskKey",
                          "The pre-shared key of PskIdentity in hexadecimal digits, at most 64 "
                          "bytes.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_pskKey),
                          MakeStringChecker())
            .AddAttribute("PskTable",
                          "The keys a server accepts: identity:key with commas between, the keys "
                          "in hexadecimal digits.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_pskTable),
                          MakeStringChecker())
            .AddAttribute("CertificateFile",
                          "PEM file with the own certificate, and those that lead to the trust "
                          "anchor behind it. Empty: see Certificate.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_certificateFile),
                          MakeStringChecker())
            .AddAttribute("Certificate",
                          "What CertificateFile would hold, as text. Empty: no certificate.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_certificate),
                          MakeStringChecker())
            .AddAttribute("PrivateKeyFile",
                          "PEM file with the P-256 private key of the certificate.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_privateKeyFile),
                          MakeStringChecker())
            .AddAttribute("PrivateKey",
                          "What PrivateKeyFile would hold, as text.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_privateKey),
                          MakeStringChecker())
            .AddAttribute("TrustAnchorsFile",
                          "PEM file with the certificates that are trusted.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_trustAnchorsFile),
                          MakeStringChecker())
            .AddAttribute("TrustAnchors",
                          "What TrustAnchorsFile would hold, as text.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_trustAnchors),
                          MakeStringChecker())
            .AddAttribute("VerifyPeer",
                          "A client refuses a server that the trust anchors do not vouch for.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&SecureSocketFactory::m_verifyPeer),
                          MakeBooleanChecker())
            .AddAttribute("RequireClientCertificate",
                          "A server refuses a client without a certificate its trust anchors "
                          "vouch for.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&SecureSocketFactory::m_requireClientCertificate),
                          MakeBooleanChecker())
            .AddAttribute("PeerName",
                          "The DNS name that the server's certificate must carry. Empty: any.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_peerName),
                          MakeStringChecker())
            .AddAttribute("SendServerName",
                          "A client sends PeerName in its ClientHello (RFC 6066 section 3).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&SecureSocketFactory::m_sendServerName),
                          MakeBooleanChecker())
            .AddAttribute("StartDate",
                          "The date of simulated time 0 in UTC, for certificates and tickets.",
                          StringValue("2026-01-01T00:00:00Z"),
                          MakeStringAccessor(&SecureSocketFactory::m_startDate),
                          MakeStringChecker())
            .AddAttribute("KeyLogFile",
                          "File for the session secrets, in the format Wireshark reads; factories "
                          "of many nodes may name the same. Empty: none.",
                          StringValue(""),
                          MakeStringAccessor(&SecureSocketFactory::m_keyLogFile),
                          MakeStringChecker())
            .AddAttribute("MaxHalfOpen",
                          "Most handshakes under way at a listener or a bound UDP port; a new "
                          "peer beyond is ignored and reported by PeerRefused, but for what "
                          "EvictOldest (TLS) and HandshakeGrace (DTLS) say.",
                          UintegerValue(tls::Limits{}.maxHalfOpen),
                          MakeUintegerAccessor(&SecureSocketFactory::m_maxHalfOpen),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxSessions",
                          "Most sessions alive at a listener or a UDP port, handshakes included; a "
                          "new peer beyond is ignored and reported by PeerRefused, but for what "
                          "HandshakeGrace and StaleTime (DTLS) say; of DTLS a new session of an "
                          "address takes the place of its own used longest ago.",
                          UintegerValue(tls::Limits{}.maxSessions),
                          MakeUintegerAccessor(&SecureSocketFactory::m_maxSessions),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxCertificateChain",
                          "Most bytes of a peer's certificate chain; a longer one fails the "
                          "handshake.",
                          UintegerValue(tls::Limits{}.maxCertificateChain),
                          MakeUintegerAccessor(&SecureSocketFactory::m_maxCertificateChain),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Sessions",
                            "How many sessions all sockets have, handshakes included.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_sessions),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("HandshakeCompleted",
                            "A handshake has completed; the session can carry data.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_completedTrace),
                            "ns3::SecureSocketFactory::HandshakeCompletedTracedCallback")
            .AddTraceSource("HandshakeFailed",
                            "A handshake has failed, with the alert that was sent or received.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_failedTrace),
                            "ns3::SecureSocketFactory::HandshakeFailedTracedCallback")
            .AddTraceSource("ConnectionFailed",
                            "A fatal alert has ended a session after its handshake.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_connectionFailedTrace),
                            "ns3::SecureSocketFactory::ConnectionFailedTracedCallback")
            .AddTraceSource(
                "RecordRejected",
                "A record was not accepted: replay, bad-mac, epoch, malformed, "
                "truncated (TLS: TCP ended without close_notify), no-session (DTLS: the "
                "peer has none at this address and port, and starts none).",
                MakeTraceSourceAccessor(&SecureSocketFactory::m_rejectedTrace),
                "ns3::SecureSocketFactory::RecordRejectedTracedCallback")
            .AddTraceSource("FlightRetransmitted",
                            "A flight of a DTLS handshake was sent again.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_retransmittedTrace),
                            "ns3::SecureSocketFactory::FlightRetransmittedTracedCallback")
            .AddTraceSource("PeerRefused",
                            "A new peer was ignored, or one whose handshake was under way given "
                            "up, because a limit was reached.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_refusedTrace),
                            "ns3::SecureSocketFactory::PeerRefusedTracedCallback")
            .AddTraceSource("Operation",
                            "A cryptographic operation was done for one of the sockets.",
                            MakeTraceSourceAccessor(&SecureSocketFactory::m_operationTrace),
                            "ns3::SecureSocketFactory::OperationTracedCallback");
    return tid;
}

SecureSocketFactory::SecureSocketFactory() = default;

SecureSocketFactory::~SecureSocketFactory() = default;

void
SecureSocketFactory::DoDispose()
{
    auto kept = std::exchange(m_kept, {});
    for (auto& [registration, socket] : kept)
    {
        socket->Dispose();
    }
    m_keyLog.reset();
    m_processor = nullptr;
    SocketFactory::DoDispose();
}

void
SecureSocketFactory::NotifyNewAggregate()
{
    // Looked up here, for GetObject() costs more than to protect a record.
    m_processor = PeekPointer(GetObject<Processor>());
    SocketFactory::NotifyNewAggregate();
}

void
SecureSocketFactory::AddPsk(const std::string& identity, const sansio::Bytes& key)
{
    m_addedKeys.push_back({identity, key});
}

void
SecureSocketFactory::CountMemory(size_t& counted, size_t now)
{
    m_memory += now - counted; // modulo 2^n, so it may shrink
    counted = now;
    m_peakMemory.Update(m_memory);
}

size_t
SecureSocketFactory::GetMemory() const
{
    return m_memory;
}

size_t
SecureSocketFactory::GetPeakMemory() const
{
    return m_peakMemory.Get();
}

void
SecureSocketFactory::CountSessions(uint32_t& counted, uint32_t now)
{
    if (now != counted)
    {
        m_sessions += now - counted; // modulo 2^n, so it may shrink
        counted = now;
    }
}

uint32_t
SecureSocketFactory::GetSessions() const
{
    return m_sessions;
}

int64_t
SecureSocketFactory::AssignStreams(int64_t stream)
{
    return m_random.AssignStreams(stream);
}

sansio::RandomSource&
SecureSocketFactory::GetRandomSource()
{
    return m_random;
}

Ptr<Node>
SecureSocketFactory::GetNode() const
{
    return GetObject<Node>();
}

std::shared_ptr<const tls::Context>
SecureSocketFactory::GetContext()
{
    if (m_context)
    {
        return m_context;
    }
    tls::Settings settings = MakeSettings();
    tls::Context::KeyLogSink sink;
    if (!m_keyLogFile.empty())
    {
        m_keyLog = KeyLogFile::Open(m_keyLogFile);
        sink = [log = m_keyLog](std::string_view line) { log->Write(std::string(line)); };
    }
    auto result = tls::Context::Create(settings, m_random, sink);
    if (auto error = std::get_if<std::string>(&result))
    {
        throw std::runtime_error(*error);
    }
    m_context = std::get<std::shared_ptr<const tls::Context>>(result);
    return m_context;
}

namespace
{

/// AES-128-CCM-8, authenticated by what there is.
std::vector<std::string>
ChooseCipherSuites(const tls::Settings& settings)
{
    if (settings.version == tls::Version::Tls13)
    {
        return {"TLS_AES_128_CCM_8_SHA256"};
    }
    std::vector<std::string> suites;
    bool certificate = !settings.certificateChain.empty() || !settings.trustAnchors.empty();
    if (certificate || settings.preSharedKeys.empty())
    {
        suites.push_back("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8");
    }
    if (!settings.preSharedKeys.empty())
    {
        suites.push_back("TLS_PSK_WITH_AES_128_CCM_8");
    }
    return suites;
}

} // namespace

tls::Settings
SecureSocketFactory::MakeSettings() const
{
    tls::Settings settings;
    settings.version = GetVersion();
    settings.profile = ParseProfile("Profile", m_profile);
    settings.groups = ParseList(m_groups);
    if (!m_pskIdentity.empty() || !m_pskKey.empty())
    {
        settings.preSharedKeys.push_back({m_pskIdentity, ParseKey("PskKey", m_pskKey)});
    }
    auto table = ParsePskTable("PskTable", m_pskTable);
    table.insert(table.end(), m_addedKeys.begin(), m_addedKeys.end());
    settings.preSharedKeys.insert(settings.preSharedKeys.end(), table.begin(), table.end());
    settings.certificateChain = ReadPem("Certificate", m_certificateFile, m_certificate);
    settings.privateKey = ReadPem("PrivateKey", m_privateKeyFile, m_privateKey);
    settings.trustAnchors = ReadPem("TrustAnchors", m_trustAnchorsFile, m_trustAnchors);
    settings.cipherSuites = ParseList(m_cipherSuites);
    if (settings.cipherSuites.empty())
    {
        settings.cipherSuites = ChooseCipherSuites(settings);
    }
    settings.verifyPeer = m_verifyPeer;
    settings.requireClientCertificate = m_requireClientCertificate;
    settings.peerName = m_peerName;
    settings.sendServerName = m_sendServerName;
    settings.startDate = ParseDate("StartDate", m_startDate);
    settings.limits.maxHalfOpen = m_maxHalfOpen;
    settings.limits.maxSessions = m_maxSessions;
    settings.limits.maxCertificateChain = m_maxCertificateChain;
    CompleteSettings(settings);
    return settings;
}

void
SecureSocketFactory::CompleteSettings(tls::Settings& settings) const
{
}

Ptr<Processor>
SecureSocketFactory::GetProcessor() const
{
    return GetObject<Processor>();
}

Time
SecureSocketFactory::Account(const sansio::Operations& operations, std::optional<Time> arrived)
{
    for (const sansio::Operation& operation : operations)
    {
        m_operationTrace(operation);
    }
    return m_processor ? m_processor->Execute(operations, arrived) : Simulator::Now();
}

uint64_t
SecureSocketFactory::Keep(Ptr<SecureSocket> socket)
{
    m_kept[++m_lastRegistration] = socket;
    return m_lastRegistration;
}

void
SecureSocketFactory::Forget(uint64_t registration)
{
    auto it = m_kept.find(registration);
    if (it != m_kept.end())
    {
        Ptr<SecureSocket> socket = it->second; // goes when the table is in order again
        m_kept.erase(it);
    }
}

void
SecureSocketFactory::NotifyCompleted(const tls::HandshakeCompleted& completed,
                                     const Address& peer,
                                     Time duration)
{
    m_completedTrace(completed, peer, duration);
}

void
SecureSocketFactory::NotifyFailed(const tls::HandshakeFailed& failed, const Address& peer)
{
    m_failedTrace(failed, peer);
}

void
SecureSocketFactory::NotifyConnectionFailed(const tls::ConnectionFailed& failed,
                                            const Address& peer)
{
    m_connectionFailedTrace(failed, peer);
}

void
SecureSocketFactory::NotifyRejected(tls::RejectionReason reason, const Address& peer)
{
    m_rejectedTrace(reason, peer);
}

void
SecureSocketFactory::NotifyRetransmitted(uint32_t datagrams, const Address& peer)
{
    m_retransmittedTrace(datagrams, peer);
}

void
SecureSocketFactory::NotifyRefused(const std::string& reason, const Address& peer)
{
    m_refusedTrace(reason, peer);
}

} // namespace ns3
