// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace auth
{

using Json = nlohmann::ordered_json;

/// A member of an object as a text; empty where there is no such text.
inline std::string
GetText(const Json& object, const char* name)
{
    auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

} // namespace auth
