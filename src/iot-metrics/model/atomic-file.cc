// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/atomic-file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace ns3
{

AtomicFile::AtomicFile(std::string path)
    : m_path(std::move(path)),
      m_part(m_path + ".part"),
      m_stream(m_part, std::ios::binary | std::ios::trunc)
{
    if (std::filesystem::is_directory(m_path))
    {
        m_stream.close();
        std::remove(m_part.c_str());
        throw std::runtime_error(m_path + ": expected a file that can be written (it is a folder)");
    }
    if (!m_stream)
    {
        throw std::runtime_error(m_path + ": expected a file that can be written (" +
                                 std::strerror(errno) + ")");
    }
}

AtomicFile::~AtomicFile()
{
    if (m_stream.is_open())
    {
        m_stream.close();
        std::remove(m_part.c_str());
    }
}

std::ostream&
AtomicFile::GetStream()
{
    return m_stream;
}

void
AtomicFile::Commit()
{
    m_stream.flush();
    if (!m_stream || std::rename(m_part.c_str(), m_path.c_str()) != 0)
    {
        throw std::runtime_error(m_path + ": could not be completed (" + std::strerror(errno) +
                                 ")");
    }
    m_stream.close();
}

} // namespace ns3
