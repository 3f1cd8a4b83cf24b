// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/scope.h"

#include <openssl/core_dispatch.h>

namespace crypto
{

/// Adds to the account of the open scope, if any.
inline void
Count(sansio::OperationKind kind, uint32_t count, uint64_t bytes)
{
    if (Scope* scope = Scope::GetCurrent())
    {
        scope->Count(kind, count, bytes);
    }
}

/// Keeps a function of a dispatch table without replacing it.
template <typename Signature>
void
Keep(const OSSL_DISPATCH* functions, int id, Signature*& original)
{
    for (; functions->function_id != 0; functions++)
    {
        if (functions->function_id == id)
        {
            original = reinterpret_cast<Signature*>(functions->function);
        }
    }
}

/// Puts \p replacement into a dispatch table and keeps what was there.
template <typename Signature>
void
Wrap(OSSL_DISPATCH* functions, int id, Signature*& original, Signature* replacement)
{
    Keep(functions, id, original);
    for (; functions->function_id != 0; functions++)
    {
        if (functions->function_id == id)
        {
            functions->function = reinterpret_cast<void (*)()>(replacement);
        }
    }
}

} // namespace crypto
