// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/access-control.h"

/**
 * \file
 * A token (RFC 7519) as an Authentication Method of MQTT 5.0: it is the Authentication Data of
 * CONNECT and answered with CONNACK, without a challenge. Unlike a password it can be replaced by a
 * later one while the connection stays, by AUTH (section 4.12.1). Method names are agreed upon by
 * client and broker; this one is that of Azure Event Grid for tokens of one's own devices.
 */
namespace ns3
{

/// The client's end; its owner gives it the token before it is asked for.
class TokenAuthenticator : public mqtt::Authenticator
{
  public:
    static constexpr const char* METHOD = "CUSTOM-JWT";

    void SetToken(const std::string& token)
    {
        m_token.assign(token.begin(), token.end());
    }

    std::string GetMethod() const override
    {
        return METHOD;
    }

    sansio::Bytes Begin(const std::string&) override
    {
        return m_token;
    }

    /// Nothing: no server of this method asks anything.
    std::optional<sansio::Bytes> Continue(sansio::ByteView) override
    {
        return {};
    }

  private:
    sansio::Bytes m_token;
};

} // namespace ns3
