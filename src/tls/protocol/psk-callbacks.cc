// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/psk-callbacks.h"

#include "tls/protocol/channel.h"

#include <algorithm>
#include <openssl/ssl.h>

namespace tls
{

namespace
{

Channel&
GetChannel(SSL* handle)
{
    return *static_cast<Channel*>(SSL_get_app_data(handle));
}

unsigned int
UseKey(Channel& channel, const PreSharedKey& psk, unsigned char* key, unsigned int room)
{
    if (psk.key.size() > room)
    {
        return 0;
    }
    std::copy(psk.key.begin(), psk.key.end(), key);
    channel.NoteOfferedIdentity(psk.identity);
    return static_cast<unsigned int>(psk.key.size());
}

const PreSharedKey*
FindKey(const Channel& channel, std::string_view identity)
{
    const auto& keys = channel.GetSettings().preSharedKeys;
    auto found = std::find_if(keys.begin(), keys.end(), [&](const PreSharedKey& psk) {
        return psk.identity == identity;
    });
    return found == keys.end() ? nullptr : &*found;
}

unsigned int
GiveClientKey(SSL* handle,
              const char* /* hint */,
              char* identity,
              unsigned int identityRoom,
              unsigned char* key,
              unsigned int room)
{
    Channel& channel = GetChannel(handle);
    const PreSharedKey& psk = channel.GetSettings().preSharedKeys.front();
    if (psk.identity.size() + 1 > identityRoom)
    {
        return 0;
    }
    std::copy_n(psk.identity.c_str(), psk.identity.size() + 1, identity);
    return UseKey(channel, psk, key, room);
}

unsigned int
GiveServerKey(SSL* handle, const char* identity, unsigned char* key, unsigned int room)
{
    Channel& channel = GetChannel(handle);
    const PreSharedKey* psk = FindKey(channel, identity);
    return psk ? UseKey(channel, *psk, key, room) : 0; // 0: alert unknown_psk_identity
}

/// A key as the session that TLS 1.3 takes it for, of the hash of the first suite.
SSL_SESSION*
MakeSession(SSL* handle, const PreSharedKey& psk)
{
    const SSL_CIPHER* suite = nullptr;
    STACK_OF(SSL_CIPHER)* suites = SSL_get_ciphers(handle);
    for (int i = 0; i < sk_SSL_CIPHER_num(suites) && !suite; i++)
    {
        const SSL_CIPHER* candidate = sk_SSL_CIPHER_value(suites, i);
        const CipherSuite* known = FindCipherSuite(SSL_CIPHER_get_name(candidate));
        suite = known && known->tls13 ? candidate : nullptr;
    }
    SSL_SESSION* session = SSL_SESSION_new();
    if (!suite || !SSL_SESSION_set1_master_key(session, psk.key.data(), psk.key.size()) ||
        !SSL_SESSION_set_cipher(session, suite) ||
        !SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION))
    {
        SSL_SESSION_free(session);
        return nullptr;
    }
    return session;
}

int
GiveClientSession(SSL* handle,
                  const EVP_MD* /* digest */,
                  const unsigned char** identity,
                  size_t* size,
                  SSL_SESSION** session)
{
    Channel& channel = GetChannel(handle);
    const PreSharedKey& psk = channel.GetSettings().preSharedKeys.front();
    *identity = reinterpret_cast<const unsigned char*>(psk.identity.data());
    *size = psk.identity.size();
    *session = MakeSession(handle, psk);
    channel.NoteOfferedIdentity(psk.identity);
    return *session ? 1 : 0;
}

int
FindServerSession(SSL* handle, const unsigned char* identity, size_t size, SSL_SESSION** session)
{
    Channel& channel = GetChannel(handle);
    const std::string_view name(reinterpret_cast<const char*>(identity), size);
    const PreSharedKey* psk = FindKey(channel, name);
    *session = psk ? MakeSession(handle, *psk) : nullptr; // null: go on without it
    if (*session)
    {
        channel.NoteOfferedIdentity(psk->identity);
    }
    return 1;
}

} // namespace

void
InstallPskCallbacks(ssl_ctx_st* handle, bool tls13)
{
    if (tls13)
    {
        SSL_CTX_set_psk_use_session_callback(handle, &GiveClientSession);
        SSL_CTX_set_psk_find_session_callback(handle, &FindServerSession);
        return;
    }
    SSL_CTX_set_psk_client_callback(handle, &GiveClientKey);
    SSL_CTX_set_psk_server_callback(handle, &GiveServerKey);
}

} // namespace tls
