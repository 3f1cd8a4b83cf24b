// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/payload-codec.h"
#include "iot-scenario/model/scenario-parameters.h"

#include "ns3/ipv6-address.h"
#include "ns3/node-container.h"
#include "ns3/type-id.h"

#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace ns3
{

class AuthSetup;

/// Where the parts of a stack run, whatever the topology between them is.
struct Places
{
    NodeContainer sensors;
    Ptr<Node> host;
    NodeContainer collectors;
    std::vector<Ipv6Address> sensorAddresses;
    Ipv6Address hostAddress;
    std::vector<Ipv6Address> collectorAddresses;

    /// Of the sensors and collectors: whom an honest host talks to.
    std::set<Address> GetClientAddresses() const;
};

/// What a stack tells of a run; each function is called at the instant it happens.
struct StackObserver
{
    std::function<void(uint32_t sensor)> ready;  ///< the sensor could report from now on
    std::function<void(uint32_t sensor)> broken; ///< its session failed or was lost
    std::function<void(uint64_t report)> served; ///< arrived at the first service
    std::function<void(uint32_t collector, uint64_t report)> collected; ///< arrived there
    /// A collector does not want it: the broker did not send it \p bytes.
    std::function<void(uint32_t collector, uint64_t report, uint32_t bytes)> filtered;
    std::function<void(uint64_t report)> refused;       ///< the sender did not take it
    std::function<void(uint64_t report)> retransmitted; ///< the protocol itself sent again
};

/**
 * One stack of the comparison: the service on the host, the collectors, and a sender on each
 * sensor. The workload above it and the network below it are the same for all.
 *
 * With --pattern=command reports go the other way: each is a command to the sensor it names, which
 * is an actuator then, and counts as collected (by collector 0) when it arrives there.
 */
class Stack
{
  public:
    virtual ~Stack() = default;

    /**
     * Before Install(), with --apart: publishers and subscribers are never online together. The
     * collectors make their subscriptions and leave after COLLECTORS_LEAVE, before any sensor
     * starts; the sensors leave at \p parting; AWAY later the collectors come back. Where there is
     * no session to leave behind, they come only then.
     */
    void SetParting(Time parting)
    {
        m_parting = parting;
    }

    static constexpr double COLLECTORS_LEAVE = 1; ///< seconds
    static constexpr double AWAY = 10;            ///< seconds

    /// Puts the applications on their nodes; sensor k starts its session at \p starts[k].
    virtual void Install(const Places& places, const std::vector<Time>& starts) = 0;

    /// Sends a report of a sensor, or the command to an actuator.
    virtual void Send(const Report& report) = 0;

    /// Fixes the random streams; \return how many were used.
    virtual int64_t AssignStreams(int64_t stream) = 0;

    /// The most bytes that the protocol has held on a sensor (sans-io/protocol/memory.h); 0 where
    /// there is no protocol.
    virtual uint64_t GetSensorMemory(uint32_t sensor) const
    {
        return 0;
    }

    /// The same for the service on the host.
    virtual uint64_t GetServiceMemory() const
    {
        return 0;
    }

  protected:
    std::optional<Time> m_parting;
};

/**
 * Makes the stack that the parameters name.
 *
 * \param parameters of the run, which outlive the stack
 * \param auth gives clients of a broker their credentials; outlives the stack
 * \param streamFactory \param datagramFactory socket factories of the nodes: TCP and UDP, or
 * their secured counterparts
 * \param observer what to call
 */
std::unique_ptr<Stack> MakeStack(const ScenarioParameters& parameters,
                                 AuthSetup& auth,
                                 TypeId streamFactory,
                                 TypeId datagramFactory,
                                 const StackObserver& observer);

/// The factory of a service's listener where \p factory makes the sockets of its clients: plain TCP
/// listens with the bounded tables of the host.
TypeId GetListenerFactory(TypeId factory);

/// "s/07/t": MQTT topic and CoAP Uri-Path of a sensor's reports.
std::string GetReportPath(uint32_t sensor);

/// "s/07/c": MQTT topic and CoAP Uri-Path of the commands to an actuator.
std::string GetCommandPath(uint32_t actuator);

/// "c0": client identifier and PSK identity of a collector.
std::string GetCollectorName(uint32_t collector);

/// "s07": client identifier and PSK identity of a sensor.
std::string GetSensorName(uint32_t sensor);

} // namespace ns3
