// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/model/text-file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace ns3
{

namespace
{

constexpr size_t LARGEST = 16 << 20;

[[noreturn]] void
Fail(const std::string& path, const std::string& expected)
{
    throw std::runtime_error(path + ": " + expected + " (" + std::strerror(errno) + ")");
}

bool
WriteAll(int file, const std::string& text)
{
    size_t written = 0;
    while (written < text.size())
    {
        const ssize_t count = write(file, text.data() + written, text.size() - written);
        if (count < 0 && errno != EINTR)
        {
            return false;
        }
        written += count < 0 ? 0 : static_cast<size_t>(count);
    }
    return true;
}

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
        Fail(path, "expected a file that can be read");
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
    const std::string part = path + ".part";
    const int file =
        open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, secret ? 0600 : 0666);
    if (file < 0)
    {
        Fail(path, "expected a file that can be written");
    }
    bool isWritten = (!secret || fchmod(file, 0600) == 0) && WriteAll(file, text);
    isWritten = close(file) == 0 && isWritten;
    if (!isWritten || std::rename(part.c_str(), path.c_str()) != 0)
    {
        const int error = errno;
        unlink(part.c_str());
        errno = error;
        Fail(path, "expected a file that can be written");
    }
}

} // namespace ns3
