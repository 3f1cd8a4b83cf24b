// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-access-control.h"

#include "crypto/protocol/scope.h"
#include "iot-scenario/model/scram-method.h"
#include "iot-scenario/model/token-method.h"

#include <functional>
#include <utility>

namespace ns3
{

namespace
{

using mqtt::Admission;
using mqtt::ReasonCode;

constexpr std::string_view UNUSED = "unused";

/// The common name of a subject that consists of one ("CN=s01"), else all of it.
std::string
GetCommonName(const std::string& subject)
{
    const bool isOne =
        subject.rfind("CN=", 0) == 0 && subject.find_first_of(",+\\") == std::string::npos;
    return isOne ? subject.substr(3) : subject;
}

ReasonCode
GetReason(auth::TokenFault fault)
{
    return fault == auth::TokenFault::BlockedDevice ? ReasonCode::Banned
                                                    : ReasonCode::BadUserNameOrPassword;
}

/// The broker's end of TokenAuthenticator.
class TokenAuthentication : public mqtt::Authentication
{
  public:
    using Judge = std::function<
        Admission(sansio::TimePoint now, const std::string& clientId, const std::string& token)>;

    explicit TokenAuthentication(Judge judge)
        : m_judge(std::move(judge))
    {
    }

    Step Continue(sansio::TimePoint now,
                  const std::string& clientId,
                  sansio::ByteView data) override
    {
        return {m_judge(now, clientId, data.ToString()), {}};
    }

  private:
    Judge m_judge;
};

} // namespace

AuthAccessControl::AuthAccessControl(Settings settings, sansio::RandomSource& random)
    : m_settings(std::move(settings)),
      m_random(random)
{
}

bool
AuthAccessControl::IsToken(const mqtt::Connect& connect) const
{
    const bool isOnlyWay = !m_settings.passwords;
    return m_settings.registry && connect.password &&
           (isOnlyWay || connect.userName.value_or(UNUSED) == UNUSED);
}

bool
AuthAccessControl::IsAnonymousAllowed() const
{
    const bool otherwise = m_settings.passwords || m_settings.scramUsers || m_settings.registry ||
                           m_settings.certificates || m_settings.pskIdentities;
    return m_settings.anonymous.value_or(!otherwise);
}

int64_t
AuthAccessControl::GetUnixTime(sansio::TimePoint now) const
{
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return m_settings.startDate + elapsed;
}

Admission
AuthAccessControl::Admit(sansio::TimePoint now,
                         const mqtt::Connect& connect,
                         const std::string& clientId,
                         const sansio::PeerIdentity& peer)
{
    const int64_t unixTime = GetUnixTime(now);
    crypto::Scope scope(unixTime * 1000000, m_random, &m_operations);
    if (IsToken(connect))
    {
        return AdmitToken(unixTime, connect.password->ToString(), clientId);
    }
    if (m_settings.passwords && connect.userName)
    {
        return AdmitPassword(connect);
    }
    const bool isProved = (m_settings.certificates && !peer.certificateSubject.empty()) ||
                          (m_settings.pskIdentities && !peer.pskIdentity.empty());
    if (isProved)
    {
        return AdmitIdentity(clientId, peer);
    }
    return IsAnonymousAllowed() ? Admission()
                                : Admission{ReasonCode::NotAuthorized, "", "no credential"};
}

Admission
AuthAccessControl::AdmitToken(int64_t now,
                              const std::string& token,
                              const std::string& clientId) const
{
    const auth::TokenVerdict verdict =
        auth::VerifyToken(token, clientId, *m_settings.registry, m_settings.policy, now);
    if (verdict.fault != auth::TokenFault::None)
    {
        return {GetReason(verdict.fault), "", std::string(ToString(verdict.fault))};
    }
    const std::chrono::seconds end(verdict.validUntil - m_settings.startDate);
    return {ReasonCode::Success, clientId, "", sansio::TimePoint(end)};
}

Admission
AuthAccessControl::AdmitPassword(const mqtt::Connect& connect) const
{
    const std::string user(*connect.userName);
    const std::string password = connect.password ? connect.password->ToString() : "";
    if (!m_settings.passwords->Verify(user, password))
    {
        return {ReasonCode::BadUserNameOrPassword, "", "wrong user name or password"};
    }
    return {ReasonCode::Success, user};
}

Admission
AuthAccessControl::AdmitIdentity(const std::string& clientId,
                                 const sansio::PeerIdentity& peer) const
{
    const bool byCertificate = m_settings.certificates && !peer.certificateSubject.empty();
    const std::string name =
        byCertificate ? GetCommonName(peer.certificateSubject) : peer.pskIdentity;
    if (name != clientId)
    {
        return {ReasonCode::ClientIdentifierNotValid, "", "client identifier of another"};
    }
    return {ReasonCode::Success, name};
}

std::unique_ptr<mqtt::Authentication>
AuthAccessControl::Begin(std::string_view method)
{
    if (m_settings.scramUsers && method == auth::ScramServer::METHOD)
    {
        return std::make_unique<ScramAuthentication>(m_settings.scramUsers,
                                                     m_random,
                                                     &m_operations);
    }
    if (m_settings.registry && method == TokenAuthenticator::METHOD)
    {
        return std::make_unique<TokenAuthentication>(
            [this](sansio::TimePoint now, const std::string& clientId, const std::string& token) {
                const int64_t unixTime = GetUnixTime(now);
                crypto::Scope scope(unixTime * 1000000, m_random, &m_operations);
                return AdmitToken(unixTime, token, clientId);
            });
    }
    return nullptr;
}

bool
AuthAccessControl::MayPublish(const mqtt::Principal& principal, std::string_view topic)
{
    return !m_settings.accessList || m_settings.accessList->MayPublish(principal, topic);
}

bool
AuthAccessControl::MaySubscribe(const mqtt::Principal& principal, std::string_view filter)
{
    return !m_settings.accessList || m_settings.accessList->MaySubscribe(principal, filter);
}

bool
AuthAccessControl::JudgesDelivery() const
{
    return m_settings.accessList.has_value();
}

bool
AuthAccessControl::MayReceive(const mqtt::Principal& principal, std::string_view topic)
{
    return !m_settings.accessList || m_settings.accessList->MayReceive(principal, topic);
}

sansio::Operations
AuthAccessControl::TakeOperations()
{
    return std::exchange(m_operations, {});
}

} // namespace ns3
