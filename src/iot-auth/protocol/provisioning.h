// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/device-registry.h"
#include "sans-io/protocol/bytes.h"

#include <optional>
#include <string>

/**
 * \file
 * How a provisioner asks a device manager to create a device: over a stream, one JSON object a
 * line.
 *
 *     {"create": {"name": "s01", "algorithm": "ES256", "key": "-----BEGIN PUBLIC KEY-----\n..."},
 *      "api_key": "..."}
 *     {"result": "created", "name": "s01"}
 *
 * This form is of this project. The result is one of ToString(Creation), "not authorized" or
 * "bad request".
 */
namespace auth
{

struct CreateRequest
{
    std::string name;
    crypto::SignatureAlgorithm algorithm{};
    std::string key;    ///< public, in PEM
    std::string apiKey; ///< who may ask; empty: none
};

struct CreateAnswer
{
    std::string result;
    std::string name;

    bool IsCreated() const
    {
        return result == ToString(Creation::Created);
    }
};

/// With the end of the line, as are all messages.
std::string WriteMessage(const CreateRequest& request);
std::string WriteMessage(const CreateAnswer& answer);

/// Nothing for a line that is no answer.
std::optional<CreateAnswer> ReadAnswer(std::string_view line);

/**
 * What a device manager does with a line.
 *
 * \param apiKey that a request has to name; empty: anybody may ask
 */
CreateAnswer HandleRequest(std::string_view line,
                           DeviceRegistry& registry,
                           const std::string& apiKey);

/// Makes lines of a stream.
class LineReader
{
  public:
    /// \param maximum bytes of a line
    explicit LineReader(size_t maximum)
        : m_maximum(maximum)
    {
    }

    /// \return false when a line is longer than it may be: what follows is of no use
    bool Add(sansio::ByteView bytes);

    /// The next line without its end; nothing while it is not complete.
    std::optional<std::string> Next();

  private:
    size_t m_maximum;
    std::string m_text;
};

} // namespace auth
