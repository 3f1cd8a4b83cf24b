// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/pending-file.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
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
        if (struct sigaction before;
            sigaction(SIGXFSZ, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
        {
            std::signal(SIGXFSZ, SIG_IGN);
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

void
PendingFile::Commit(bool complete)
{
    std::string reason;
    if (!complete)
    {
        reason = FindReason();
    }
    else if (std::rename(m_part.c_str(), m_path.c_str()) != 0)
    {
        reason = std::strerror(errno);
    }
    if (!reason.empty())
    {
        std::remove(m_part.c_str());
        throw std::runtime_error(m_path + ": could not be completed (" + reason + ")");
    }
}

std::string
PendingFile::FindReason() const
{
    // Whoever writes through a stream learns that it failed and not why, so ask once more; twice,
    // for the first write may fill up the last block.
    const int file = open(m_part.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    const std::array<char, 4096> block{};
    const bool writable = file >= 0 && write(file, block.data(), block.size()) > 0 &&
                          write(file, block.data(), block.size()) > 0;
    std::string reason = writable ? "a write failed" : std::strerror(errno);
    if (file >= 0)
    {
        close(file);
    }
    return reason;
}

} // namespace ns3
