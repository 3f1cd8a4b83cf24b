// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-result.h"
#include "iot-scenario/model/scram-method.h"
#include "mqtt/model/mqtt-client.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/event-id.h"

namespace ns3
{

/// A client that proves by SCRAM that it knows its password, perhaps again and again, and what that
/// takes.
class ScramHolder
{
  public:
    /**
     * \param renewal proves itself anew after this time; 0: never
     * \param stream the random stream of its nonces
     * \param result what is counted is added to it; null: nothing is
     */
    ScramHolder(Ptr<MqttClient> client,
                const std::string& user,
                const std::string& password,
                Time renewal,
                int64_t stream,
                AuthResult* result);
    ~ScramHolder();

    ScramHolder(const ScramHolder&) = delete;
    ScramHolder& operator=(const ScramHolder&) = delete;

  private:
    void HandleAuthenticated(bool again, Time computed);

    Ptr<MqttClient> m_client;
    Time m_renewalAfter;
    AuthResult* m_result;
    Ns3RandomSource m_random;
    std::shared_ptr<ScramAuthenticator> m_authenticator;
    EventId m_renewal;
};

} // namespace ns3
