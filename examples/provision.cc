// SPDX-License-Identifier: GPL-2.0-only
// Makes keys of devices and keeps the registry, as provisioner and device manager do in a
// simulation. `scripts/provision` builds and runs it; --help is there.

#include "crypto/protocol/scope.h"
#include "iot-auth/protocol/device-registry.h"
#include "sans-io/model/text-file.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <sys/file.h>
#include <unistd.h>

namespace
{

using Options = std::map<std::string, std::string>;

/// Of the operating system, or of a seed so that keys can be made again.
class KeySource : public sansio::RandomSource
{
  public:
    explicit KeySource(std::optional<uint64_t> seed)
        : m_seeded(seed.has_value()),
          m_engine(seed.value_or(0))
    {
    }

    uint64_t GetInteger() override
    {
        return m_seeded ? m_engine() : static_cast<uint64_t>(m_device()) << 32 | m_device();
    }

  private:
    bool m_seeded;
    std::mt19937_64 m_engine;
    std::random_device m_device;
};

[[noreturn]] void
Fail(const std::string& what, const std::string& expected)
{
    throw std::runtime_error(what + ": expected " + expected);
}

/// The folder of a registry, for one process at a time: whoever reads, changes and writes the file
/// does so alone. The file itself cannot be locked, for each writing gives its name to another.
class FolderLock
{
  public:
    explicit FolderLock(const std::string& file)
        : m_folder(Open(file))
    {
        if (m_folder < 0 || flock(m_folder, LOCK_EX) != 0)
        {
            Fail(file, std::string("a folder that can be locked (") + std::strerror(errno) + ")");
        }
    }

    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

    ~FolderLock()
    {
        close(m_folder);
    }

  private:
    static int Open(const std::string& file)
    {
        const std::string folder = std::filesystem::path(file).parent_path().string();
        return open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }

    const int m_folder;
};

Options
ReadOptions(int argc, char* argv[], const std::map<std::string, std::string>& defaults)
{
    Options options = defaults;
    for (int i = 3; i < argc; i++)
    {
        const std::string argument = argv[i];
        const size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        if (options.count(name) == 0 || equals == std::string::npos ||
            equals + 1 == argument.size())
        {
            std::string known;
            for (const auto& [option, value] : defaults)
            {
                known += (known.empty() ? "" : ", ") + option + "=";
            }
            Fail(argument, "one of " + known + " with a value");
        }
        options[name] = argument.substr(equals + 1);
    }
    return options;
}

std::optional<uint64_t>
ReadSeed(const std::string& text)
{
    uint64_t seed = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seed);
    if (!text.empty() && (error != std::errc() || stop != end))
    {
        Fail("--seed=" + text, "a whole number");
    }
    return text.empty() ? std::nullopt : std::optional<uint64_t>(seed);
}

void
Load(auth::DeviceRegistry& registry, const std::string& file, bool mayBeMissing)
{
    if (mayBeMissing && !std::filesystem::exists(file))
    {
        return;
    }
    const std::string error = registry.Read(ns3::ReadTextFile(file));
    if (!error.empty())
    {
        throw std::runtime_error(file + ": " + error);
    }
}

void
CreateDevice(auth::DeviceRegistry& registry, const std::string& name, const Options& options)
{
    const auto algorithm = crypto::ReadSignatureAlgorithm(options.at("--algorithm"));
    if (!algorithm)
    {
        Fail("--algorithm=" + options.at("--algorithm"), "ES256 or RS256");
    }
    const std::string folder = options.at("--keys");
    if (!std::filesystem::is_directory(folder))
    {
        Fail("--keys=" + folder, "a folder");
    }
    const std::string file = folder + "/" + name + ".pem";
    const crypto::KeyPair key = crypto::MakeKeyPair(*algorithm);
    const auth::Creation result = registry.Create(name, *algorithm, key.publicKey);
    if (result != auth::Creation::Created)
    {
        throw std::runtime_error("device '" + name + "': " + std::string(ToString(result)));
    }
    if (std::filesystem::exists(file))
    {
        Fail(file, "no file of this name, for the key of another registry could be lost");
    }
    ns3::WriteTextFile(file, key.privateKey, true);
    try
    {
        ns3::WriteTextFile(options.at("--registry"), registry.Write());
    }
    catch (const std::runtime_error&)
    {
        std::filesystem::remove(file);
        throw;
    }
    std::cout << name << ": created, private key in " << file << "\n";
}

void
BlockDevice(auth::DeviceRegistry& registry,
            const std::string& name,
            const Options& options,
            bool blocked)
{
    if (!registry.SetBlocked(name, blocked))
    {
        Fail("device '" + name + "'", "one that is in " + options.at("--registry"));
    }
    ns3::WriteTextFile(options.at("--registry"), registry.Write());
    std::cout << name << ": " << (blocked ? "blocked" : "no longer blocked") << "\n";
}

void
Run(int argc, char* argv[])
{
    const std::string command = argc > 1 ? argv[1] : "";
    const bool isCreation = command == "create";
    if (argc < 3 || (!isCreation && command != "block" && command != "unblock"))
    {
        Fail("'" + command + "'", "create, block or unblock, and the name of a device");
    }
    Options defaults{{"--registry", "registry.json"}};
    if (isCreation)
    {
        defaults.insert({{"--keys", "."}, {"--algorithm", "ES256"}, {"--seed", ""}});
    }
    const Options options = ReadOptions(argc, argv, defaults);
    KeySource random(ReadSeed(isCreation ? options.at("--seed") : ""));
    crypto::Scope scope(0, random, nullptr);
    const FolderLock lock(options.at("--registry"));
    auth::DeviceRegistry registry;
    Load(registry, options.at("--registry"), isCreation);
    if (isCreation)
    {
        CreateDevice(registry, argv[2], options);
    }
    else
    {
        BlockDevice(registry, argv[2], options, command == "block");
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Run(argc, argv);
    }
    catch (const std::exception& error)
    {
        std::cerr << "provision: " << error.what() << std::endl;
        return 1;
    }
    return 0;
}
