// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/random-provider.h"

#include "crypto/protocol/scope.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

namespace crypto
{

namespace
{

using Function = void (*)();

constexpr unsigned int STRENGTH = 256;          // bits, as much as OpenSSL ever asks for
constexpr size_t MAX_REQUEST = size_t{1} << 16; // bytes, as OpenSSL's own generators

/// A generator holds nothing but its state: the bytes come from the scope.
struct Generator
{
    int state{EVP_RAND_STATE_UNINITIALISED};
};

void*
NewGenerator(void* /* provider */, void* /* parent */, const OSSL_DISPATCH* /* parentFunctions */)
{
    return new Generator;
}

void
FreeGenerator(void* generator)
{
    delete static_cast<Generator*>(generator);
}

int
Instantiate(void* generator,
            unsigned int /* strength */,
            int /* predictionResistance */,
            const unsigned char* /* personalization */,
            size_t /* size */,
            const OSSL_PARAM* /* parameters */)
{
    static_cast<Generator*>(generator)->state = EVP_RAND_STATE_READY;
    return 1;
}

int
Uninstantiate(void* generator)
{
    static_cast<Generator*>(generator)->state = EVP_RAND_STATE_UNINITIALISED;
    return 1;
}

int
Generate(void* /* generator */,
         unsigned char* out,
         size_t size,
         unsigned int /* strength */,
         int /* predictionResistance */,
         const unsigned char* /* additional */,
         size_t /* additionalSize */)
{
    const Scope* scope = Scope::GetCurrent();
    if (!scope)
    {
        return 0;
    }
    scope->GetRandom().Fill(out, size);
    return 1;
}

int
Reseed(void* /* generator */,
       int /* predictionResistance */,
       const unsigned char* /* entropy */,
       size_t /* entropySize */,
       const unsigned char* /* additional */,
       size_t /* additionalSize */)
{
    return 1;
}

int
EnableLocking(void* /* generator */)
{
    return 1;
}

int
Lock(void* /* generator */)
{
    return 1;
}

void
Unlock(void* /* generator */)
{
}

int
GetParameters(void* generator, OSSL_PARAM* parameters)
{
    if (OSSL_PARAM* state = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STATE))
    {
        OSSL_PARAM_set_int(state, static_cast<Generator*>(generator)->state);
    }
    if (OSSL_PARAM* strength = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STRENGTH))
    {
        OSSL_PARAM_set_uint(strength, STRENGTH);
    }
    if (OSSL_PARAM* maximum = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_MAX_REQUEST))
    {
        OSSL_PARAM_set_size_t(maximum, MAX_REQUEST);
    }
    return 1;
}

const OSSL_DISPATCH g_generator[] = {
    {OSSL_FUNC_RAND_NEWCTX, reinterpret_cast<Function>(&NewGenerator)},
    {OSSL_FUNC_RAND_FREECTX, reinterpret_cast<Function>(&FreeGenerator)},
    {OSSL_FUNC_RAND_INSTANTIATE, reinterpret_cast<Function>(&Instantiate)},
    {OSSL_FUNC_RAND_UNINSTANTIATE, reinterpret_cast<Function>(&Uninstantiate)},
    {OSSL_FUNC_RAND_GENERATE, reinterpret_cast<Function>(&Generate)},
    {OSSL_FUNC_RAND_RESEED, reinterpret_cast<Function>(&Reseed)},
    {OSSL_FUNC_RAND_ENABLE_LOCKING, reinterpret_cast<Function>(&EnableLocking)},
    {OSSL_FUNC_RAND_LOCK, reinterpret_cast<Function>(&Lock)},
    {OSSL_FUNC_RAND_UNLOCK, reinterpret_cast<Function>(&Unlock)},
    {OSSL_FUNC_RAND_GET_CTX_PARAMS, reinterpret_cast<Function>(&GetParameters)},
    {0, nullptr},
};

constexpr const char* PROVIDER = "simulated-random";
constexpr const char* ALGORITHM = "SIMULATED-RANDOM";
constexpr const char* PROPERTIES = "provider=simulated-random";

const OSSL_ALGORITHM g_algorithms[] = {{ALGORITHM, PROPERTIES, g_generator, nullptr},
                                       {nullptr, nullptr, nullptr, nullptr}};

const OSSL_ALGORITHM*
Query(void* /* provider */, int operation, int* noCache)
{
    *noCache = 0;
    return operation == OSSL_OP_RAND ? g_algorithms : nullptr;
}

const OSSL_DISPATCH g_provider[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<Function>(&Query)},
    {0, nullptr},
};

int
Initialize(const OSSL_CORE_HANDLE* handle,
           const OSSL_DISPATCH* /* core */,
           const OSSL_DISPATCH** functions,
           void** provider)
{
    *functions = g_provider;
    *provider = const_cast<OSSL_CORE_HANDLE*>(handle); // OpenSSL wants something that is not null
    return 1;
}

} // namespace

bool
InstallRandomProvider(ossl_lib_ctx_st* context)
{
    return OSSL_PROVIDER_add_builtin(context, PROVIDER, &Initialize) == 1 &&
           RAND_set_DRBG_type(context, ALGORITHM, PROPERTIES, nullptr, nullptr) == 1 &&
           OSSL_PROVIDER_load(context, PROVIDER) != nullptr;
}

} // namespace crypto
