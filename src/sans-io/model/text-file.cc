// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/text-file.h"

#include "sans-io/model/atomic-file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace ns3
{

namespace
{

constexpr size_t LARGEST = 16 << 20;

} // namespace

std::string
ReadTextFile(const std::string& path)
{
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes(1 << 16);
    std::string text;
    while (file && text.size() <= LARGEST)
    {
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        text.append(bytes.data(), static_cast<size_t>(file.gcount()));
    }
    if (!file.eof() && text.size() <= LARGEST)
    {
        throw std::runtime_error(path + ": expected a file that can be read (" +
                                 std::strerror(errno) + ")");
    }
    if (text.size() > LARGEST)
    {
        throw std::runtime_error(path + ": expected at most 16 MiB");
    }
    return text;
}

void
WriteTextFile(const std::string& path, const std::string& text, bool secret)
{
    AtomicFile file(path, secret);
    file.GetStream() << text;
    file.Commit();
}

} // namespace ns3
