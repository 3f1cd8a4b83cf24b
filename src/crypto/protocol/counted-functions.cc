// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/counted-functions.h"

#include "crypto/protocol/scope.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

namespace crypto
{

namespace
{

using sansio::OperationKind;
using Function = void (*)();

void
Count(OperationKind kind, uint32_t count, uint64_t bytes)
{
    if (Scope* scope = Scope::GetCurrent())
    {
        scope->Count(kind, count, bytes);
    }
}

/// Puts \p replacement into a table and keeps what was there.
template <typename Signature>
void
Wrap(OSSL_DISPATCH* functions, int id, Signature*& original, Signature* replacement)
{
    for (; functions->function_id != 0; functions++)
    {
        if (functions->function_id == id)
        {
            original = reinterpret_cast<Signature*>(functions->function);
            functions->function = reinterpret_cast<Function>(replacement);
        }
    }
}

/// Keeps a function of a table without replacing it.
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

// The functions of a provider carry no pointer of ours: each algorithm needs functions of its own,
// hence a template per operation with the kind as its argument.

/// A signature over SHA-256: hashing by bytes, then one public key operation.
template <OperationKind sign, OperationKind verify>
struct CountedSignature
{
    static inline OSSL_FUNC_signature_digest_sign_update_fn* s_signUpdate{nullptr};
    static inline OSSL_FUNC_signature_digest_sign_final_fn* s_signFinal{nullptr};
    static inline OSSL_FUNC_signature_digest_verify_update_fn* s_verifyUpdate{nullptr};
    static inline OSSL_FUNC_signature_digest_verify_final_fn* s_verifyFinal{nullptr};

    static int SignUpdate(void* context, const unsigned char* data, size_t size)
    {
        Count(OperationKind::Sha256, 0, size);
        return s_signUpdate(context, data, size);
    }

    static int SignFinal(void* context, unsigned char* signature, size_t* size, size_t room)
    {
        if (signature) // else only the size is asked for
        {
            Count(OperationKind::Sha256, 1, 0);
            Count(sign, 1, 0);
        }
        return s_signFinal(context, signature, size, room);
    }

    static int VerifyUpdate(void* context, const unsigned char* data, size_t size)
    {
        Count(OperationKind::Sha256, 0, size);
        return s_verifyUpdate(context, data, size);
    }

    static int VerifyFinal(void* context, const unsigned char* signature, size_t size)
    {
        Count(OperationKind::Sha256, 1, 0);
        Count(verify, 1, 0);
        return s_verifyFinal(context, signature, size);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, s_signUpdate, &SignUpdate);
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, s_signFinal, &SignFinal);
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_UPDATE, s_verifyUpdate, &VerifyUpdate);
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL, s_verifyFinal, &VerifyFinal);
    }
};

/// HMAC in the guise of a signature, as libssl computes the binders of TLS 1.3.
struct CountedHmacSignature
{
    static inline OSSL_FUNC_signature_digest_sign_update_fn* s_update{nullptr};
    static inline OSSL_FUNC_signature_digest_sign_final_fn* s_final{nullptr};

    static int Update(void* context, const unsigned char* data, size_t size)
    {
        Count(OperationKind::HmacSha256, 0, size);
        return s_update(context, data, size);
    }

    static int Final(void* context, unsigned char* mac, size_t* size, size_t room)
    {
        if (mac)
        {
            Count(OperationKind::HmacSha256, 1, 0);
        }
        return s_final(context, mac, size, room);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, s_update, &Update);
        Wrap(table, OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, s_final, &Final);
    }
};

struct CountedHmac
{
    static inline OSSL_FUNC_mac_update_fn* s_update{nullptr};
    static inline OSSL_FUNC_mac_final_fn* s_final{nullptr};

    static int Update(void* context, const unsigned char* data, size_t size)
    {
        Count(OperationKind::HmacSha256, 0, size);
        return s_update(context, data, size);
    }

    static int Final(void* context, unsigned char* mac, size_t* size, size_t room)
    {
        if (mac)
        {
            Count(OperationKind::HmacSha256, 1, 0);
        }
        return s_final(context, mac, size, room);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_MAC_UPDATE, s_update, &Update);
        Wrap(table, OSSL_FUNC_MAC_FINAL, s_final, &Final);
    }
};

struct CountedSha256
{
    static inline OSSL_FUNC_digest_update_fn* s_update{nullptr};
    static inline OSSL_FUNC_digest_final_fn* s_final{nullptr};

    static int Update(void* context, const unsigned char* data, size_t size)
    {
        Count(OperationKind::Sha256, 0, size);
        return s_update(context, data, size);
    }

    static int Final(void* context, unsigned char* digest, size_t* size, size_t room)
    {
        Count(OperationKind::Sha256, 1, 0);
        return s_final(context, digest, size, room);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_DIGEST_UPDATE, s_update, &Update);
        Wrap(table, OSSL_FUNC_DIGEST_FINAL, s_final, &Final);
    }
};

template <OperationKind kind>
struct CountedExchange
{
    static inline OSSL_FUNC_keyexch_derive_fn* s_derive{nullptr};

    static int Derive(void* context, unsigned char* secret, size_t* size, size_t room)
    {
        if (secret)
        {
            Count(kind, 1, 0);
        }
        return s_derive(context, secret, size, room);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_KEYEXCH_DERIVE, s_derive, &Derive);
    }
};

template <OperationKind kind>
struct CountedGeneration
{
    static inline OSSL_FUNC_keymgmt_gen_fn* s_generate{nullptr};
    static inline OSSL_FUNC_keymgmt_has_fn* s_has{nullptr};

    static void* Generate(void* context, OSSL_CALLBACK* progress, void* argument)
    {
        void* key = s_generate(context, progress, argument);
        // libssl also "generates" bare group parameters, which cost a device nothing.
        if (key && s_has(key, OSSL_KEYMGMT_SELECT_PRIVATE_KEY))
        {
            Count(kind, 1, 0);
        }
        return key;
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_KEYMGMT_GEN, s_generate, &Generate);
        Keep(table, OSSL_FUNC_KEYMGMT_HAS, s_has);
    }
};

struct CountedTls12Prf
{
    static inline OSSL_FUNC_kdf_derive_fn* s_derive{nullptr};

    static int Derive(void* context, unsigned char* key, size_t size, const OSSL_PARAM* parameters)
    {
        Count(OperationKind::Tls12Prf, 1, size);
        return s_derive(context, key, size, parameters);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_KDF_DERIVE, s_derive, &Derive);
    }
};

/// The derivations of the TLS 1.3 key schedule (RFC 8446 section 7.1).
struct CountedTls13Kdf
{
    static inline OSSL_FUNC_kdf_derive_fn* s_derive{nullptr};

    static int Derive(void* context, unsigned char* key, size_t size, const OSSL_PARAM* parameters)
    {
        // An extract from a previous secret begins with Derive-Secret(., "derived", "").
        const bool extractsOnward =
            IsExtract(parameters) && OSSL_PARAM_locate_const(parameters, OSSL_KDF_PARAM_SALT);
        Count(OperationKind::Hkdf, extractsOnward ? 2 : 1, extractsOnward ? 2 * size : size);
        return s_derive(context, key, size, parameters);
    }

    static bool IsExtract(const OSSL_PARAM* parameters)
    {
        int mode = 0;
        const OSSL_PARAM* found = OSSL_PARAM_locate_const(parameters, OSSL_KDF_PARAM_MODE);
        return found && OSSL_PARAM_get_int(found, &mode) == 1 &&
               mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_KDF_DERIVE, s_derive, &Derive);
    }
};

/// \tparam explicitNonce bytes of nonce in front of a TLS 1.2 record's ciphertext
template <OperationKind kind, size_t explicitNonce>
struct CountedAead
{
    static inline OSSL_FUNC_cipher_update_fn* s_update{nullptr};
    static inline OSSL_FUNC_cipher_final_fn* s_final{nullptr};
    static inline OSSL_FUNC_cipher_get_ctx_params_fn* s_getParameters{nullptr};
    static inline OSSL_FUNC_cipher_set_ctx_params_fn* s_setParameters{nullptr};
    static inline thread_local void* s_recordContext{nullptr}; ///< works on a TLS 1.2 record next

    /// libssl gives the additional data of a TLS 1.2 record ahead of it as a parameter.
    static int SetParameters(void* context, const OSSL_PARAM* parameters)
    {
        if (OSSL_PARAM_locate_const(parameters, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD))
        {
            s_recordContext = context;
        }
        return s_setParameters(context, parameters);
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
            CountRecord(*scope, context, size, result != 0 ? *outSize : 0);
        }
        else
        {
            scope->Count(kind, 1, size);
            NoteFailure(result);
        }
        return result;
    }

    /// A whole record of TLS 1.2: explicit nonce, data and room for the tag, both in and out.
    static void CountRecord(Scope& scope, void* context, size_t size, size_t outSize)
    {
        const size_t overhead = explicitNonce + GetTagSize(context);
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

    /// Only CCM has a choice of tags (RFC 6655).
    static size_t GetTagSize(void* context)
    {
        size_t size = 16;
        if (kind == OperationKind::Aes128Ccm)
        {
            OSSL_PARAM parameters[] = {
                OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_TAGLEN, &size),
                OSSL_PARAM_construct_end()};
            s_getParameters(context, parameters);
        }
        return size;
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_CIPHER_UPDATE, s_update, &Update);
        Wrap(table, OSSL_FUNC_CIPHER_FINAL, s_final, &Final);
        Wrap(table, OSSL_FUNC_CIPHER_SET_CTX_PARAMS, s_setParameters, &SetParameters);
        Keep(table, OSSL_FUNC_CIPHER_GET_CTX_PARAMS, s_getParameters);
    }
};

struct Rule
{
    int operation;
    std::string_view algorithm;
    void (*install)(OSSL_DISPATCH*);
};

constexpr Rule RULES[] = {
    {OSSL_OP_SIGNATURE,
     "ECDSA",
     &CountedSignature<OperationKind::EcdsaP256Sign, OperationKind::EcdsaP256Verify>::Install},
    {OSSL_OP_SIGNATURE,
     "RSA",
     &CountedSignature<OperationKind::Rsa2048Sign, OperationKind::Rsa2048Verify>::Install},
    {OSSL_OP_SIGNATURE, "HMAC", &CountedHmacSignature::Install},
    {OSSL_OP_MAC, "HMAC", &CountedHmac::Install},
    {OSSL_OP_DIGEST, "SHA2-256", &CountedSha256::Install},
    {OSSL_OP_KEYEXCH, "ECDH", &CountedExchange<OperationKind::EcP256Derive>::Install},
    {OSSL_OP_KEYEXCH, "X25519", &CountedExchange<OperationKind::X25519Derive>::Install},
    {OSSL_OP_KEYMGMT, "EC", &CountedGeneration<OperationKind::EcP256KeyGeneration>::Install},
    {OSSL_OP_KEYMGMT, "X25519", &CountedGeneration<OperationKind::X25519KeyGeneration>::Install},
    {OSSL_OP_KDF, "TLS1-PRF", &CountedTls12Prf::Install},
    {OSSL_OP_KDF, "TLS13-KDF", &CountedTls13Kdf::Install},
    {OSSL_OP_CIPHER, "AES-128-CCM", &CountedAead<OperationKind::Aes128Ccm, 8>::Install},
    {OSSL_OP_CIPHER, "AES-128-GCM", &CountedAead<OperationKind::Aes128Gcm, 8>::Install},
    {OSSL_OP_CIPHER,
     "ChaCha20-Poly1305",
     &CountedAead<OperationKind::ChaCha20Poly1305, 0>::Install},
};

} // namespace

void
WrapCountedFunctions(int operation, std::string_view algorithm, ossl_dispatch_st* functions)
{
    for (const Rule& rule : RULES)
    {
        if (rule.operation == operation && rule.algorithm == algorithm)
        {
            rule.install(functions);
        }
    }
}

} // namespace crypto
