// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ossl_lib_ctx_st;

namespace crypto
{

/**
 * The library context in which all cryptography of the simulation runs: OpenSSL's default
 * algorithms behind a provider that counts what is done (see Scope), fed by a random generator that
 * draws from the open Scope. Made at the first call, kept until the process ends.
 *
 * Throws std::runtime_error where OpenSSL cannot be set up, or where gettimeofday() and time() of
 * this library are not what OpenSSL calls: a fault of the installation, not of a peer.
 */
ossl_lib_ctx_st* GetLibraryContext();

} // namespace crypto
