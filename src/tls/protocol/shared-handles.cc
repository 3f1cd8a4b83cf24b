// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/shared-handles.h"

#include <map>

namespace tls
{

namespace
{

/// Counts what is drawn from another source.
class CountingSource : public sansio::RandomSource
{
  public:
    explicit CountingSource(sansio::RandomSource& source)
        : m_source(source)
    {
    }

    uint64_t GetInteger() override
    {
        m_count++;
        return m_source.GetInteger();
    }

    size_t GetCount() const
    {
        return m_count;
    }

  private:
    sansio::RandomSource& m_source;
    size_t m_count{0};
};

struct Entry
{
    std::weak_ptr<ssl_ctx_st> handle;
    size_t drawn{0}; ///< integers that making it took
};

void
Write(std::string& key, const std::string& text)
{
    key += std::to_string(text.size()) + ':' + text;
}

void
Write(std::string& key, const std::vector<std::string>& list)
{
    key += std::to_string(list.size()) + ';';
    for (const std::string& text : list)
    {
        Write(key, text);
    }
}

/// All that an SSL_CTX is made from.
std::string
WriteKey(const Settings& settings, bool logKeys)
{
    std::string key = std::to_string(static_cast<int>(settings.version));
    key += logKeys ? 'l' : '-';
    key += settings.preSharedKeys.empty() ? '-' : 'p';
    Write(key, std::to_string(settings.limits.maxCertificateChain));
    Write(key, settings.cipherSuites);
    Write(key, settings.groups);
    Write(key, settings.certificateChain);
    Write(key, settings.privateKey);
    Write(key, settings.trustAnchors);
    return key;
}

} // namespace

SharedHandle
ShareHandle(const Settings& settings,
            bool logKeys,
            sansio::RandomSource& random,
            const std::function<SharedHandle(sansio::RandomSource&)>& make)
{
    if (settings.profile != Profile::Lean)
    {
        return make(random);
    }
    static std::map<std::string, Entry> entries;
    for (auto it = entries.begin(); it != entries.end();)
    {
        it = it->second.handle.expired() ? entries.erase(it) : std::next(it);
    }
    const std::string key = WriteKey(settings, logKeys);
    auto found = entries.find(key);
    if (found != entries.end())
    {
        for (size_t i = 0; i < found->second.drawn; i++)
        {
            random.GetInteger();
        }
        return found->second.handle.lock();
    }
    CountingSource counting(random);
    SharedHandle made = make(counting);
    if (made)
    {
        entries[key] = {made, counting.GetCount()};
    }
    return made;
}

} // namespace tls
