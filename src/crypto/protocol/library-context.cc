// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/library-context.h"

#include "crypto/protocol/clock.h"
#include "crypto/protocol/counting-provider.h"
#include "crypto/protocol/random-provider.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdexcept>

namespace crypto
{

namespace
{

OSSL_LIB_CTX*
MakeLibraryContext()
{
    OPENSSL_init_ssl(0, nullptr); // libssl has to be there when its clock is redirected
    if (!RedirectClock())
    {
        throw std::runtime_error("OpenSSL's clock cannot be simulated: its shared libraries do not "
                                 "call gettimeofday() and time()");
    }
    OSSL_LIB_CTX* inner = OSSL_LIB_CTX_new();
    OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
    if (!inner || !context || !InstallRandomProvider(inner) ||
        !InstallCountingProvider(context, inner) || !InstallRandomProvider(context))
    {
        throw std::runtime_error(std::string("OpenSSL's library context cannot be set up: ") +
                                 ERR_error_string(ERR_get_error(), nullptr));
    }
    return context;
}

} // namespace

ossl_lib_ctx_st*
GetLibraryContext()
{
    static OSSL_LIB_CTX* context = MakeLibraryContext();
    return context;
}

} // namespace crypto
