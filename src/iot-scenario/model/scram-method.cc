// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scram-method.h"

#include "crypto/protocol/scope.h"

namespace ns3
{

ScramAuthentication::ScramAuthentication(std::shared_ptr<const auth::ScramUsers> users,
                                         sansio::RandomSource& random,
                                         sansio::Operations* operations)
    : m_users(std::move(users)),
      m_server(*m_users, auth::MakeScramNonce(random)),
      m_random(random),
      m_operations(operations)
{
}

mqtt::Authentication::Step
ScramAuthentication::Continue(sansio::TimePoint, const std::string&, sansio::ByteView data)
{
    crypto::Scope scope(0, m_random, m_operations);
    auth::ScramServer::Step step = m_server.Continue(data.ToString());
    mqtt::Admission admission;
    switch (step.status)
    {
    case auth::ScramServer::Status::Continue:
        admission.reason = mqtt::ReasonCode::ContinueAuthentication;
        break;
    case auth::ScramServer::Status::Success:
        admission.user = m_server.GetUser();
        break;
    case auth::ScramServer::Status::Failure:
        admission.reason = mqtt::ReasonCode::NotAuthorized;
        admission.detail = step.detail;
        break;
    }
    return {admission, sansio::ByteView(step.message).ToBytes()};
}

ScramAuthenticator::ScramAuthenticator(std::string user,
                                       std::string password,
                                       sansio::RandomSource& random)
    : m_client(std::move(user), std::move(password)),
      m_random(random)
{
}

std::string
ScramAuthenticator::GetMethod() const
{
    return auth::ScramServer::METHOD;
}

sansio::Bytes
ScramAuthenticator::Begin(const std::string&)
{
    const std::string first = m_client.Begin(auth::MakeScramNonce(m_random));
    m_bytes += first.size();
    return sansio::ByteView(first).ToBytes();
}

std::optional<sansio::Bytes>
ScramAuthenticator::Continue(sansio::ByteView data)
{
    crypto::Scope scope(0, m_random, &m_operations);
    auto answer = m_client.Continue(data.ToString());
    m_bytes += data.size() + (answer ? answer->size() : 0);
    return answer ? std::make_optional(sansio::ByteView(*answer).ToBytes()) : std::nullopt;
}

bool
ScramAuthenticator::Finish(sansio::ByteView data)
{
    m_bytes += data.size();
    return m_client.Finish(data.ToString());
}

sansio::Operations
ScramAuthenticator::TakeOperations()
{
    return std::exchange(m_operations, {});
}

uint64_t
ScramAuthenticator::TakeBytes()
{
    return std::exchange(m_bytes, 0);
}

} // namespace ns3
