// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/token-holder.h"

#include "iot-device/model/energy-ledger.h"

#include "ns3/simulator.h"

namespace ns3
{

TokenHolder::TokenHolder(const AuthParameters& parameters,
                         Ptr<MqttClient> client,
                         Ptr<DeviceCredential> credential,
                         AuthResult* result)
    : m_parameters(parameters),
      m_client(client),
      m_credential(credential),
      m_result(result)
{
    if (parameters.tokenIn == "auth")
    {
        m_authenticator = std::make_shared<TokenAuthenticator>();
        client->SetAuthenticator(m_authenticator);
        client->TraceConnectWithoutContext("Authenticated",
                                           Callback<void, bool, Time>([this](bool again, Time) {
                                               if (again)
                                               {
                                                   HandleReturn();
                                               }
                                           }));
    }
    client->SetCredentialsSource([this](MqttClient::CredentialsTaker take) {
        m_credential->MakeToken([this, take](const DeviceCredential::MadeToken& made) {
            HandleToken(made);
            const sansio::Bytes token(made.token.begin(), made.token.end());
            m_authenticator ? take("", {}) : take("unused", token);
        });
    });
    client->TraceConnectWithoutContext("Connected",
                                       Callback<void, bool>([this](bool) { HandleReturn(); }));
}

TokenHolder::~TokenHolder()
{
    m_renewal.Cancel();
}

const std::string&
TokenHolder::GetName() const
{
    return m_credential->GetName();
}

void
TokenHolder::HandleToken(const DeviceCredential::MadeToken& made)
{
    m_renewal.Cancel();
    if (!m_parameters.tokenRenewal.IsZero())
    {
        const Time at = Max(made.expires - m_parameters.tokenRenewal, Simulator::Now());
        m_renewal = Simulator::Schedule(at - Simulator::Now(), [this] { Renew(); });
    }
    if (m_authenticator)
    {
        m_authenticator->SetToken(made.token);
    }
    if (m_result)
    {
        auto ledger = m_client->GetNode()->GetObject<EnergyLedger>();
        m_result->tokens++;
        m_result->tokenBytes += made.token.size();
        m_result->tokenTime += made.duration;
        m_result->tokenEnergy += made.charge * (ledger ? ledger->GetVoltage() : 0);
    }
}

void
TokenHolder::Renew()
{
    if (!m_client->IsConnected())
    {
        return; // the next connection has another token anyway
    }
    if (m_result)
    {
        m_result->renewals++;
    }
    Leave();
    if (m_authenticator)
    {
        RenewByAuth();
        return;
    }
    m_client->Disconnect();
    m_client->Connect();
}

void
TokenHolder::RenewByAuth()
{
    m_credential->MakeToken([this](const DeviceCredential::MadeToken& made) {
        HandleToken(made);
        m_client->ReAuthenticate();
    });
}

void
TokenHolder::HandleExpired()
{
    if (m_result)
    {
        m_result->expired++;
    }
    Leave();
}

void
TokenHolder::Leave()
{
    m_isAway = true;
    m_awaySince = Simulator::Now();
    m_energyThen = GetEnergySpent();
}

void
TokenHolder::HandleReturn()
{
    if (std::exchange(m_isAway, false) && m_result)
    {
        m_result->completed++;
        m_result->awayTime += Simulator::Now() - m_awaySince;
        m_result->awayEnergy += GetEnergySpent() - m_energyThen;
    }
}

double
TokenHolder::GetEnergySpent() const
{
    auto ledger = m_client->GetNode()->GetObject<EnergyLedger>();
    return ledger ? ledger->Snapshot().GetTotal() : 0;
}

} // namespace ns3
