// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/cookie-callbacks.h"

#include "tls/protocol/datagram-listener.h"

#include <algorithm>
#include <openssl/ssl.h>

namespace tls
{

namespace
{

int
GenerateCookie(SSL* handle, unsigned char* cookie, unsigned int* size)
{
    const sansio::Bytes made = DatagramListener::FromHandle(handle).MakeCookie();
    std::copy(made.begin(), made.end(), cookie);
    *size = static_cast<unsigned int>(made.size());
    return 1;
}

int
VerifyCookie(SSL* handle, const unsigned char* cookie, unsigned int size)
{
    const sansio::Bytes expected = DatagramListener::FromHandle(handle).MakeCookie();
    return sansio::ByteView(cookie, size) == sansio::ByteView(expected) ? 1 : 0;
}

} // namespace

void
InstallCookieCallbacks(ssl_ctx_st* handle)
{
    SSL_CTX_set_cookie_generate_cb(handle, &GenerateCookie);
    SSL_CTX_set_cookie_verify_cb(handle, &VerifyCookie);
}

} // namespace tls
