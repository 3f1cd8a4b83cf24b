// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/settings-check.h"

#include <algorithm>
#include <set>

namespace tls
{

namespace
{

constexpr size_t MAX_IDENTITY = 127; // RFC 4279 section 5.3
constexpr size_t MAX_KEY = 64;       // RFC 4279 section 5.3
constexpr size_t MIN_MTU = 80; // a first ClientHello fragment up to the end of a cookie of 16 bytes
constexpr size_t MAX_MTU = 16384;

std::string
CheckSuites(const Settings& settings)
{
    if (settings.cipherSuites.empty())
    {
        return "cipherSuites is empty, expected at least one cipher suite";
    }
    for (const std::string& name : settings.cipherSuites)
    {
        const CipherSuite* suite = FindCipherSuite(name);
        if (!suite)
        {
            return "cipher suite \"" + name + "\" is not known, expected a name such as " +
                   GetCipherSuites().front().ianaName;
        }
        if (suite->tls13 != (settings.version == Version::Tls13))
        {
            return "cipher suite \"" + name + "\" is not one of " + ToString(settings.version);
        }
        if (suite->psk && settings.preSharedKeys.empty())
        {
            return "cipher suite \"" + name + "\" needs a pre-shared key, but there is none";
        }
    }
    return {};
}

std::string
CheckPreSharedKeys(const Settings& settings)
{
    std::set<std::string> identities;
    for (const PreSharedKey& psk : settings.preSharedKeys)
    {
        const bool fits = !psk.identity.empty() && psk.identity.size() <= MAX_IDENTITY;
        if (!fits || psk.identity.find('\0') != std::string::npos)
        {
            return "PSK identity \"" + psk.identity +
                   "\" expected to have 1 to 127 bytes, none of them zero";
        }
        if (psk.key.empty() || psk.key.size() > MAX_KEY)
        {
            return "key of PSK identity \"" + psk.identity + "\" has " +
                   std::to_string(psk.key.size()) + " bytes, expected 1 to 64";
        }
        if (!identities.insert(psk.identity).second)
        {
            return "PSK identity \"" + psk.identity + "\" appears twice";
        }
    }
    return {};
}

std::string
CheckCredentials(const Settings& settings)
{
    if (settings.certificateChain.empty() != settings.privateKey.empty())
    {
        return settings.privateKey.empty() ? "certificateChain is given without privateKey"
                                           : "privateKey is given without certificateChain";
    }
    if (settings.requireClientCertificate && settings.trustAnchors.empty())
    {
        return "requireClientCertificate is set, but there are no trustAnchors";
    }
    if (settings.sendServerName && settings.peerName.empty())
    {
        return "sendServerName is set, but peerName is empty";
    }
    return {};
}

std::string
CheckNumbers(const Settings& settings)
{
    if (settings.mtu < MIN_MTU || settings.mtu > MAX_MTU)
    {
        return "mtu is " + std::to_string(settings.mtu) + ", expected 80 to 16384";
    }
    if (settings.initialTimeout < std::chrono::milliseconds(20) ||
        settings.maximumTimeout < settings.initialTimeout ||
        settings.maximumTimeout > std::chrono::hours(1))
    {
        return "initialTimeout and maximumTimeout are expected between 20 ms and 1 h, in this "
               "order";
    }
    if (settings.startDate < 0)
    {
        return "startDate is " + std::to_string(settings.startDate) +
               ", expected seconds since 1970";
    }
    const Limits& limits = settings.limits;
    if (limits.maxHalfOpen == 0 || limits.maxSessions == 0 || limits.maxCertificateChain == 0 ||
        limits.maxRateEntries == 0)
    {
        return "a limit is 0, expected at least 1";
    }
    return {};
}

} // namespace

std::string
CheckSettings(const Settings& settings)
{
    for (auto check : {&CheckSuites, &CheckPreSharedKeys, &CheckCredentials, &CheckNumbers})
    {
        if (std::string error = check(settings); !error.empty())
        {
            return error;
        }
    }
    return {};
}

} // namespace tls
