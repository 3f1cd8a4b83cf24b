// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ssl_ctx_st;

namespace tls
{

/// Has OpenSSL tell a channel of the alerts, of the records it writes and, if \p logKeys, of its
/// keys.
void InstallChannelCallbacks(ssl_ctx_st* handle, bool logKeys);

} // namespace tls
