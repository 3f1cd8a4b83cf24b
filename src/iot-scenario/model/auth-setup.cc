// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-setup.h"

#include "crypto/protocol/scope.h"
#include "iot-auth/model/text-file.h"
#include "iot-device/model/energy-ledger.h"

#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{

namespace
{

constexpr const char* AUDIENCE = "iot";
constexpr int64_t START_DATE = 1767225600; ///< DeviceCredential::StartDate

} // namespace

AuthSetup::AuthSetup(const ScenarioParameters& parameters, int64_t stream)
    : m_parameters(parameters),
      m_auth(parameters.auth),
      m_nextStream(stream + m_random.AssignStreams(stream))
{
    m_result.method = m_auth.method;
    ReadFiles();
}

AuthSetup::~AuthSetup()
{
    for (Holder& holder : m_holders)
    {
        holder.renewal.Cancel();
    }
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

std::string
AuthSetup::Read(const std::string& parameter, const std::string& file) const
{
    try
    {
        return ReadTextFile(file);
    }
    catch (const std::runtime_error& error)
    {
        throw ParameterError("--" + parameter + "=" + error.what());
    }
}

void
AuthSetup::ReadFiles()
{
    crypto::Scope scope(START_DATE * 1000000, m_random, nullptr);
    auto check =
        [](const std::string& parameter, const std::string& file, const std::string& error) {
            if (!error.empty())
            {
                throw ParameterError("--" + parameter + "=" + file + ": " + error);
            }
        };
    if (m_auth.method == "password")
    {
        m_passwords = std::make_shared<auth::PasswordStore>();
    }
    if (!m_auth.passwordFile.empty())
    {
        check("passwordFile",
              m_auth.passwordFile,
              m_passwords->Read(Read("passwordFile", m_auth.passwordFile)));
    }
    if (m_auth.method == "jwt")
    {
        m_registry = std::make_shared<auth::DeviceRegistry>();
    }
    if (!m_auth.registry.empty())
    {
        check("registry", m_auth.registry, m_registry->Read(Read("registry", m_auth.registry)));
    }
    if (!m_auth.accessList.empty())
    {
        m_accessList.emplace();
        check("accessList",
              m_auth.accessList,
              m_accessList->Read(Read("accessList", m_auth.accessList)));
    }
}

void
AuthSetup::Equip(Ptr<MqttClient> client, const std::string& name, bool isSensor)
{
    if (m_auth.method == "password")
    {
        EquipWithPassword(client, name);
    }
    else if (m_auth.method == "jwt")
    {
        EquipWithToken(client, name, isSensor);
    }
}

void
AuthSetup::EquipWithPassword(Ptr<MqttClient> client, const std::string& name)
{
    std::string user = m_parameters.user;
    std::string password = m_parameters.password;
    if (m_auth.passwordFile.empty())
    {
        constexpr std::string_view LETTERS = "abcdefghijklmnopqrstuvwxyz234567"; // 5 bits each
        user = name;
        for (uint8_t byte : m_random.GetBytes(16))
        {
            password += LETTERS[byte & 31];
        }
        crypto::Scope scope(START_DATE * 1000000, m_random, nullptr);
        m_passwords->Set(user, password, m_random, m_auth.iterations);
    }
    client->SetAttribute("UserName", StringValue(user));
    client->SetAttribute("Password", StringValue(password));
}

Ptr<DeviceCredential>
AuthSetup::MakeCredential(Ptr<Node> node, const std::string& name, bool isSensor)
{
    auto credential = CreateObject<DeviceCredential>();
    credential->SetNode(node);
    credential->SetAttribute("DeviceName", StringValue(name));
    credential->SetAttribute("Algorithm", StringValue(m_auth.tokenAlgorithm));
    credential->SetAttribute("Audience", StringValue(AUDIENCE));
    credential->SetAttribute("Lifetime", TimeValue(m_auth.tokenLifetime));
    credential->SetAttribute("StartDate", UintegerValue(START_DATE));
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
        if (!credential->SetPrivateKey(Read("deviceKeys", file)))
        {
            throw ParameterError(
                "--deviceKeys=" + m_auth.deviceKeys + ": expected in " + name +
                ".pem a private key for --tokenAlgorithm=" + m_auth.tokenAlgorithm);
        }
        return;
    }
    // Provisioned in the workshop, before the run.
    crypto::Scope scope(START_DATE * 1000000, m_random, nullptr);
    const crypto::KeyPair key = crypto::MakeKeyPair(credential->GetAlgorithm());
    credential->SetPrivateKey(key.privateKey);
    m_registry->Create(name, credential->GetAlgorithm(), key.publicKey);
}

void
AuthSetup::EquipWithToken(Ptr<MqttClient> client, const std::string& name, bool isSensor)
{
    Holder& holder = m_holders.emplace_back();
    holder.client = client;
    holder.isSensor = isSensor;
    holder.credential = MakeCredential(client->GetNode(), name, isSensor);
    GiveKey(holder.credential);
    client->SetCredentialsSource([this, &holder](MqttClient::CredentialsTaker take) {
        holder.credential->MakeToken(
            [this, &holder, take](const DeviceCredential::MadeToken& made) {
                HandleToken(holder, made);
                take("unused", sansio::Bytes(made.token.begin(), made.token.end()));
            });
    });
    client->TraceConnectWithoutContext("Connected", Callback<void, bool>([this, &holder](bool) {
                                           HandleConnected(holder);
                                       }));
}

void
AuthSetup::HandleToken(Holder& holder, const DeviceCredential::MadeToken& made)
{
    holder.renewal.Cancel();
    if (!m_auth.tokenRenewal.IsZero())
    {
        const Time at = Max(made.expires - m_auth.tokenRenewal, Simulator::Now());
        holder.renewal =
            Simulator::Schedule(at - Simulator::Now(), [this, &holder] { Renew(holder); });
    }
    if (holder.isSensor)
    {
        auto ledger = holder.client->GetNode()->GetObject<EnergyLedger>();
        m_result.tokens++;
        m_result.tokenBytes += made.token.size();
        m_result.tokenTime += made.duration;
        m_result.tokenEnergy += made.charge * (ledger ? ledger->GetVoltage() : 0);
    }
}

void
AuthSetup::Renew(Holder& holder)
{
    if (!holder.client->IsConnected())
    {
        return; // the next connection has another token anyway
    }
    m_result.renewals += holder.isSensor;
    Leave(holder);
    holder.client->Disconnect();
    holder.client->Connect();
}

void
AuthSetup::Leave(Holder& holder)
{
    auto ledger = holder.client->GetNode()->GetObject<EnergyLedger>();
    holder.isAway = true;
    holder.awaySince = Simulator::Now();
    holder.energyThen = ledger ? ledger->Snapshot().GetTotal() : 0;
}

void
AuthSetup::HandleConnected(Holder& holder)
{
    if (holder.isAway && holder.isSensor)
    {
        auto ledger = holder.client->GetNode()->GetObject<EnergyLedger>();
        m_result.reconnections++;
        m_result.awayTime += Simulator::Now() - holder.awaySince;
        m_result.awayEnergy += (ledger ? ledger->Snapshot().GetTotal() : 0) - holder.energyThen;
    }
    holder.isAway = false;
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
    for (Holder& holder : m_holders)
    {
        const bool isIts =
            reason == "credential expired" && holder.credential->GetName() == clientId;
        if (isIts)
        {
            m_result.expired += holder.isSensor;
            Leave(holder);
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
    AuthAccessControl::Settings settings;
    settings.passwords = m_passwords;
    settings.registry = m_registry;
    settings.policy.audience = AUDIENCE;
    settings.policy.clockDrift = static_cast<int64_t>(m_auth.clockDrift.GetSeconds());
    settings.certificates = m_auth.method == "certificate";
    settings.pskIdentities = m_auth.method == "psk";
    settings.accessList = m_accessList;
    settings.startDate = START_DATE;
    broker->SetAccessControl(std::make_shared<AuthAccessControl>(std::move(settings), m_random));
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
