// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/nstime.h"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ns3
{

/// What came of the credentials of a run: its sensors', unless said otherwise.
struct AuthResult
{
    std::string method;
    std::map<std::string, uint64_t> refused; ///< by the broker, of all clients: what and why
    uint64_t tokens{0};                      ///< that were made
    uint64_t tokenBytes{0};                  ///< of all of them
    Time tokenTime;                          ///< to make all of them
    double tokenEnergy{0};                   ///< joule, of processor or secure element
    uint64_t renewals{0};                    ///< of tokens, before their end
    uint64_t expired{0};                     ///< connections that the broker closed at its end
    uint64_t completed{0};                   ///< of either; the next are sums over them
    Time awayTime;                           ///< from there on until the next token was accepted
    double awayEnergy{0}; ///< joule that the sensors spent meanwhile, on everything

    uint64_t exchanges{0};      ///< of AUTH packets, with success
    uint64_t exchangesAgain{0}; ///< of them on a connection that was there
    uint64_t exchangeBytes{0};  ///< of Authentication Data, both ways
    Time exchangeTime;          ///< that the processors worked for them
    double exchangeEnergy{0};   ///< joule of that work
};

/// Adds it to the record of the run, with stable keys and SI units.
void AddAuth(const AuthResult& result, nlohmann::ordered_json& record);

} // namespace ns3
