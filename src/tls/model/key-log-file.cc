// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/key-log-file.h"

#include <map>
#include <stdexcept>

namespace ns3
{

std::shared_ptr<KeyLogFile>
KeyLogFile::Open(const std::string& name)
{
    static std::map<std::string, std::weak_ptr<KeyLogFile>> open;
    auto log = open[name].lock();
    if (!log)
    {
        log = std::make_shared<KeyLogFile>(name);
        open[name] = log;
    }
    return log;
}

KeyLogFile::KeyLogFile(const std::string& name)
    : m_stream(name, std::ios::trunc)
{
    if (!m_stream)
    {
        throw std::runtime_error("KeyLogFile '" + name + "': expected a file that can be written");
    }
}

void
KeyLogFile::Write(const std::string& line)
{
    m_stream << line << '\n' << std::flush;
}

bool
KeyLogFile::IsComplete() const
{
    return m_stream.good();
}

} // namespace ns3
