// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/protocol/provisioning.h"

#include "iot-auth/protocol/json-member.h"

namespace auth
{

namespace
{

std::string
WriteLine(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string
WriteMessage(const CreateRequest& request)
{
    Json json;
    json["create"]["name"] = request.name;
    json["create"]["algorithm"] = ToString(request.algorithm);
    json["create"]["key"] = request.key;
    if (!request.apiKey.empty())
    {
        json["api_key"] = request.apiKey;
    }
    return WriteLine(json);
}

std::string
WriteMessage(const CreateAnswer& answer)
{
    Json json;
    json["result"] = answer.result;
    json["name"] = answer.name;
    return WriteLine(json);
}

std::optional<CreateAnswer>
ReadAnswer(std::string_view line)
{
    const Json json = Json::parse(line, nullptr, false);
    CreateAnswer answer{GetText(json, "result"), GetText(json, "name")};
    return answer.result.empty() ? std::nullopt : std::optional<CreateAnswer>(answer);
}

CreateAnswer
HandleRequest(std::string_view line, DeviceRegistry& registry, const std::string& apiKey)
{
    const Json json = Json::parse(line, nullptr, false);
    const Json create = json.is_object() ? json.value("create", Json()) : Json();
    const std::string name = GetText(create, "name");
    const std::string key = GetText(create, "key");
    const auto algorithm = crypto::ReadSignatureAlgorithm(GetText(create, "algorithm"));
    if (!algorithm || key.empty())
    {
        return {"bad request", name};
    }
    if (GetText(json, "api_key") != apiKey)
    {
        return {"not authorized", name};
    }
    return {std::string(ToString(registry.Create(name, *algorithm, key))), name};
}

bool
LineReader::Add(sansio::ByteView bytes)
{
    m_text += bytes.ToString();
    size_t end = m_text.find('\n');
    return (end == std::string::npos ? m_text.size() : end) <= m_maximum;
}

std::optional<std::string>
LineReader::Next()
{
    size_t end = m_text.find('\n');
    if (end == std::string::npos)
    {
        return std::nullopt;
    }
    std::string line = m_text.substr(0, end);
    m_text.erase(0, end + 1);
    return line;
}

} // namespace auth
