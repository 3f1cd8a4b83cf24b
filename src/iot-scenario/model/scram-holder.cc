// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scram-holder.h"

#include "iot-device/model/energy-ledger.h"
#include "iot-device/model/processor.h"

#include "ns3/simulator.h"

namespace ns3
{

ScramHolder::ScramHolder(Ptr<MqttClient> client,
                         const std::string& user,
                         const std::string& password,
                         Time renewal,
                         int64_t stream,
                         AuthResult* result)
    : m_client(client),
      m_renewalAfter(renewal),
      m_result(result),
      m_authenticator(std::make_shared<ScramAuthenticator>(user, password, m_random))
{
    m_random.AssignStreams(stream);
    client->SetAuthenticator(m_authenticator);
    client->TraceConnectWithoutContext("Authenticated",
                                       MakeCallback(&ScramHolder::HandleAuthenticated, this));
}

ScramHolder::~ScramHolder()
{
    m_renewal.Cancel();
}

void
ScramHolder::HandleAuthenticated(bool again, Time computed)
{
    const uint64_t bytes = m_authenticator->TakeBytes();
    m_renewal.Cancel();
    if (!m_renewalAfter.IsZero())
    {
        m_renewal = Simulator::Schedule(m_renewalAfter, [this] { m_client->ReAuthenticate(); });
    }
    if (!m_result)
    {
        return;
    }
    auto processor = m_client->GetNode()->GetObject<Processor>();
    auto ledger = m_client->GetNode()->GetObject<EnergyLedger>();
    const double current = processor ? processor->GetProfile().crypto.value : 0;
    m_result->exchanges++;
    m_result->exchangesAgain += again;
    m_result->exchangeBytes += bytes;
    m_result->exchangeTime += computed;
    m_result->exchangeEnergy +=
        computed.GetSeconds() * current * (ledger ? ledger->GetVoltage() : 0);
}

} // namespace ns3
