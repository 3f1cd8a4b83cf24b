// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/dispatch-table.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace crypto
{

/**
 * Counts the bytes that a cipher of the default provider seals and opens, and what did not
 * authenticate.
 *
 * \tparam explicitNonce bytes of nonce in front of a TLS 1.2 record's ciphertext
 */
template <sansio::OperationKind kind, size_t explicitNonce>
struct CountedAead
{
    static inline OSSL_FUNC_cipher_update_fn* s_update{nullptr};
    static inline OSSL_FUNC_cipher_final_fn* s_final{nullptr};
    static inline OSSL_FUNC_cipher_get_ctx_params_fn* s_getParameters{nullptr};
    static inline OSSL_FUNC_cipher_set_ctx_params_fn* s_setParameters{nullptr};
    static inline thread_local void* s_recordContext{nullptr}; ///< works on a TLS 1.2 record next
    static inline thread_local size_t s_tagSize{0};            ///< of that record

    /// libssl gives the additional data of a TLS 1.2 record ahead of it as a parameter.
    static int SetParameters(void* context, const OSSL_PARAM* parameters)
    {
        if (OSSL_PARAM_locate_const(parameters, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD))
        {
            s_recordContext = context;
        }
        return s_setParameters(context, parameters);
    }

    /// And asks at once by how many bytes the record grows: its tag (RFC 6655: 8 or 16).
    static int GetParameters(void* context, OSSL_PARAM* parameters)
    {
        const int result = s_getParameters(context, parameters);
        if (s_recordContext == context)
        {
            const OSSL_PARAM* growth =
                OSSL_PARAM_locate_const(parameters, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD);
            if (growth)
            {
                OSSL_PARAM_get_size_t(growth, &s_tagSize);
            }
        }
        return result;
    }

    static int Update(void* context,
                      unsigned char* out,
                      size_t* outSize,
                      size_t room,
                      const unsigned char* in,
                      size_t size)
    {
        const int result = s_update(context, out, outSize, room, in, size);
        Scope* scope = Scope::GetCurrent();
        if (!scope || !out) // without output it is a length or additional data
        {
            return result;
        }
        if (s_recordContext == context)
        {
            s_recordContext = nullptr;
            CountRecord(*scope, size, result != 0 ? *outSize : 0);
        }
        else
        {
            scope->Count(kind, 1, size);
            NoteFailure(result);
        }
        return result;
    }

    /// A whole record of TLS 1.2: explicit nonce, data and room for the tag, both in and out.
    static void CountRecord(Scope& scope, size_t size, size_t outSize)
    {
        const size_t overhead = explicitNonce + s_tagSize;
        scope.Count(kind, 1, size < overhead ? 0 : size - overhead);
        if (outSize != size) // sealing gives as many bytes as it takes
        {
            scope.CountOpening(outSize != 0);
        }
    }

    static int Final(void* context, unsigned char* out, size_t* outSize, size_t room)
    {
        const int result = s_final(context, out, outSize, room);
        NoteFailure(result);
        return result;
    }

    static void NoteFailure(int result)
    {
        Scope* scope = Scope::GetCurrent();
        if (scope && result == 0)
        {
            scope->CountOpening(false);
        }
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_CIPHER_UPDATE, s_update, &Update);
        Wrap(table, OSSL_FUNC_CIPHER_FINAL, s_final, &Final);
        Wrap(table, OSSL_FUNC_CIPHER_SET_CTX_PARAMS, s_setParameters, &SetParameters);
        Wrap(table, OSSL_FUNC_CIPHER_GET_CTX_PARAMS, s_getParameters, &GetParameters);
    }
};

} // namespace crypto
