// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/model/device-credential.h"
#include "iot-scenario/model/auth-parameters.h"
#include "iot-scenario/model/auth-result.h"
#include "iot-scenario/model/token-method.h"
#include "mqtt/model/mqtt-client.h"

#include "ns3/event-id.h"

#include <memory>

namespace ns3
{

/**
 * A client that proves who it is with tokens that it signs: gives each connection one, renews them
 * in time, and counts what that takes. As a password a token is renewed by a new connection in the
 * same session, as Authentication Data by AUTH on the same connection.
 */
class TokenHolder
{
  public:
    /**
     * \param parameters outlive the holder
     * \param credential has its key
     * \param result what is counted is added to it; null: nothing is
     */
    TokenHolder(const AuthParameters& parameters,
                Ptr<MqttClient> client,
                Ptr<DeviceCredential> credential,
                AuthResult* result);
    ~TokenHolder();

    TokenHolder(const TokenHolder&) = delete;
    TokenHolder& operator=(const TokenHolder&) = delete;

    /// The name of the device.
    const std::string& GetName() const;

    /// The broker has closed the connection at the end of the token.
    void HandleExpired();

  private:
    void HandleToken(const DeviceCredential::MadeToken& made);
    void Renew();
    void RenewByAuth();
    void Leave();
    void HandleReturn(); ///< the next token was accepted
    double GetEnergySpent() const;

    const AuthParameters& m_parameters;
    Ptr<MqttClient> m_client;
    Ptr<DeviceCredential> m_credential;
    AuthResult* m_result;
    std::shared_ptr<TokenAuthenticator> m_authenticator; ///< null: the token is a password
    EventId m_renewal;
    bool m_isAway{false}; ///< from the end of a token's use to the next one's
    Time m_awaySince;
    double m_energyThen{0};
};

} // namespace ns3
