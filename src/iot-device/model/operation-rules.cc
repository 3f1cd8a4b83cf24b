// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/operation-rules.h"

#include <stdexcept>
#include <vector>

namespace ns3
{

namespace
{

/// Rates and times below the operations, as benchmarks of libraries report them.
const std::vector<std::string> PRIMITIVES = {"aes-128-cbc",
                                             "aes-128-gcm-bulk",
                                             "chacha20-poly1305-bulk",
                                             "ghash-bulk",
                                             "p256-scalar-multiplication",
                                             "sha-256-bulk"};

std::vector<std::string>
GetNames()
{
    std::vector<std::string> names;
    for (size_t kind = 0; kind < OPERATION_KINDS; kind++)
    {
        names.emplace_back(ToString(static_cast<sansio::OperationKind>(kind)));
    }
    names.insert(names.end(), PRIMITIVES.begin(), PRIMITIVES.end());
    return names;
}

} // namespace

bool
OperationRules::IsKnown(const std::string& name)
{
    static const std::vector<std::string> vector = GetNames();
    static const std::set<std::string> names(vector.begin(), vector.end());
    return names.count(name) > 0;
}

std::string
OperationRules::GetKnownNames()
{
    std::string list;
    for (const std::string& name : GetNames())
    {
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

void
OperationRules::State(const std::string& name, const OperationCost& cost)
{
    if (m_rules.count(name) == 0)
    {
        m_stated.emplace(name, cost);
    }
}

void
OperationRules::Derive(const std::string& name, const DerivationRule& rule)
{
    if (m_stated.count(name) == 0)
    {
        m_rules.emplace(name, rule);
    }
}

std::array<OperationCost, OPERATION_KINDS>
OperationRules::Resolve(const std::string& file) const
{
    std::array<OperationCost, OPERATION_KINDS> costs;
    for (size_t kind = 0; kind < OPERATION_KINDS; kind++)
    {
        std::string name(ToString(static_cast<sansio::OperationKind>(kind)));
        std::set<std::string> path;
        costs[kind] = Find(file, name, path);
        if (costs[kind].fixed + costs[kind].perByte <= 0)
        {
            throw std::runtime_error(file + ": operation '" + name +
                                     "' costs 0: expected a cost greater than zero");
        }
    }
    return costs;
}

OperationCost
OperationRules::Find(const std::string& file,
                     const std::string& name,
                     std::set<std::string>& path) const
{
    if (auto stated = m_stated.find(name); stated != m_stated.end())
    {
        return stated->second;
    }
    auto found = m_rules.find(name);
    if (found == m_rules.end())
    {
        throw std::runtime_error(file + ": operation '" + name + "' is missing: expected a table " +
                                 "[cost." + name + "] or [derived." + name + "]");
    }
    const DerivationRule& rule = found->second;
    if (!path.insert(name).second)
    {
        throw std::runtime_error(rule.file + ": key 'derived." + name + ".from' is '" + rule.from +
                                 "': expected an operation that is not derived from '" + name +
                                 "'");
    }
    OperationCost from = Find(file, rule.from, path);
    return {rule.times * from.fixed + rule.bytes * from.perByte,
            rule.bytesPerByte * from.perByte,
            "[D] " + rule.rule + "; from " + rule.from + ": " + from.source};
}

} // namespace ns3
