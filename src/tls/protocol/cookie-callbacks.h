// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ssl_ctx_st;

namespace tls
{

/// Has OpenSSL ask the DatagramListener for cookies (RFC 6347 section 4.2.1).
void InstallCookieCallbacks(ssl_ctx_st* handle);

} // namespace tls
