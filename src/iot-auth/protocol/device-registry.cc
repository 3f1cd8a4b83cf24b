// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/device-registry.h"

#include "iot-auth/protocol/json-member.h"

#include <algorithm>

namespace auth
{

namespace
{

bool
HasOnly(const Json& object, std::initializer_list<std::string_view> names)
{
    for (const auto& member : object.items())
    {
        if (std::find(names.begin(), names.end(), member.key()) == names.end())
        {
            return false;
        }
    }
    return true;
}

/// The members of a device but its keys; false where they are not as they should be.
bool
ReadMembers(const Json& object, Device& device)
{
    if (!object.is_object() || !HasOnly(object, {"name", "algorithm", "keys", "blocked"}))
    {
        return false;
    }
    auto algorithm = crypto::ReadSignatureAlgorithm(GetText(object, "algorithm"));
    auto blocked = object.find("blocked");
    bool isBlockedGood = blocked == object.end() || blocked->is_boolean();
    if (!algorithm || !isBlockedGood)
    {
        return false;
    }
    device.name = GetText(object, "name");
    device.algorithm = *algorithm;
    device.blocked = blocked != object.end() && blocked->get<bool>();
    return true;
}

} // namespace

std::string_view
ToString(Creation creation)
{
    constexpr std::string_view names[] = {"created",
                                          "exists",
                                          "bad name",
                                          "bad key",
                                          "registry full"};
    return names[static_cast<size_t>(creation)];
}

DeviceRegistry::DeviceRegistry(const RegistryLimits& limits)
    : m_limits(limits)
{
}

bool
DeviceRegistry::IsName(std::string_view name) const
{
    constexpr std::string_view SIGNS = "-_.+%~";
    return !name.empty() && name.size() <= m_limits.nameSize &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      SIGNS.find(c) != std::string_view::npos;
           });
}

bool
DeviceRegistry::IsKey(const std::string& key, crypto::SignatureAlgorithm algorithm) const
{
    return key.size() <= m_limits.keySize && crypto::IsPublicKey(key, algorithm);
}

std::string
DeviceRegistry::Read(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !HasOnly(json, {"devices"}) || !json.contains("devices") ||
        !json["devices"].is_array())
    {
        return "expected JSON as {\"devices\": [...]}";
    }
    if (json["devices"].size() > m_limits.devices)
    {
        return "expected at most " + std::to_string(m_limits.devices) + " devices";
    }
    std::map<std::string, Device> devices;
    for (const Json& object : json["devices"])
    {
        Device device;
        const std::string place = "device " + std::to_string(devices.size() + 1) + ": ";
        if (!ReadMembers(object, device) || !IsName(device.name))
        {
            return place +
                   "expected \"name\" of letters, digits and -_.+%~, \"algorithm\" ES256 or "
                   "RS256, \"keys\", \"blocked\" true or false, and nothing else";
        }
        const Json keys = object.value("keys", Json::array());
        bool areGood = keys.is_array() && !keys.empty() && keys.size() <= m_limits.keys;
        for (size_t i = 0; areGood && i < keys.size(); i++)
        {
            areGood = keys[i].is_string() && IsKey(keys[i].get<std::string>(), device.algorithm);
            device.keys.push_back(areGood ? keys[i].get<std::string>() : "");
        }
        if (!areGood)
        {
            return place + "'" + device.name + "': expected 1 to " + std::to_string(m_limits.keys) +
                   " public keys in PEM for " + std::string(ToString(device.algorithm));
        }
        std::string name = device.name;
        if (!devices.emplace(name, std::move(device)).second)
        {
            return place + "'" + name + "' is here twice";
        }
    }
    m_devices = std::move(devices);
    return "";
}

std::string
DeviceRegistry::Write() const
{
    Json json;
    json["devices"] = Json::array();
    for (const auto& [name, device] : m_devices)
    {
        Json object;
        object["name"] = name;
        object["algorithm"] = ToString(device.algorithm);
        object["blocked"] = device.blocked;
        object["keys"] = device.keys;
        json["devices"].push_back(object);
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Creation
DeviceRegistry::Create(const std::string& name,
                       crypto::SignatureAlgorithm algorithm,
                       const std::string& publicKey)
{
    if (!IsName(name))
    {
        return Creation::BadName;
    }
    if (m_devices.find(name) != m_devices.end())
    {
        return Creation::Exists;
    }
    if (m_devices.size() >= m_limits.devices)
    {
        return Creation::Full;
    }
    if (!IsKey(publicKey, algorithm))
    {
        return Creation::BadKey;
    }
    m_devices.emplace(name, Device{name, algorithm, {publicKey}, false});
    return Creation::Created;
}

bool
DeviceRegistry::AddKey(const std::string& name, const std::string& publicKey)
{
    auto known = m_devices.find(name);
    if (known == m_devices.end() || known->second.keys.size() >= m_limits.keys ||
        !IsKey(publicKey, known->second.algorithm))
    {
        return false;
    }
    known->second.keys.push_back(publicKey);
    return true;
}

bool
DeviceRegistry::SetBlocked(const std::string& name, bool blocked)
{
    auto known = m_devices.find(name);
    if (known == m_devices.end())
    {
        return false;
    }
    known->second.blocked = blocked;
    return true;
}

const Device*
DeviceRegistry::Find(const std::string& name) const
{
    auto known = m_devices.find(name);
    return known == m_devices.end() ? nullptr : &known->second;
}

} // namespace auth
