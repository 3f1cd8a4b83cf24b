// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ossl_lib_ctx_st;

namespace crypto
{

/// Makes the open Scope the only source of random numbers of a library context; false: OpenSSL
/// refused.
bool InstallRandomProvider(ossl_lib_ctx_st* context);

} // namespace crypto
