// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/password-store.h"
#include "iot-auth/protocol/scram.h"
#include "iot-auth/protocol/token.h"
#include "mqtt/protocol/access-list.h"

#include <memory>
#include <optional>

namespace ns3
{

/**
 * Judges the clients of an MQTT broker by what `iot-auth` and the transport know of them:
 *
 * - a token as password, where there is a registry: the client identifier names the device, the
 *   user name is ignored, by custom `unused`. The connection ends with the token and the drift.
 * - user name and password, where there are users; with a registry besides, `unused` means a token.
 * - by AUTH packets of MQTT 5.0 (section 4.12), where they count: a token by the method of
 *   TokenAuthenticator, or the knowledge of a password by SCRAM-SHA-256.
 * - the subject of the TLS client certificate or the PSK identity, where they count. Their client
 *   identifier has to be that name, or one could take over the session of another.
 * - nothing, where anonymous clients are let in: by default when nothing else counts.
 *
 * Refused: what cannot be right as "bad user name or password", a blocked device as "banned", who
 * proves nothing as "not authorized"; 3.1.1 has return codes 4 and 5 for them.
 */
class AuthAccessControl : public mqtt::AccessControl
{
  public:
    struct Settings
    {
        std::shared_ptr<const auth::PasswordStore> passwords{};
        std::shared_ptr<const auth::ScramUsers> scramUsers{};
        std::shared_ptr<const auth::DeviceRegistry> registry{};
        auth::TokenPolicy policy{};
        bool certificates{false};
        bool pskIdentities{false};
        std::optional<bool> anonymous{};              ///< nothing: where nothing else counts
        std::optional<mqtt::AccessList> accessList{}; ///< nothing: everybody may do everything
        int64_t startDate{0};                         ///< unix time of simulation time 0, seconds
    };

    /// \param random of the nonces of SCRAM, and for OpenSSL; outlives the control
    AuthAccessControl(Settings settings, sansio::RandomSource& random);

    mqtt::Admission Admit(sansio::TimePoint now,
                          const mqtt::Connect& connect,
                          const std::string& clientId,
                          const sansio::PeerIdentity& peer) override;

    /// What it returns uses this control.
    std::unique_ptr<mqtt::Authentication> Begin(std::string_view method) override;

    bool MayPublish(const mqtt::Principal& principal, std::string_view topic) override;
    bool MaySubscribe(const mqtt::Principal& principal, std::string_view filter) override;
    bool JudgesDelivery() const override;
    bool MayReceive(const mqtt::Principal& principal, std::string_view topic) override;
    sansio::Operations TakeOperations() override;

  private:
    bool IsToken(const mqtt::Connect& connect) const;
    bool IsAnonymousAllowed() const;
    int64_t GetUnixTime(sansio::TimePoint now) const;
    mqtt::Admission AdmitToken(int64_t now,
                               const std::string& token,
                               const std::string& clientId) const;
    mqtt::Admission AdmitPassword(const mqtt::Connect& connect) const;
    mqtt::Admission AdmitIdentity(const std::string& clientId,
                                  const sansio::PeerIdentity& peer) const;

    Settings m_settings;
    sansio::RandomSource& m_random;
    sansio::Operations m_operations;
};

} // namespace ns3
