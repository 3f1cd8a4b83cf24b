// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/parameter-table.h"

#include "ns3/nstime.h"

#include <string>

namespace ns3
{

struct ScenarioParameters;

/// The parameters of a run that tell who may connect to the broker; the help of each is in AddTo().
struct AuthParameters
{
    std::string method{"anonymous"};
    std::string passwordFile; ///< empty: one is made, as are registry and keys
    uint32_t iterations{ITERATIONS};
    uint32_t scramIterations{4096}; ///< of PBKDF2, the least that RFC 7677 allows
    Time scramRenewal{Seconds(0)};  ///< between proofs on a connection; 0: one at its begin
    std::string registry;
    std::string deviceKeys; ///< folder of the private keys of the registry's devices
    std::string tokenAlgorithm{"ES256"};
    Time tokenLifetime{Hours(1)};
    Time tokenRenewal{Minutes(1)}; ///< before the end of a token; 0: the broker ends the connection
    std::string tokenIn{"password"};
    Time clockDrift{Minutes(10)};
    std::string keyStore{"memory"};
    std::string accessList;

    static constexpr uint32_t ITERATIONS = 101; ///< of PBKDF2, as mosquitto_passwd

    /// Makes every parameter one of the command line.
    void AddTo(ParameterTable& table);

    /// What no single parameter can check; throws ParameterError.
    void Check(const ScenarioParameters& scenario) const;

    /// Refuses a --clockDrift that tokens cannot have. \throw ParameterError
    void CheckDrift() const;

    /// Whether the broker judges its clients at all.
    bool IsOn() const;

  private:
    void TellWhereTheyCount(ParameterTable& table);
    static void Reserve(ParameterTable& table);
    void CheckUsers(const ScenarioParameters& scenario) const;
    void CheckVersion(const ScenarioParameters& scenario) const;
    void CheckTls(const ScenarioParameters& scenario) const;
    void CheckTokens() const;
};

} // namespace ns3
