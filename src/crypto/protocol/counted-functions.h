// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string_view>

struct ossl_dispatch_st;

namespace crypto
{

/**
 * Replaces the functions that do work worth counting in a dispatch table of the default provider.
 *
 * \param operation OSSL_OP_CIPHER and so on
 * \param algorithm the first name of the algorithm ("AES-128-CCM")
 * \param functions a writable copy of its table
 */
void WrapCountedFunctions(int operation, std::string_view algorithm, ossl_dispatch_st* functions);

} // namespace crypto
