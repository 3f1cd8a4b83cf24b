// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/atomic-file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace ns3
{

AtomicFile::AtomicFile(std::string path)
    : m_path(std::move(path)),
      m_pending(m_path + ".part", m_path),
      m_stream(m_pending.GetPart(), std::ios::binary | std::ios::trunc)
{
    if (std::filesystem::is_directory(m_path))
    {
        throw std::runtime_error(m_path + ": expected a file that can be written (it is a folder)");
    }
    if (std::filesystem::exists(m_path) && !std::filesystem::is_regular_file(m_path))
    {
        // The name would be taken from a device or pipe and given to the complete file.
        throw std::runtime_error(m_path + ": expected a regular file, or none yet");
    }
    if (!m_stream)
    {
        throw std::runtime_error(m_path + ": expected a file that can be written (" +
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
    m_stream.flush();
    if (!m_stream || !m_pending.Commit())
    {
        throw std::runtime_error(m_path + ": could not be completed (" + std::strerror(errno) +
                                 ")");
    }
    m_stream.close();
}

} // namespace ns3
