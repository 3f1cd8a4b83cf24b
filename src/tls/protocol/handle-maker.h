// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "tls/protocol/pem.h"
#include "tls/protocol/settings.h"

#include <memory>

namespace tls
{

/// Makes the SSL_CTX of settings whose single values have been checked. In an open scope.
class HandleMaker
{
  public:
    /// \param logKeys tell channels their keys
    HandleMaker(const Settings& settings, bool logKeys);

    /// What was made; null after an error.
    std::shared_ptr<ssl_ctx_st> Take()
    {
        return m_error.empty() ? m_handle : nullptr;
    }

    /// One line that names the value which is wrong; empty: none is.
    const std::string& GetError() const
    {
        return m_error;
    }

  private:
    std::string Configure();
    std::string ConfigureSuites();
    std::string ConfigureGroups();
    std::string ConfigureCertificates();
    void ConfigureProfile();
    std::string UseCertificates(const std::vector<Owned<x509_st>>& chain, evp_pkey_st* key);

    const Settings& m_settings;
    bool m_logKeys;
    std::shared_ptr<ssl_ctx_st> m_handle;
    std::string m_error;
};

} // namespace tls
