// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/atomic-file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace ns3
{

AtomicFile::AtomicFile(const std::string& path)
    : m_pending(path + ".part", path),
      m_stream(m_pending.GetPart(), std::ios::binary | std::ios::trunc)
{
    if (std::filesystem::is_directory(path))
    {
        throw std::runtime_error(path + ": expected a file that can be written (it is a folder)");
    }
    const auto status = std::filesystem::symlink_status(path);
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
