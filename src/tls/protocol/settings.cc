// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/settings.h"

#include <algorithm>

namespace tls
{

const char*
ToString(Version version)
{
    switch (version)
    {
    case Version::Tls12:
        return "TLS 1.2";
    case Version::Tls13:
        return "TLS 1.3";
    case Version::Dtls12:
        return "DTLS 1.2";
    }
    return "unknown";
}

const std::vector<CipherSuite>&
GetCipherSuites()
{
    // RFC 6655, RFC 7251, RFC 5487, RFC 5289, RFC 7905, RFC 8446: all with SHA-256
    static const std::vector<CipherSuite> suites{
        {"PSK-AES128-CCM8", "TLS_PSK_WITH_AES_128_CCM_8", false, true, false, 8, 8},
        {"PSK-AES128-CCM", "TLS_PSK_WITH_AES_128_CCM", false, true, false, 8, 16},
        {"PSK-AES128-GCM-SHA256", "TLS_PSK_WITH_AES_128_GCM_SHA256", false, true, false, 8, 16},
        {"PSK-CHACHA20-POLY1305",
         "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
         false,
         true,
         false,
         0,
         16},
        {"ECDHE-ECDSA-AES128-CCM8", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", false, false, true, 8, 8},
        {"ECDHE-ECDSA-AES128-CCM", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", false, false, true, 8, 16},
        {"ECDHE-ECDSA-AES128-GCM-SHA256",
         "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
         false,
         false,
         true,
         8,
         16},
        {"ECDHE-ECDSA-CHACHA20-POLY1305",
         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
         false,
         false,
         true,
         0,
         16},
        {"TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256", true, false, false, 0, 8},
        {"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256", true, false, false, 0, 16},
        {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", true, false, false, 0, 16},
        {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", true, false, false, 0, 16},
    };
    return suites;
}

const CipherSuite*
FindCipherSuite(const std::string& name)
{
    const auto& suites = GetCipherSuites();
    auto found = std::find_if(suites.begin(), suites.end(), [&](const CipherSuite& suite) {
        return name == suite.openSslName || name == suite.ianaName;
    });
    return found == suites.end() ? nullptr : &*found;
}

} // namespace tls
