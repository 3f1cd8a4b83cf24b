// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/counting-provider.h"

#include "crypto/protocol/counted-functions.h"

#include <deque>
#include <map>
#include <openssl/core_dispatch.h>
#include <openssl/provider.h>
#include <string_view>
#include <vector>

namespace crypto
{

namespace
{

using Function = void (*)();

/// The default provider and what was wrapped of it, one table per operation, made when first asked
/// for.
struct Wrapped
{
    OSSL_PROVIDER* provider{nullptr};
    std::map<int, std::vector<OSSL_ALGORITHM>> algorithms;
    std::deque<std::vector<OSSL_DISPATCH>> functions;
};

Wrapped&
GetWrapped()
{
    static auto* wrapped = new Wrapped; // OpenSSL uses it until the very end of the process
    return *wrapped;
}

std::vector<OSSL_DISPATCH>
CopyFunctions(const OSSL_DISPATCH* functions)
{
    std::vector<OSSL_DISPATCH> copy;
    for (; functions->function_id != 0; functions++)
    {
        copy.push_back(*functions);
    }
    copy.push_back({0, nullptr});
    return copy;
}

std::vector<OSSL_ALGORITHM>
WrapAlgorithms(int operation)
{
    int noCache = 0;
    std::vector<OSSL_ALGORITHM> wrapped;
    const OSSL_ALGORITHM* algorithm =
        OSSL_PROVIDER_query_operation(GetWrapped().provider, operation, &noCache);
    for (; algorithm && algorithm->algorithm_names; algorithm++)
    {
        const std::string_view names = algorithm->algorithm_names;
        auto& functions =
            GetWrapped().functions.emplace_back(CopyFunctions(algorithm->implementation));
        WrapCountedFunctions(operation, names.substr(0, names.find(':')), functions.data());
        wrapped.push_back(*algorithm);
        wrapped.back().implementation = functions.data();
    }
    wrapped.push_back({nullptr, nullptr, nullptr, nullptr});
    return wrapped;
}

const OSSL_ALGORITHM*
Query(void* /* provider */, int operation, int* noCache)
{
    *noCache = 0;
    if (operation == OSSL_OP_RAND)
    {
        return nullptr;
    }
    auto& algorithms = GetWrapped().algorithms;
    auto found = algorithms.find(operation);
    if (found == algorithms.end())
    {
        found = algorithms.emplace(operation, WrapAlgorithms(operation)).first;
    }
    return found->second.data();
}

/// The groups of TLS are a capability of the provider.
int
GetCapabilities(void* /* provider */, const char* capability, OSSL_CALLBACK* take, void* argument)
{
    return OSSL_PROVIDER_get_capabilities(GetWrapped().provider, capability, take, argument);
}

const OSSL_DISPATCH g_provider[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<Function>(&Query)},
    {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<Function>(&GetCapabilities)},
    {0, nullptr},
};

int
Initialize(const OSSL_CORE_HANDLE* /* handle */,
           const OSSL_DISPATCH* /* core */,
           const OSSL_DISPATCH** functions,
           void** provider)
{
    *functions = g_provider;
    *provider = OSSL_PROVIDER_get0_provider_ctx(GetWrapped().provider);
    return 1;
}

} // namespace

bool
InstallCountingProvider(ossl_lib_ctx_st* context, ossl_lib_ctx_st* inner)
{
    GetWrapped().provider = OSSL_PROVIDER_load(inner, "default");
    return GetWrapped().provider &&
           OSSL_PROVIDER_add_builtin(context, "counting", &Initialize) == 1 &&
           OSSL_PROVIDER_load(context, "counting") != nullptr;
}

} // namespace crypto
