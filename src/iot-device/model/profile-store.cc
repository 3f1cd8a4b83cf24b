// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/profile-store.h"

#include "iot-device/model/profile-reader.h"

#include "ns3/string.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(ProfileStore);

namespace fs = std::filesystem;

TypeId
ProfileStore::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::ProfileStore")
            .SetParent<Object>()
            .SetGroupName("IotDevice")
            .AddConstructor<ProfileStore>()
            .AddAttribute("SearchPath",
                          "Folders, separated by colons, in which device profiles are looked for "
                          "before those that come with the module",
                          StringValue(""),
                          MakeStringAccessor(&ProfileStore::m_searchPath),
                          MakeStringChecker());
    return tid;
}

std::vector<std::string>
ProfileStore::GetFolders() const
{
    std::vector<std::string> folders;
    std::istringstream path(m_searchPath);
    for (std::string folder; std::getline(path, folder, ':');)
    {
        if (!folder.empty())
        {
            folders.push_back(folder);
        }
    }
    folders.push_back(IOT_DEVICE_PROFILES);
    return folders;
}

std::vector<std::string>
ProfileStore::GetDevices() const
{
    std::set<std::string> names;
    for (const std::string& folder : GetFolders())
    {
        std::error_code ignored; // a folder that is not there has no devices
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
        {
            if (entry.path().extension() == ".toml")
            {
                names.insert(entry.path().stem().string());
            }
        }
    }
    return {names.begin(), names.end()};
}

DeviceProfile
ProfileStore::Load(const std::string& device) const
{
    const std::vector<std::string> folders = GetFolders();
    if (fs::path(device).extension() == ".toml")
    {
        return ReadDeviceProfile(device, folders);
    }
    for (const std::string& folder : folders)
    {
        fs::path file = fs::path(folder) / (device + ".toml");
        if (!device.empty() && fs::exists(file))
        {
            return ReadDeviceProfile(file.string(), folders);
        }
    }
    std::string known;
    for (const std::string& name : GetDevices())
    {
        known += (known.empty() ? "" : ", ") + name;
    }
    throw std::runtime_error("device is '" + device + "': expected one of " + known +
                             " or the path of a file that ends in .toml");
}

} // namespace ns3
