// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ssl_ctx_st;

namespace tls
{

/// Has OpenSSL tell a channel of the alerts and of the records it writes.
void InstallChannelCallbacks(ssl_ctx_st* handle);

} // namespace tls
