// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/atomic-file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace ns3
{

namespace
{

/// An empty file that nobody but its owner may read. \return its name, or none where there is none
std::string
MakeSecret(const std::string& part)
{
    const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool isMade = file >= 0 && fchmod(file, 0600) == 0;
    const int error = errno;
    if (file >= 0)
    {
        close(file);
    }
    errno = error;
    return isMade ? part : "";
}

} // namespace

AtomicFile::AtomicFile(const std::string& path, bool secret)
    : m_pending(path + ".part", path),
      m_stream(secret ? MakeSecret(m_pending.GetPart()) : m_pending.GetPart(),
               std::ios::binary | std::ios::trunc)
{
    std::error_code error; // of a name that is too long, as is that of the part
    if (std::filesystem::is_directory(path, error))
    {
        throw std::runtime_error(path + ": expected a file that can be written (it is a folder)");
    }
    const auto status = std::filesystem::symlink_status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    {
        // The name would be taken from a device, pipe or link and given to the complete file.
        throw std::runtime_error(path + ": expected a regular file, or none yet");
    }
    if (!m_stream)
    {
        throw std::runtime_error(path + ": expected a file that can be written (" +
                                 std::strerror(errno) + ")");
    }
}

AtomicFile::~AtomicFile() = default;

std::ostream&
AtomicFile::GetStream()
{
    return m_stream;
}

void
AtomicFile::Commit()
{
    m_stream.close();
    m_pending.Commit(!m_stream.fail());
}

} // namespace ns3
