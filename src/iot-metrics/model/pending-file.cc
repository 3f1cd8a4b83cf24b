// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/pending-file.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace ns3
{

namespace
{

/// Where a signal handler finds the parts; more than these are not removed by a signal.
std::array<std::atomic<const char*>, 32> g_parts;

extern "C" void
RemovePartsAndEnd(int signal)
{
    for (auto& part : g_parts)
    {
        if (const char* path = part.load())
        {
            unlink(path);
        }
    }
    raise(signal); // SA_RESETHAND: by now with its default action
}

void
InstallHandler()
{
    static const bool once = [] {
        for (int signal : {SIGINT, SIGTERM, SIGHUP})
        {
            struct sigaction before
            {
            };
            sigaction(signal, nullptr, &before);
            if (before.sa_handler == SIG_DFL) // an ignored one stays ignored
            {
                struct sigaction action
                {
                };
                action.sa_handler = &RemovePartsAndEnd;
                action.sa_flags = static_cast<int>(SA_RESETHAND);
                sigaction(signal, &action, nullptr);
            }
        }
        return true;
    }();
    static_cast<void>(once);
}

} // namespace

PendingFile::PendingFile(std::string part, std::string path)
    : m_part(std::move(part)),
      m_path(std::move(path))
{
    InstallHandler();
    for (auto& slot : g_parts)
    {
        const char* empty = nullptr;
        if (slot.compare_exchange_strong(empty, m_part.c_str()))
        {
            break;
        }
    }
}

PendingFile::~PendingFile()
{
    for (auto& slot : g_parts)
    {
        const char* mine = m_part.c_str();
        slot.compare_exchange_strong(mine, nullptr);
    }
    std::remove(m_part.c_str()); // there is none after Commit()
}

const std::string&
PendingFile::GetPart() const
{
    return m_part;
}

bool
PendingFile::Commit()
{
    return std::rename(m_part.c_str(), m_path.c_str()) == 0;
}

} // namespace ns3
