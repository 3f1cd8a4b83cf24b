// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-setup.h"

#include "crypto/protocol/scope.h"

#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

AuthSetup::AuthSetup(const ScenarioParameters& parameters, int64_t stream)
    : m_parameters(parameters),
      m_auth(parameters.auth),
      m_startDate(ScenarioParameters::GetStartDate()),
      m_nextStream(stream + m_random.AssignStreams(stream)),
      m_stores(m_auth, m_startDate, m_random)
{
    m_result.method = m_auth.method;
}

bool
AuthSetup::IsOn() const
{
    return m_auth.IsOn();
}

const AuthResult&
AuthSetup::GetResult() const
{
    return m_result;
}

void
AuthSetup::Equip(Ptr<MqttClient> client, const std::string& name, bool isSensor)
{
    if (m_auth.method == "password")
    {
        EquipWithPassword(client, name);
    }
    else if (m_auth.method == "scram")
    {
        EquipWithScram(client, name, isSensor);
    }
    else if (m_auth.method == "jwt")
    {
        EquipWithToken(client, name, isSensor);
    }
}

std::string
AuthSetup::MakePassword()
{
    constexpr std::string_view LETTERS = "abcdefghijklmnopqrstuvwxyz234567"; // 5 bits each
    std::string password;
    for (uint8_t byte : m_random.GetBytes(16))
    {
        password += LETTERS[byte & 31];
    }
    return password;
}

void
AuthSetup::EquipWithPassword(Ptr<MqttClient> client, const std::string& name)
{
    std::string user = m_parameters.user;
    std::string password = m_parameters.password;
    if (m_auth.passwordFile.empty())
    {
        user = name;
        password = MakePassword();
        crypto::Scope scope(m_startDate * 1000000, m_random, nullptr);
        m_stores.m_passwords->Set(user, password, m_random, m_auth.iterations);
    }
    client->SetAttribute("UserName", StringValue(user));
    client->SetAttribute("Password", StringValue(password));
}

void
AuthSetup::EquipWithScram(Ptr<MqttClient> client, const std::string& name, bool isSensor)
{
    const std::string password = MakePassword();
    crypto::Scope scope(m_startDate * 1000000, m_random, nullptr);
    m_stores.m_scramUsers->Set(name, password, m_auth.scramIterations);
    AuthResult* result = isSensor ? &m_result : nullptr;
    m_scramHolders
        .emplace_back(client, name, password, m_auth.scramRenewal, m_nextStream++, result);
}

Ptr<DeviceCredential>
AuthSetup::MakeCredential(Ptr<Node> node, const std::string& name, bool isSensor)
{
    auto credential = CreateObject<DeviceCredential>();
    credential->SetNode(node);
    credential->SetAttribute("DeviceName", StringValue(name));
    credential->SetAttribute("Algorithm", StringValue(m_auth.tokenAlgorithm));
    credential->SetAttribute("Audience", StringValue(AuthStores::AUDIENCE));
    credential->SetAttribute("Lifetime", TimeValue(m_auth.tokenLifetime));
    credential->SetAttribute("StartDate", UintegerValue(m_startDate));
    if (isSensor && m_auth.keyStore == "secure-element")
    {
        if (!node->GetObject<SecureElement>())
        {
            throw ParameterError("--keyStore=secure-element: expected a --device that has one, as "
                                 "nrf52840-secure-element (--device=" +
                                 m_parameters.device + ")");
        }
        credential->SetAttribute("KeyStore", StringValue("secure-element"));
    }
    m_nextStream += credential->AssignStreams(m_nextStream);
    return credential;
}

void
AuthSetup::GiveKey(Ptr<DeviceCredential> credential)
{
    const std::string& name = credential->GetName();
    if (!m_auth.deviceKeys.empty())
    {
        const std::string file = m_auth.deviceKeys + "/" + name + ".pem";
        if (!credential->SetPrivateKey(AuthStores::Read("deviceKeys", file)))
        {
            throw ParameterError(
                "--deviceKeys=" + m_auth.deviceKeys + ": expected in " + name +
                ".pem a private key for --tokenAlgorithm=" + m_auth.tokenAlgorithm);
        }
        return;
    }
    // Provisioned in the workshop, before the run.
    crypto::Scope scope(m_startDate * 1000000, m_random, nullptr);
    const crypto::KeyPair key = crypto::MakeKeyPair(credential->GetAlgorithm());
    credential->SetPrivateKey(key.privateKey);
    m_stores.m_registry->Create(name, credential->GetAlgorithm(), key.publicKey);
}

void
AuthSetup::EquipWithToken(Ptr<MqttClient> client, const std::string& name, bool isSensor)
{
    auto credential = MakeCredential(client->GetNode(), name, isSensor);
    GiveKey(credential);
    m_tokenHolders.emplace_back(m_auth, client, credential, isSensor ? &m_result : nullptr);
}

void
AuthSetup::HandleDenied(const std::string& what)
{
    // "publish: TOPIC" is counted without the topic.
    const bool isConnect = what.rfind("connect: ", 0) == 0;
    m_result.refused[isConnect ? what : what.substr(0, what.find(':'))]++;
}

void
AuthSetup::HandleSessionClosed(const std::string& clientId, const std::string& reason)
{
    for (TokenHolder& holder : m_tokenHolders)
    {
        if (reason == "credential expired" && holder.GetName() == clientId)
        {
            holder.HandleExpired();
        }
    }
}

void
AuthSetup::Install(Ptr<MqttBroker> broker)
{
    if (!IsOn())
    {
        return;
    }
    broker->SetAccessControl(m_stores.MakeAccessControl());
    broker->TraceConnectWithoutContext(
        "AccessDenied",
        Callback<void, std::string, sansio::PeerIdentity, std::string>(
            [this](std::string, sansio::PeerIdentity, std::string what) { HandleDenied(what); }));
    broker->TraceConnectWithoutContext(
        "SessionClosed",
        Callback<void, std::string, std::string>([this](std::string clientId, std::string reason) {
            HandleSessionClosed(clientId, reason);
        }));
}

} // namespace ns3
