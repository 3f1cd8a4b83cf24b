// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/flooder.h"

#include "iot-attacks/model/coap-flood.h"
#include "iot-attacks/model/connect-flood.h"
#include "iot-attacks/model/dtls-flood.h"
#include "iot-attacks/model/slow-ite.h"
#include "iot-attacks/model/syn-flood.h"
#include "iot-attacks/model/tls-flood.h"
#include "iot-scenario/model/security-setup.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"

namespace ns3
{

Flooder::Flooder(const AttackSetting& setting)
    : m_rate(setting.parameters.attacks.rate),
      m_network(CreateObject<AttackNetworkHelper>()),
      m_attack(MakeAttack(setting.parameters))
{
    Ptr<AttackHost> host = m_network->Build(setting.places.host);
    int64_t stream = setting.stream;
    stream += m_network->AssignStreams(stream);
    stream += m_attack->AssignStreams(stream);
    setting.outputs.AddAttacker([host](const std::string& part) { return host->EnablePcap(part); });
    if (setting.parameters.attacks.attack == "tls-flood")
    {
        AttackSetting rest = setting;
        rest.stream = stream;
        GiveCredentials(rest);
    }
    m_attack->SetAttribute("Target",
                           AddressValue(GetServiceAddress(setting.parameters, setting.places)));
    m_attack->SetAttribute("Rate", DoubleValue(m_rate));
    m_attack->SetStartTime(setting.start);
    m_attack->SetStopTime(setting.end);
    m_network->GetAttacker()->AddApplication(m_attack);
}

Ptr<Attack>
Flooder::MakeAttack(const ScenarioParameters& parameters)
{
    const std::string& name = parameters.attacks.attack;
    if (name == "syn-flood")
    {
        return CreateObject<SynFlood>();
    }
    if (name == "connect-flood")
    {
        return CreateObject<ConnectFlood>();
    }
    if (name == "slowite")
    {
        return CreateObject<SlowIte>();
    }
    if (name == "coap-flood")
    {
        return CreateObject<CoapFlood>();
    }
    if (name == "dtls-flood")
    {
        auto flood = CreateObject<DtlsFlood>();
        flood->SetAttribute("Credential", StringValue(parameters.credential));
        return flood;
    }
    auto flood = CreateObject<TlsFlood>();
    if (name == "idle-connections")
    {
        flood->SetAttribute("Protocol", TypeIdValue(TcpSocketFactory::GetTypeId()));
        flood->SetAttribute("Hold", TimeValue(Time::Max() / 2)); // until the attack stops
        return flood;
    }
    flood->SetAttribute("Protocol", TypeIdValue(TlsSocketFactory::GetTypeId()));
    return flood;
}

void
Flooder::GiveCredentials(const AttackSetting& setting) const
{
    // An attacker checks no certificate. It has no key of the victim's: with pre-shared keys its
    // handshakes fail when it has to show that it knows one.
    auto factory = CreateObject<TlsSocketFactory>();
    factory->SetAttribute("Version", StringValue(setting.parameters.tlsVersion));
    factory->SetAttribute("Profile", StringValue(setting.parameters.tlsProfile));
    factory->SetAttribute("VerifyPeer", BooleanValue(false));
    factory->SetAttribute("CipherSuites",
                          StringValue(SecuritySetup::GetCipherSuite(setting.parameters)));
    if (setting.parameters.credential == "psk")
    {
        factory->SetAttribute("PskIdentity", StringValue(GetSensorName(0)));
        factory->SetAttribute("PskKey", StringValue("00112233445566778899aabbccddeeff"));
    }
    m_network->GetAttacker()->AggregateObject(factory);
    factory->AssignStreams(setting.stream);
}

void
Flooder::AddTo(AttackResult& result) const
{
    result.rate = m_rate;
    result.packets = m_attack->GetPackets();
    result.bytes = m_attack->GetBytes();
    result.replies = m_attack->GetReplies();
}

uint64_t
Flooder::GetPackets() const
{
    return m_attack->GetPackets();
}

} // namespace ns3
