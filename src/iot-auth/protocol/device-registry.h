// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/signature-key.h"

#include <map>
#include <string>
#include <vector>

namespace auth
{

/// What a device manager keeps of a device. Its private key is not among it.
struct Device
{
    std::string name;                       ///< also its MQTT client identifier
    crypto::SignatureAlgorithm algorithm{}; ///< of its tokens, and no other
    std::vector<std::string> keys;          ///< public ones in PEM; any of them will do
    bool blocked{false};                    ///< known, and kept out
};

/// Bounds of a DeviceRegistry.
struct RegistryLimits
{
    size_t devices{10000};
    size_t keys{3};       ///< of a device: the present one, the next one, one for the workshop
    size_t nameSize{256}; ///< bytes
    size_t keySize{4096}; ///< bytes of PEM
};

/// What became of a request to create a device.
enum class Creation : uint8_t
{
    Created,
    Exists,  ///< there is a device of the name; it is left as it was
    BadName, ///< not 1 to 256 letters, digits and -_.+%~
    BadKey,  ///< not a public key in PEM for the algorithm
    Full,    ///< the registry holds as many devices as it may
};

/// "created", "exists", "bad name", "bad key", "registry full".
std::string_view ToString(Creation creation);

/**
 * The devices that may connect, by name.
 *
 * The text form is JSON:
 *
 *     {"devices": [{"name": "s01", "algorithm": "ES256", "blocked": false,
 *                   "keys": ["-----BEGIN PUBLIC KEY-----\n...-----END PUBLIC KEY-----\n"]}]}
 *
 * `algorithm` is ES256 or RS256; `blocked` may be missing. What else there is in an object is an
 * error, for it would not be acted on.
 */
class DeviceRegistry
{
  public:
    explicit DeviceRegistry(const RegistryLimits& limits = {});

    /**
     * Takes over the devices of a text, instead of those that are here.
     * \return empty, or one line that says what is wrong; then nothing has changed
     */
    std::string Read(std::string_view text);

    /// The text form, by name.
    std::string Write() const;

    /// Adds a device with one key.
    Creation Create(const std::string& name,
                    crypto::SignatureAlgorithm algorithm,
                    const std::string& publicKey);

    /// Adds a further key to a device, to change keys without a gap; false where it is unknown, the
    /// key is bad or it has as many as it may.
    bool AddKey(const std::string& name, const std::string& publicKey);

    /// Blocks a device or lets it in again; false where it is unknown.
    bool SetBlocked(const std::string& name, bool blocked);

    /// Null for an unknown name.
    const Device* Find(const std::string& name) const;

    const std::map<std::string, Device>& GetDevices() const
    {
        return m_devices;
    }

    /// Letters, digits and -_.+%~, as the names of devices in Google's IoT Core were.
    bool IsName(std::string_view name) const;

  private:
    bool IsKey(const std::string& key, crypto::SignatureAlgorithm algorithm) const;

    RegistryLimits m_limits;
    std::map<std::string, Device> m_devices;
};

} // namespace auth
