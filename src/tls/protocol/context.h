// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"
#include "tls/protocol/settings.h"

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace tls
{

struct OpenSslFree;
template <typename Object>
using Owned = std::unique_ptr<Object, OpenSslFree>;

/**
 * Checked settings, with keys and certificates parsed: what all channels of a node share (an
 * SSL_CTX). Immutable; channels keep it alive.
 */
class Context
{
  public:
    /// Takes one line of a key log (NSS format, no line feed) that lets Wireshark decrypt a
    /// capture.
    using KeyLogSink = std::function<void(std::string_view line)>;

    /// The context, or one line that names the value which is wrong and what was expected.
    using Result = std::variant<std::shared_ptr<const Context>, std::string>;

    /**
     * \param settings what to check and parse
     * \param random draws the ticket keys; not kept
     * \param keyLog may be empty
     */
    static Result Create(const Settings& settings,
                         sansio::RandomSource& random,
                         KeyLogSink keyLog = {});

    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const Settings& GetSettings() const
    {
        return m_settings;
    }

    /// Unix time in microseconds of a simulated instant.
    int64_t GetUnixTime(sansio::TimePoint now) const;

    /// For the channels: OpenSSL's object.
    ssl_ctx_st* GetHandle() const
    {
        return m_handle;
    }

  private:
    Context(const Settings& settings, KeyLogSink keyLog);

    std::string Configure();
    std::string ConfigureSuites();
    std::string ConfigureGroups();
    std::string ConfigureCertificates();
    void ConfigureProfile();
    std::string UseCertificates(const std::vector<Owned<x509_st>>& chain, evp_pkey_st* key);

    static void LogKey(const ssl_st* ssl, const char* line);

    Settings m_settings;
    KeyLogSink m_keyLog;
    ssl_ctx_st* m_handle{nullptr};
};

} // namespace tls
