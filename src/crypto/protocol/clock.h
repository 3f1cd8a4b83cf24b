// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace crypto
{

/**
 * Lets libssl and libcrypto, and nothing else in the process, ask Scope for the time.
 *
 * OpenSSL reads gettimeofday() and time() directly: DTLS timers, ticket ages, dates of
 * certificates. A definition of these two functions in this library would come first only where the
 * program links it ahead of libc and no sanitizer defines them too. So their entries in the tables
 * through which the two libraries call other objects (ELF, RELA relocations) are pointed at
 * functions of ours, which answer the time of the open Scope, and the real one where none is open.
 *
 * \return false where OpenSSL was not found as shared libraries, or does not call these functions
 */
bool RedirectClock();

} // namespace crypto
