// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/handle-maker.h"

#include "crypto/protocol/library-context.h"
#include "tls/protocol/channel-callbacks.h"
#include "tls/protocol/cookie-callbacks.h"
#include "tls/protocol/psk-callbacks.h"

#include <openssl/ssl.h>

namespace tls
{

namespace
{

int
GetWireVersion(Version version)
{
    switch (version)
    {
    case Version::Tls12:
        return TLS1_2_VERSION;
    case Version::Tls13:
        return TLS1_3_VERSION;
    case Version::Dtls12:
        return DTLS1_2_VERSION;
    }
    return 0;
}

template <typename List>
std::string
Join(const List& names)
{
    std::string joined;
    for (const auto& name : names)
    {
        joined += (joined.empty() ? "" : ":") + std::string(name);
    }
    return joined;
}

} // namespace

HandleMaker::HandleMaker(const Settings& settings, bool logKeys)
    : m_settings(settings),
      m_logKeys(logKeys),
      m_handle(SSL_CTX_new_ex(crypto::GetLibraryContext(),
                              nullptr,
                              settings.version == Version::Dtls12 ? DTLS_method() : TLS_method()),
               &SSL_CTX_free)
{
    m_error = Configure();
}

std::string
HandleMaker::Configure()
{
    SSL_CTX* handle = m_handle.get();
    if (!handle)
    {
        return "OpenSSL refused to make an SSL_CTX";
    }
    const int version = GetWireVersion(m_settings.version);
    SSL_CTX_set_min_proto_version(handle, version);
    SSL_CTX_set_max_proto_version(handle, version);
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS); // 34 kB less per idle channel
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(handle, static_cast<long>(m_settings.limits.maxCertificateChain));
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU);
    InstallChannelCallbacks(handle, m_logKeys);
    InstallCookieCallbacks(handle);
    ConfigureProfile();
    if (!m_settings.preSharedKeys.empty())
    {
        InstallPskCallbacks(handle, m_settings.version == Version::Tls13);
    }
    for (auto configure : {&HandleMaker::ConfigureSuites,
                           &HandleMaker::ConfigureGroups,
                           &HandleMaker::ConfigureCertificates})
    {
        if (std::string error = (this->*configure)(); !error.empty())
        {
            return error;
        }
    }
    return {};
}

void
HandleMaker::ConfigureProfile()
{
    SSL_CTX* handle = m_handle.get();
    if (m_settings.profile == Profile::OpenSsl)
    {
        return;
    }
    SSL_CTX_set_options(handle,
                        SSL_OP_NO_TICKET | SSL_OP_NO_ENCRYPT_THEN_MAC |
                            SSL_OP_NO_EXTENDED_MASTER_SECRET);
    SSL_CTX_clear_options(handle, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_num_tickets(handle, 0);
    SSL_CTX_set1_sigalgs_list(handle, "ECDSA+SHA256");
    SSL_CTX_set1_client_sigalgs_list(handle, "ECDSA+SHA256");
}

std::string
HandleMaker::ConfigureSuites()
{
    SSL_CTX* handle = m_handle.get();
    std::vector<const char*> names;
    for (const std::string& name : m_settings.cipherSuites)
    {
        names.push_back(FindCipherSuite(name)->openSslName);
    }
    const std::string list = Join(names);
    const int taken = m_settings.version == Version::Tls13
                          ? SSL_CTX_set_ciphersuites(handle, list.c_str())
                          // CCM_8 is below OpenSSL's default security level (a tag of 64 bits)
                          : SSL_CTX_set_cipher_list(handle, (list + ":@SECLEVEL=0").c_str());
    SSL_CTX_set_security_level(handle, 0);
    return taken == 1 ? "" : "OpenSSL does not offer the cipher suites \"" + list + "\"";
}

std::string
HandleMaker::ConfigureGroups()
{
    SSL_CTX* handle = m_handle.get();
    std::vector<std::string> groups = m_settings.groups;
    if (groups.empty() && m_settings.profile == Profile::Lean)
    {
        groups = {"P-256"};
    }
    for (const std::string& group : groups)
    {
        if (group != "P-256" && group != "X25519")
        {
            return "group \"" + group + "\" is not known, expected P-256 or X25519";
        }
    }
    if (!groups.empty() && SSL_CTX_set1_groups_list(handle, Join(groups).c_str()) != 1)
    {
        return "OpenSSL does not offer the groups \"" + Join(groups) + "\"";
    }
    return {};
}

std::string
HandleMaker::ConfigureCertificates()
{
    SSL_CTX* handle = m_handle.get();
    if (!m_settings.trustAnchors.empty())
    {
        const auto anchors = ReadCertificates(m_settings.trustAnchors);
        if (anchors.empty())
        {
            return "trustAnchors hold no readable certificate, expected PEM";
        }
        for (const auto& anchor : anchors)
        {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(handle), anchor.get());
        }
    }
    if (m_settings.certificateChain.empty())
    {
        return {};
    }
    const auto chain = ReadCertificates(m_settings.certificateChain);
    const auto key = ReadPrivateKey(m_settings.privateKey);
    if (chain.empty())
    {
        return "certificateChain holds no readable certificate, expected PEM";
    }
    if (!key)
    {
        return "privateKey is not readable, expected PEM without a passphrase";
    }
    return UseCertificates(chain, key.get());
}

std::string
HandleMaker::UseCertificates(const std::vector<Owned<X509>>& chain, evp_pkey_st* key)
{
    SSL_CTX* handle = m_handle.get();
    char group[32] = "";
    size_t size = 0;
    EVP_PKEY_get_group_name(key, group, sizeof group, &size);
    if (std::string_view(group) != "prime256v1")
    {
        return "privateKey is no P-256 key, expected an EC key on prime256v1";
    }
    if (X509_check_private_key(chain.front().get(), key) != 1)
    {
        return "privateKey does not belong to the first certificate of certificateChain";
    }
    // What is sent is the chain that was given: OpenSSL would make one from the trust anchors,
    // verify it in each handshake and send the root, which the peer has (RFC 5246 section 7.4.2).
    SSL_CTX_set_mode(handle, SSL_MODE_NO_AUTO_CHAIN);
    bool taken = SSL_CTX_use_certificate(handle, chain.front().get()) == 1 &&
                 SSL_CTX_use_PrivateKey(handle, key) == 1;
    for (size_t i = 1; i < chain.size() && taken; i++)
    {
        taken = SSL_CTX_add1_chain_cert(handle, chain[i].get()) == 1;
    }
    return taken ? "" : "OpenSSL does not accept the certificateChain";
}

} // namespace tls
