// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ssl_ctx_st;

namespace tls
{

/**
 * Has OpenSSL look up pre-shared keys in the settings of the channel that asks: in TLS 1.2 by
 * identity (RFC 4279), in TLS 1.3 as a session that both ends are told from outside (RFC 8446
 * section 4.2.11), always with an (EC)DHE share, for OpenSSL 3.0 offers no psk_ke alone.
 */
void InstallPskCallbacks(ssl_ctx_st* handle, bool tls13);

} // namespace tls
