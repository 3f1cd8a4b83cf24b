// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-stores.h"

#include "crypto/protocol/scope.h"
#include "sans-io/model/text-file.h"

namespace ns3
{

namespace
{

void
Check(const std::string& parameter, const std::string& file, const std::string& error)
{
    if (!error.empty())
    {
        throw ParameterError("--" + parameter + "=" + file + ": " + error);
    }
}

} // namespace

AuthStores::AuthStores(const AuthParameters& parameters,
                       int64_t startDate,
                       sansio::RandomSource& random)
    : m_parameters(parameters),
      m_startDate(startDate),
      m_random(random)
{
    crypto::Scope scope(startDate * 1000000, random, nullptr);
    if (parameters.method == "password")
    {
        m_passwords = std::make_shared<auth::PasswordStore>();
    }
    if (parameters.method == "scram")
    {
        m_scramUsers = std::make_shared<auth::ScramUsers>(random);
    }
    if (parameters.method == "jwt")
    {
        m_registry = std::make_shared<auth::DeviceRegistry>();
    }
    if (const std::string& file = parameters.passwordFile; !file.empty())
    {
        Check("passwordFile", file, m_passwords->Read(Read("passwordFile", file)));
    }
    if (const std::string& file = parameters.registry; !file.empty())
    {
        Check("registry", file, m_registry->Read(Read("registry", file)));
    }
    if (const std::string& file = parameters.accessList; !file.empty())
    {
        m_accessList.emplace();
        Check("accessList", file, m_accessList->Read(Read("accessList", file)));
    }
}

std::string
AuthStores::Read(const std::string& parameter, const std::string& file)
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

std::shared_ptr<AuthAccessControl>
AuthStores::MakeAccessControl() const
{
    AuthAccessControl::Settings settings;
    settings.passwords = m_passwords;
    settings.scramUsers = m_scramUsers;
    settings.registry = m_registry;
    settings.policy.audience = AUDIENCE;
    settings.policy.clockDrift = static_cast<int64_t>(m_parameters.clockDrift.GetSeconds());
    settings.certificates = m_parameters.method == "certificate";
    settings.pskIdentities = m_parameters.method == "psk";
    settings.accessList = m_accessList;
    settings.startDate = m_startDate;
    return std::make_shared<AuthAccessControl>(std::move(settings), m_random);
}

} // namespace ns3
