// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/emulation-log.h"
#include "iot-scenario/model/emulation-network.h"

#include <functional>
#include <memory>

namespace ns3
{

/// What an emulation simulates: applications on the nodes of its network.
class EmulatedRole
{
  public:
    virtual ~EmulatedRole() = default;

    /**
     * Puts the applications on the nodes.
     *
     * \param factory of their sockets
     * \param done to be called when they have nothing more to do; may never be
     */
    virtual void Install(const EmulationNetwork& network,
                         TypeId factory,
                         std::function<void()> done) = 0;

    /// Takes leave of the peers.
    virtual void Shutdown() = 0;

    /// What it is, with the address where it is or goes to.
    virtual std::string GetTitle() const = 0;

    /// What it did, in a few words.
    virtual std::string GetSummary() const = 0;
};

/// "1 message", "2 messages".
std::string WriteCount(uint64_t count, const std::string& what);

/// The role that the parameters name. \param log,parameters outlive it
std::unique_ptr<EmulatedRole> MakeRole(const EmulationParameters& parameters, EmulationLog& log);

} // namespace ns3
