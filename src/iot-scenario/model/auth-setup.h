// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-result.h"
#include "iot-scenario/model/auth-stores.h"
#include "iot-scenario/model/scenario-parameters.h"
#include "iot-scenario/model/scram-holder.h"
#include "iot-scenario/model/token-holder.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"

#include <list>

namespace ns3
{

/**
 * Who may connect to the broker of a run: makes passwords, keys and registry or reads them, gives
 * each client its credential, and counts what comes of it.
 */
class AuthSetup
{
  public:
    /**
     * \param parameters outlive the set-up
     * \param stream the first random stream: of the credentials; each client takes another
     * \throw std::runtime_error with one line where a file is not what it should be
     */
    AuthSetup(const ScenarioParameters& parameters, int64_t stream);

    AuthSetup(const AuthSetup&) = delete;
    AuthSetup& operator=(const AuthSetup&) = delete;

    bool IsOn() const;

    /// Gives a client its credential, before it starts. \param isSensor it is told of in the result
    void Equip(Ptr<MqttClient> client, const std::string& name, bool isSensor);

    /// Lets the broker judge, once all clients are equipped.
    void Install(Ptr<MqttBroker> broker);

    const AuthResult& GetResult() const;

  private:
    std::string MakePassword();
    void EquipWithPassword(Ptr<MqttClient> client, const std::string& name);
    void EquipWithScram(Ptr<MqttClient> client, const std::string& name, bool isSensor);
    void EquipWithToken(Ptr<MqttClient> client, const std::string& name, bool isSensor);
    Ptr<DeviceCredential> MakeCredential(Ptr<Node> node, const std::string& name, bool isSensor);
    void GiveKey(Ptr<DeviceCredential> credential);
    void HandleDenied(const std::string& what);
    void HandleSessionClosed(const std::string& clientId, const std::string& reason);

    const ScenarioParameters& m_parameters;
    const AuthParameters& m_auth;
    const int64_t m_startDate; ///< seconds from 1970 to simulated time 0
    Ns3RandomSource m_random;
    int64_t m_nextStream;
    AuthStores m_stores;
    std::list<TokenHolder> m_tokenHolders;
    std::list<ScramHolder> m_scramHolders;
    AuthResult m_result;
};

} // namespace ns3
