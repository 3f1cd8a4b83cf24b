// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/context.h"

#include "crypto/protocol/scope.h"
#include "tls/protocol/handle-maker.h"
#include "tls/protocol/settings-check.h"
#include "tls/protocol/shared-handles.h"

#include <openssl/err.h>

namespace tls
{

namespace
{
constexpr int64_t MICROSECONDS = 1000000;
} // namespace

Context::Result
Context::Create(const Settings& settings, sansio::RandomSource& random, KeyLogSink keyLog)
{
    std::string error = CheckSettings(settings);
    if (!error.empty())
    {
        return error;
    }
    const bool logKeys = static_cast<bool>(keyLog);
    std::shared_ptr<Context> context(new Context(settings, std::move(keyLog)));
    const auto make = [&](sansio::RandomSource& source) {
        crypto::Scope scope(settings.startDate * MICROSECONDS, source, nullptr);
        HandleMaker maker(settings, logKeys);
        ERR_clear_error();
        error = maker.GetError();
        return maker.Take();
    };
    context->m_handle = ShareHandle(settings, logKeys, random, make);
    if (!context->m_handle)
    {
        return error;
    }
    return std::shared_ptr<const Context>(std::move(context));
}

Context::Context(const Settings& settings, KeyLogSink keyLog)
    : m_settings(settings),
      m_keyLog(std::move(keyLog))
{
}

int64_t
Context::GetUnixTime(sansio::TimePoint now) const
{
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    return m_settings.startDate * MICROSECONDS + elapsed.count();
}

} // namespace tls
