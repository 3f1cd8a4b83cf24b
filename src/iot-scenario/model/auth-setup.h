// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/model/device-credential.h"
#include "iot-scenario/model/auth-access-control.h"
#include "iot-scenario/model/auth-result.h"
#include "iot-scenario/model/scenario-parameters.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"

#include <list>
#include <memory>

namespace ns3
{

/**
 * Who may connect to the broker of a run: makes passwords, keys and registry or reads them, gives
 * each client its credential, renews tokens in time, and counts what comes of it.
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
    ~AuthSetup();

    AuthSetup(const AuthSetup&) = delete;
    AuthSetup& operator=(const AuthSetup&) = delete;

    bool IsOn() const;

    /// Gives a client its credential, before it starts. \param isSensor it is told of in the result
    void Equip(Ptr<MqttClient> client, const std::string& name, bool isSensor);

    /// Lets the broker judge, once all clients are equipped.
    void Install(Ptr<MqttBroker> broker);

    const AuthResult& GetResult() const;

  private:
    /// A client with a token.
    struct Holder
    {
        Ptr<MqttClient> client;
        Ptr<DeviceCredential> credential;
        bool isSensor{false};
        EventId renewal;
        bool isAway{false}; ///< after the end of a token
        Time awaySince;
        double energyThen{0};
    };

    std::string Read(const std::string& parameter, const std::string& file) const;
    void ReadFiles();
    void EquipWithPassword(Ptr<MqttClient> client, const std::string& name);
    void EquipWithToken(Ptr<MqttClient> client, const std::string& name, bool isSensor);
    Ptr<DeviceCredential> MakeCredential(Ptr<Node> node, const std::string& name, bool isSensor);
    void GiveKey(Ptr<DeviceCredential> credential);
    void HandleToken(Holder& holder, const DeviceCredential::MadeToken& made);
    void Renew(Holder& holder);
    void Leave(Holder& holder);
    void HandleConnected(Holder& holder);
    void HandleDenied(const std::string& what);
    void HandleSessionClosed(const std::string& clientId, const std::string& reason);

    const ScenarioParameters& m_parameters;
    const AuthParameters& m_auth;
    Ns3RandomSource m_random;
    int64_t m_nextStream;
    std::shared_ptr<auth::PasswordStore> m_passwords;
    std::shared_ptr<auth::DeviceRegistry> m_registry;
    std::optional<mqtt::AccessList> m_accessList;
    std::list<Holder> m_holders;
    AuthResult m_result;
};

} // namespace ns3
