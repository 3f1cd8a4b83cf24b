// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/parameter-table.h"

#include "ns3/nstime.h"

#include <string>
#include <vector>

namespace ns3
{

struct ScenarioParameters;

/**
 * The parameters of a run that tell what goes wrong in it: an attack, a fault, and what the host
 * does against them. The help text of each is in AddTo(); units are SI.
 */
struct AttackParameters
{
    std::string attack{"none"};
    double rate{100};
    Time start{Seconds(0)};    ///< after the begin of the window
    Time duration{Seconds(0)}; ///< 0: to the end of the window
    std::string replayWay{"same-flow"};
    Time replayDelay{Seconds(1)};
    std::string defence{DEFAULT_DEFENCE};
    bool defenceGiven{false}; ///< named on the command line, if only to say what is the default
    std::string fault{"none"};
    Time timelineStep{Seconds(5)};

    /// Cookies are what DTLS does unless it is told otherwise.
    static constexpr const char* DEFAULT_DEFENCE = "cookie";

    /// Makes every parameter one of the command line.
    void AddTo(ParameterTable& table);

    /// What no single parameter can check; throws ParameterError.
    void Check(const ScenarioParameters& scenario) const;

    /// Nothing goes wrong, and nobody named a defence: the record tells of none of it.
    bool IsCalm() const;

    bool HasAttack() const;
    bool HasFault() const;
    std::vector<std::string> GetDefences() const;
    bool HasDefence(const std::string& name) const;

    /// "radio", "on-path" or "internet".
    std::string GetVantage() const;

    /// How long attack or fault last in a window of this length.
    Time GetDuration(Time window) const;

  private:
    static void Reserve(ParameterTable& table);
    static void TellWhereTheyCount(ParameterTable& table);
    void CheckStack(const ScenarioParameters& scenario) const;
    void CheckReplay(const ScenarioParameters& scenario) const;
    void CheckDefences(const std::string& stack) const;
    void CheckTimes(const ScenarioParameters& scenario) const;
};

} // namespace ns3
