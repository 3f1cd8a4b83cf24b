// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/context.h"

#include "crypto/protocol/library-context.h"
#include "crypto/protocol/scope.h"
#include "tls/protocol/channel-callbacks.h"
#include "tls/protocol/cookie-callbacks.h"
#include "tls/protocol/pem.h"
#include "tls/protocol/psk-callbacks.h"
#include "tls/protocol/settings-check.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace tls
{

namespace
{

constexpr int64_t MICROSECONDS = 1000000;

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

Context::Result
Context::Create(const Settings& settings, sansio::RandomSource& random, KeyLogSink keyLog)
{
    if (std::string error = CheckSettings(settings); !error.empty())
    {
        return error;
    }
    crypto::Scope scope(settings.startDate * MICROSECONDS, random, nullptr);
    std::shared_ptr<Context> context(new Context(settings, std::move(keyLog)));
    if (std::string error = context->Configure(); !error.empty())
    {
        ERR_clear_error();
        return error;
    }
    return std::shared_ptr<const Context>(std::move(context));
}

Context::Context(const Settings& settings, KeyLogSink keyLog)
    : m_settings(settings),
      m_keyLog(std::move(keyLog))
{
    const bool datagrams = settings.version == Version::Dtls12;
    m_handle = SSL_CTX_new_ex(crypto::GetLibraryContext(),
                              nullptr,
                              datagrams ? DTLS_method() : TLS_method());
}

Context::~Context()
{
    SSL_CTX_free(m_handle);
}

int64_t
Context::GetUnixTime(sansio::TimePoint now) const
{
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    return m_settings.startDate * MICROSECONDS + elapsed.count();
}

std::string
Context::Configure()
{
    if (!m_handle)
    {
        return "OpenSSL refused to make an SSL_CTX";
    }
    const int version = GetWireVersion(m_settings.version);
    SSL_CTX_set_min_proto_version(m_handle, version);
    SSL_CTX_set_max_proto_version(m_handle, version);
    SSL_CTX_set_app_data(m_handle, this);
    SSL_CTX_set_mode(m_handle, SSL_MODE_RELEASE_BUFFERS); // 34 kB less per idle channel
    SSL_CTX_set_session_cache_mode(m_handle, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(m_handle, static_cast<long>(m_settings.limits.maxCertificateChain));
    SSL_CTX_set_options(m_handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU);
    if (m_keyLog)
    {
        SSL_CTX_set_keylog_callback(m_handle, &Context::LogKey);
    }
    InstallChannelCallbacks(m_handle);
    InstallCookieCallbacks(m_handle);
    ConfigureProfile();
    if (!m_settings.preSharedKeys.empty())
    {
        InstallPskCallbacks(m_handle, m_settings.version == Version::Tls13);
    }
    for (auto configure :
         {&Context::ConfigureSuites, &Context::ConfigureGroups, &Context::ConfigureCertificates})
    {
        if (std::string error = (this->*configure)(); !error.empty())
        {
            return error;
        }
    }
    return {};
}

void
Context::ConfigureProfile()
{
    if (m_settings.profile == Profile::OpenSsl)
    {
        return;
    }
    SSL_CTX_set_options(m_handle,
                        SSL_OP_NO_TICKET | SSL_OP_NO_ENCRYPT_THEN_MAC |
                            SSL_OP_NO_EXTENDED_MASTER_SECRET);
    SSL_CTX_clear_options(m_handle, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_num_tickets(m_handle, 0);
    SSL_CTX_set1_sigalgs_list(m_handle, "ECDSA+SHA256");
    SSL_CTX_set1_client_sigalgs_list(m_handle, "ECDSA+SHA256");
}

std::string
Context::ConfigureSuites()
{
    std::vector<const char*> names;
    for (const std::string& name : m_settings.cipherSuites)
    {
        names.push_back(FindCipherSuite(name)->openSslName);
    }
    const std::string list = Join(names);
    const int taken = m_settings.version == Version::Tls13
                          ? SSL_CTX_set_ciphersuites(m_handle, list.c_str())
                          // CCM_8 is below OpenSSL's default security level (a tag of 64 bits)
                          : SSL_CTX_set_cipher_list(m_handle, (list + ":@SECLEVEL=0").c_str());
    SSL_CTX_set_security_level(m_handle, 0);
    return taken == 1 ? "" : "OpenSSL does not offer the cipher suites \"" + list + "\"";
}

std::string
Context::ConfigureGroups()
{
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
    if (!groups.empty() && SSL_CTX_set1_groups_list(m_handle, Join(groups).c_str()) != 1)
    {
        return "OpenSSL does not offer the groups \"" + Join(groups) + "\"";
    }
    return {};
}

std::string
Context::ConfigureCertificates()
{
    if (!m_settings.trustAnchors.empty())
    {
        const auto anchors = ReadCertificates(m_settings.trustAnchors);
        if (anchors.empty())
        {
            return "trustAnchors hold no readable certificate, expected PEM";
        }
        for (const auto& anchor : anchors)
        {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(m_handle), anchor.get());
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
Context::UseCertificates(const std::vector<Owned<X509>>& chain, evp_pkey_st* key)
{
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
    bool taken = SSL_CTX_use_certificate(m_handle, chain.front().get()) == 1 &&
                 SSL_CTX_use_PrivateKey(m_handle, key) == 1;
    for (size_t i = 1; i < chain.size() && taken; i++)
    {
        taken = SSL_CTX_add1_chain_cert(m_handle, chain[i].get()) == 1;
    }
    return taken ? "" : "OpenSSL does not accept the certificateChain";
}

void
Context::LogKey(const ssl_st* ssl, const char* line)
{
    const auto* context = static_cast<Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    context->m_keyLog(line);
}

} // namespace tls
