// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ossl_lib_ctx_st;

namespace crypto
{

/**
 * Gives \p context the algorithms of OpenSSL's default provider, which lives in \p inner, wrapped
 * so that the work is added to the account of the open Scope; random generators are left out. What
 * an algorithm does by itself inside the default provider (the hashes of a key derivation) is not
 * seen: it belongs to the operation that was counted.
 *
 * To be called once: the functions of a provider carry no pointer of ours, so what they wrap is
 * static. \return false where OpenSSL refused
 */
bool InstallCountingProvider(ossl_lib_ctx_st* context, ossl_lib_ctx_st* inner);

} // namespace crypto
