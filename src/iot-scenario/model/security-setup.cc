// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/security-setup.h"

#include "crypto/protocol/certificate-authority.h"
#include "iot-device/model/host-tcp-socket-factory.h"
#include "tls/model/dtls-socket-factory.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/boolean.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"

#include <stdexcept>
#include <utility>

namespace ns3
{

namespace
{

std::string
ToHex(const sansio::Bytes& bytes)
{
    static constexpr char DIGITS[] = "0123456789abcdef";
    std::string text;
    for (uint8_t byte : bytes)
    {
        text += DIGITS[byte >> 4];
        text += DIGITS[byte & 15];
    }
    return text;
}

} // namespace

SecuritySetup::SecuritySetup(const ScenarioParameters& parameters,
                             Ptr<const DefenceSetup> defences,
                             std::string keyLog)
    : m_parameters(parameters),
      m_defences(defences),
      m_keyLog(std::move(keyLog))
{
}

std::string
SecuritySetup::GetCipherSuite(const ScenarioParameters& parameters)
{
    const bool tls13 = parameters.GetStack().stream && parameters.tlsVersion == "1.3";
    return tls13                            ? "TLS_AES_128_CCM_8_SHA256"
           : parameters.credential == "psk" ? "PSK-AES128-CCM8"
                                            : "ECDHE-ECDSA-AES128-CCM8";
}

TypeId
SecuritySetup::GetStreamFactory() const
{
    return m_parameters.GetStack().secure ? TlsSocketFactory::GetTypeId()
                                          : TcpSocketFactory::GetTypeId();
}

TypeId
SecuritySetup::GetDatagramFactory() const
{
    return m_parameters.GetStack().secure ? DtlsSocketFactory::GetTypeId()
                                          : UdpSocketFactory::GetTypeId();
}

const SecurityCounters&
SecuritySetup::GetSensorCounters() const
{
    return m_sensors.GetCounters();
}

const SecurityCounters&
SecuritySetup::GetHostCounters() const
{
    return m_host.GetCounters();
}

void
SecuritySetup::Install(const Places& places, int64_t stream)
{
    if (!m_parameters.GetStack().secure)
    {
        return;
    }
    m_nextStream = stream + m_random.AssignStreams(stream);
    const bool serving = m_parameters.AreSensorsServers();
    Party host = MakeParty(places.host, "host", true, m_host);
    m_host.CountRepeatsOnlyTo(places.GetClientAddresses());
    m_defences->ApplyTo(host.factory);
    if (m_parameters.GetStack().stream)
    {
        host.factory->SetAttribute("Transport", TypeIdValue(HostTcpSocketFactory::GetTypeId()));
    }
    std::vector<Party> others;
    for (uint32_t i = 0; i < places.sensors.GetN(); i++)
    {
        others.push_back(MakeParty(places.sensors.Get(i), GetSensorName(i), serving, m_sensors));
    }
    for (uint32_t i = 0; i < places.collectors.GetN(); i++)
    {
        others.push_back(
            MakeParty(places.collectors.Get(i), GetCollectorName(i), false, m_collectors));
    }
    if (m_parameters.credential == "psk")
    {
        GiveKeys(others, host);
    }
    others.push_back(host);
    if (m_parameters.credential == "ecdsa")
    {
        m_parameters.certificate.empty() ? GiveCertificates(others) : GiveOwnCertificate(others);
        host.factory->SetAttribute("RequireClientCertificate",
                                   BooleanValue(m_parameters.auth.method == "certificate"));
    }
    for (const Party& party : others)
    {
        CheckSettings(party);
    }
}

void
SecuritySetup::CheckSettings(const Party& party) const
{
    try
    {
        party.factory->GetContext();
    }
    catch (const std::runtime_error& error)
    {
        // Named by the setting, for a user by the parameter that gave it.
        const std::string line = error.what();

        struct File
        {
            std::string name;
            std::string attribute;
            std::string path;
        };

        const File files[] = {{"certificate", "CertificateFile", m_parameters.certificate},
                              {"privateKey", "PrivateKeyFile", m_parameters.privateKey},
                              {"trustAnchors", "TrustAnchorsFile", m_parameters.trustAnchors}};
        for (const File& file : files)
        {
            const bool unreadable = line.rfind(file.attribute, 0) == 0;
            if (!file.path.empty() && (unreadable || line.rfind(file.name, 0) == 0))
            {
                throw ParameterError("--" + file.name + "=" + file.path + ": " +
                                     (unreadable ? "expected a PEM file that can be read" : line));
            }
        }
        throw;
    }
}

Ptr<SecureSocketFactory>
SecuritySetup::MakeFactory() const
{
    if (!m_parameters.GetStack().stream)
    {
        return CreateObject<DtlsSocketFactory>();
    }
    auto factory = CreateObject<TlsSocketFactory>();
    factory->SetAttribute("Version", StringValue(m_parameters.tlsVersion));
    return factory;
}

SecuritySetup::Party
SecuritySetup::MakeParty(Ptr<Node> node, const std::string& name, bool server, SecurityMeter& meter)
{
    Ptr<SecureSocketFactory> factory = MakeFactory();
    factory->SetAttribute("Profile", StringValue(m_parameters.tlsProfile));
    factory->SetAttribute("CipherSuites", StringValue(GetCipherSuite(m_parameters)));
    factory->SetAttribute("KeyLogFile", StringValue(m_keyLog));
    node->AggregateObject(factory);
    m_nextStream += factory->AssignStreams(m_nextStream);
    meter.Attach(factory);
    return {factory, name, server};
}

void
SecuritySetup::GiveKeys(std::vector<Party>& clients, Party& host)
{
    constexpr size_t KEY_SIZE = 16; // of AES-128; RFC 4279 leaves it open
    for (Party& client : clients)
    {
        const sansio::Bytes key = m_random.GetBytes(KEY_SIZE);
        client.factory->SetAttribute("PskIdentity", StringValue(client.name));
        client.factory->SetAttribute("PskKey", StringValue(ToHex(key)));
        host.factory->AddPsk(client.name, key);
    }
    if (m_parameters.AreSensorsServers())
    {
        // The host is then the client of every sensor, with one key for all of them.
        const sansio::Bytes key = m_random.GetBytes(KEY_SIZE);
        host.factory->SetAttribute("PskIdentity", StringValue(host.name));
        host.factory->SetAttribute("PskKey", StringValue(ToHex(key)));
        for (Party& client : clients)
        {
            client.factory->AddPsk(host.name, key);
        }
    }
}

void
SecuritySetup::GiveOwnCertificate(std::vector<Party>& parties)
{
    for (Party& party : parties)
    {
        party.factory->SetAttribute("TrustAnchorsFile", StringValue(m_parameters.trustAnchors));
        if (party.server)
        {
            party.factory->SetAttribute("CertificateFile", StringValue(m_parameters.certificate));
            party.factory->SetAttribute("PrivateKeyFile", StringValue(m_parameters.privateKey));
        }
    }
}

void
SecuritySetup::GiveCertificates(std::vector<Party>& parties)
{
    crypto::CertificateAuthority authority({"ca", {}}, m_random);
    for (Party& party : parties)
    {
        party.factory->SetAttribute("TrustAnchors", StringValue(authority.GetCertificate()));
        if (party.name != "host")
        {
            party.factory->SetAttribute("PeerName", StringValue("host"));
        }
        if (party.server || m_parameters.auth.method == "certificate")
        {
            crypto::Credential credential = authority.Issue({party.name, {party.name}});
            party.factory->SetAttribute("Certificate", StringValue(credential.certificate));
            party.factory->SetAttribute("PrivateKey", StringValue(credential.privateKey));
        }
    }
}

} // namespace ns3
