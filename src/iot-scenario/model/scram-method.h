// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/scram.h"
#include "mqtt/protocol/access-control.h"
#include "sans-io/protocol/operation.h"

#include <memory>

/**
 * \file
 * SCRAM-SHA-256 as an Authentication Method of MQTT 5.0: the four messages are the Authentication
 * Data of CONNECT, AUTH, AUTH and CONNACK. Client and broker prove to each other that they know the
 * password (section 4.12 of MQTT 5.0 has it as its example).
 *
 * No part of it reads the time.
 */
namespace ns3
{

/// The broker's end, for one connection.
class ScramAuthentication : public mqtt::Authentication
{
  public:
    /**
     * \param users outlives the broker
     * \param random draws the nonces; outlives the broker
     * \param operations where the work is added; null: nobody's
     */
    ScramAuthentication(std::shared_ptr<const auth::ScramUsers> users,
                        sansio::RandomSource& random,
                        sansio::Operations* operations);

    /// With success the client is the user of its proof.
    Step Continue(sansio::TimePoint now,
                  const std::string& clientId,
                  sansio::ByteView data) override;

  private:
    std::shared_ptr<const auth::ScramUsers> m_users;
    auth::ScramServer m_server;
    sansio::RandomSource& m_random;
    sansio::Operations* m_operations;
};

/// The client's end, for as many connections as it makes.
class ScramAuthenticator : public mqtt::Authenticator
{
  public:
    /// \param random draws the nonces; outlives the client
    ScramAuthenticator(std::string user, std::string password, sansio::RandomSource& random);

    std::string GetMethod() const override;
    sansio::Bytes Begin(const std::string& clientId) override;
    std::optional<sansio::Bytes> Continue(sansio::ByteView data) override;
    bool Finish(sansio::ByteView data) override;

    sansio::Operations TakeOperations() override;

    /// Bytes of Authentication Data that were said and heard since the last call.
    uint64_t TakeBytes();

  private:
    auth::ScramClient m_client;
    sansio::RandomSource& m_random;
    sansio::Operations m_operations;
    uint64_t m_bytes{0};
};

} // namespace ns3
