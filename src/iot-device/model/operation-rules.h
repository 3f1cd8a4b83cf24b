// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/mcu-profile.h"

#include <map>
#include <set>
#include <string>

namespace ns3
{

/// A rule of a profile: the cost of an operation as a multiple of the cost of another.
struct DerivationRule
{
    std::string from;       ///< whose cost it is derived from
    double times{0};        ///< how often the fixed cost of `from` is paid by each operation
    double bytes{0};        ///< bytes of `from` worked on by each operation
    double bytesPerByte{0}; ///< bytes of `from` worked on for each byte
    std::string rule;       ///< why, in words
    std::string file;       ///< where it is written
};

/// The costs that the files of an MCU state and the rules for the others, by name.
class OperationRules
{
  public:
    /// Names that may be stated or derived: the kinds of operations and the bulk rates below them.
    static bool IsKnown(const std::string& name);
    static std::string GetKnownNames();

    /// The first that states or derives a name counts: a profile before the rules it shares.
    void State(const std::string& name, const OperationCost& cost);
    void Derive(const std::string& name, const DerivationRule& rule);

    /**
     * \return the cost of every kind of operation
     * \throw std::runtime_error naming `file` and the operation which is neither stated nor derived
     * from something stated, or which would cost nothing
     */
    std::array<OperationCost, OPERATION_KINDS> Resolve(const std::string& file) const;

  private:
    OperationCost Find(const std::string& file,
                       const std::string& name,
                       std::set<std::string>& path) const;

    std::map<std::string, OperationCost> m_stated;
    std::map<std::string, DerivationRule> m_rules;
};

} // namespace ns3
