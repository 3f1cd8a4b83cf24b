// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-access-control.h"
#include "iot-scenario/model/auth-parameters.h"

#include <memory>
#include <optional>

namespace ns3
{

/// What a broker knows of those who may connect: read from files, filled further by their owner.
struct AuthStores
{
    /// Whom the tokens of devices are for.
    static constexpr const char* AUDIENCE = "iot";

    /**
     * Makes what the method needs and reads the files that are named.
     * \param startDate unix time of simulation time 0, seconds
     * \param random for OpenSSL and the salts; outlives the stores
     * \throw ParameterError with one line where a file is not what it should be
     */
    AuthStores(const AuthParameters& parameters, int64_t startDate, sansio::RandomSource& random);

    /// A file's text. \throw ParameterError that names the parameter
    static std::string Read(const std::string& parameter, const std::string& file);

    /// Who judges by them.
    std::shared_ptr<AuthAccessControl> MakeAccessControl() const;

    const AuthParameters& m_parameters;
    const int64_t m_startDate;
    sansio::RandomSource& m_random;
    std::shared_ptr<auth::PasswordStore> m_passwords; ///< with --auth=password
    std::shared_ptr<auth::ScramUsers> m_scramUsers;   ///< with --auth=scram
    std::shared_ptr<auth::DeviceRegistry> m_registry; ///< with --auth=jwt
    std::optional<mqtt::AccessList> m_accessList;
};

} // namespace ns3
