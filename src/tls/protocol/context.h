// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"
#include "tls/protocol/settings.h"

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

struct ssl_ctx_st;

namespace tls
{

/**
 * Checked settings, with keys and certificates parsed (an SSL_CTX, which contexts of equal settings
 * share): what all channels of a node have in common. Immutable; channels keep it alive.
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
        return m_handle.get();
    }

    /// For the channels: a line for the sink.
    void LogKey(std::string_view line) const
    {
        m_keyLog(line);
    }

  private:
    Context(const Settings& settings, KeyLogSink keyLog);

    Settings m_settings;
    KeyLogSink m_keyLog;
    std::shared_ptr<ssl_ctx_st> m_handle;
};

} // namespace tls
