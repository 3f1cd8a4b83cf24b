// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"
#include "tls/protocol/settings.h"

#include <functional>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace tls
{

using SharedHandle = std::shared_ptr<ssl_ctx_st>;

/**
 * The SSL_CTX of equal settings, 15 kB each, is made once however many nodes have them. What
 * belongs to one node (its keys of PSK, its key log) is found through the channel.
 *
 * Only settings of Profile::Lean share: with OpenSsl an SSL_CTX has ticket keys, which are secrets
 * of one server.
 *
 * \param make makes one, and draws from what it is given
 * \param random a handle that there was already draws as much as making it took, so that what is
 * drawn later does not depend on other nodes
 * \return what \p make returned where there was none: null is not kept
 */
SharedHandle ShareHandle(const Settings& settings,
                         bool logKeys,
                         sansio::RandomSource& random,
                         const std::function<SharedHandle(sansio::RandomSource&)>& make);

} // namespace tls
