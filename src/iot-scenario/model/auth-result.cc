// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/auth-result.h"

#include <nlohmann/json.hpp>

namespace ns3
{

void
AddAuth(const AuthResult& result, nlohmann::ordered_json& record)
{
    using Json = nlohmann::ordered_json;
    auto mean = [](double sum, uint64_t count) { return count ? Json(sum / count) : Json(); };
    Json& json = record["auth"];
    json["method"] = result.method;
    json["refused"] = Json::object();
    for (const auto& [what, count] : result.refused)
    {
        json["refused"][what] = count;
    }
    if (result.method == "scram")
    {
        Json& exchanges = json["exchanges"];
        exchanges["completed"] = result.exchanges;
        exchanges["again"] = result.exchangesAgain;
        exchanges["bytes_mean"] = mean(static_cast<double>(result.exchangeBytes), result.exchanges);
        exchanges["duration_s_mean"] = mean(result.exchangeTime.GetSeconds(), result.exchanges);
        exchanges["energy_j_mean"] = mean(result.exchangeEnergy, result.exchanges);
    }
    if (result.method != "jwt")
    {
        return;
    }
    Json& tokens = json["tokens"];
    tokens["made"] = result.tokens;
    tokens["bytes_mean"] = mean(static_cast<double>(result.tokenBytes), result.tokens);
    tokens["duration_s_mean"] = mean(result.tokenTime.GetSeconds(), result.tokens);
    tokens["energy_j_mean"] = mean(result.tokenEnergy, result.tokens);
    Json& renewal = json["renewal"];
    renewal["early"] = result.renewals;
    renewal["expired"] = result.expired;
    renewal["completed"] = result.completed;
    renewal["duration_s_mean"] = mean(result.awayTime.GetSeconds(), result.completed);
    renewal["energy_j_mean"] = mean(result.awayEnergy, result.completed);
}

} // namespace ns3
