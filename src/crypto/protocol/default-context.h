// SPDX-License-Identifier: GPL-2.0-only
#pragma once

struct ossl_lib_ctx_st;

namespace crypto
{

/**
 * While it lives, the library context of the simulation is OpenSSL's default on this thread: for
 * libraries that use OpenSSL and cannot be given a context. In an open Scope.
 */
class DefaultContext
{
  public:
    DefaultContext();
    ~DefaultContext();

    DefaultContext(const DefaultContext&) = delete;
    DefaultContext& operator=(const DefaultContext&) = delete;

  private:
    ossl_lib_ctx_st* m_before;
};

} // namespace crypto
