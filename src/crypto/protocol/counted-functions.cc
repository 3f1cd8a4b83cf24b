// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/counted-functions.h"

#include "crypto/protocol/counted-aead.h"
#include "crypto/protocol/dispatch-table.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <tuple>

namespace crypto
{

namespace
{

using sansio::OperationKind;

// The functions of a provider carry no pointer of ours: each algorithm needs functions of its own,
// hence a template per operation with the kind as its argument.

/**
 * Data in pieces and one result: a digest, a MAC, a signature over SHA-256.
 *
 * \tparam hash what the bytes are counted as
 * \tparam finish what the end is counted as beside it; OperationKind::Count: nothing
 * \tparam Result arguments of the end: the first is the result, null where only its size is asked
 */
template <OperationKind hash, OperationKind finish, int updateId, int finalId, typename... Result>
struct CountedPieces
{
    static inline int (*s_update)(void*, const unsigned char*, size_t){nullptr};
    static inline int (*s_final)(void*, Result...){nullptr};

    static int Update(void* context, const unsigned char* data, size_t size)
    {
        Count(hash, 0, size);
        return s_update(context, data, size);
    }

    static int Final(void* context, Result... result)
    {
        if (std::get<0>(std::tie(result...)))
        {
            Count(hash, 1, 0);
            if (finish != OperationKind::Count)
            {
                Count(finish, 1, 0);
            }
        }
        return s_final(context, result...);
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, updateId, s_update, &Update);
        Wrap(table, finalId, s_final, &Final);
    }
};

template <OperationKind hash, OperationKind finish, int updateId, int finalId>
using CountedProducer =
    CountedPieces<hash, finish, updateId, finalId, unsigned char*, size_t*, size_t>;

/// HMAC in the guise of a signature is how libssl computes the binders of TLS 1.3.
using CountedHmacSignature = CountedProducer<OperationKind::HmacSha256,
                                             OperationKind::Count,
                                             OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE,
                                             OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL>;
using CountedHmac = CountedProducer<OperationKind::HmacSha256,
                                    OperationKind::Count,
                                    OSSL_FUNC_MAC_UPDATE,
                                    OSSL_FUNC_MAC_FINAL>;
using CountedSha256 = CountedProducer<OperationKind::Sha256,
                                      OperationKind::Count,
                                      OSSL_FUNC_DIGEST_UPDATE,
                                      OSSL_FUNC_DIGEST_FINAL>;

template <OperationKind sign, OperationKind verify>
struct CountedSignature
{
    static void Install(OSSL_DISPATCH* table)
    {
        CountedProducer<OperationKind::Sha256,
                        sign,
                        OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE,
                        OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL>::Install(table);
        CountedPieces<OperationKind::Sha256,
                      verify,
                      OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_UPDATE,
                      OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL,
                      const unsigned char*,
                      size_t>::Install(table);
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

/// Each iteration is counted, for it is a password's cost.
struct CountedPbkdf2
{
    static inline OSSL_FUNC_kdf_derive_fn* s_derive{nullptr};

    static int Derive(void* context, unsigned char* key, size_t size, const OSSL_PARAM* parameters)
    {
        unsigned int iterations = 0;
        const OSSL_PARAM* found = OSSL_PARAM_locate_const(parameters, OSSL_KDF_PARAM_ITER);
        if (found && OSSL_PARAM_get_uint(found, &iterations))
        {
            Count(GetKind(parameters), iterations, 0);
        }
        return s_derive(context, key, size, parameters);
    }

    static OperationKind GetKind(const OSSL_PARAM* parameters)
    {
        const char* digest = "";
        const OSSL_PARAM* found = OSSL_PARAM_locate_const(parameters, OSSL_KDF_PARAM_DIGEST);
        const bool isShort = found && OSSL_PARAM_get_utf8_string_ptr(found, &digest) == 1 &&
                             std::string_view(digest) == "SHA256";
        return isShort ? OperationKind::Pbkdf2Sha256 : OperationKind::Pbkdf2Sha512;
    }

    static void Install(OSSL_DISPATCH* table)
    {
        Wrap(table, OSSL_FUNC_KDF_DERIVE, s_derive, &Derive);
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
    {OSSL_OP_KEYMGMT, "RSA", &CountedGeneration<OperationKind::Rsa2048KeyGeneration>::Install},
    {OSSL_OP_KDF, "PBKDF2", &CountedPbkdf2::Install},
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
