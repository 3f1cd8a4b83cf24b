// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/stack.h"
#include "sans-io/model/datagram-port.h"
#include "sans-io/model/stream-port.h"

#include "ns3/socket.h"

namespace ns3
{

/**
 * The floor of the comparison: the reports alone in TCP or UDP, cut by their known size, or by
 * their length before them where sizes differ. The host forwards what it received to the collector
 * the same way. There is no protocol, so a lost connection is not opened again.
 */
class RawStack : public Stack
{
  public:
    RawStack(const ScenarioParameters& parameters, TypeId factory, const StackObserver& observer);
    ~RawStack() override;

    void Install(const Places& places, const std::vector<Time>& starts) override;
    void Send(const Report& report) override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    class Link;
    class Inlet;

    /// A report as it goes into the socket: in a stream, with its length before it where sizes
    /// differ.
    sansio::SpannedBytes Frame(sansio::ByteView payload, uint64_t report) const;

    const ScenarioParameters& m_parameters;
    TypeId m_factory;
    StackObserver m_observer;
    PayloadCodec m_codec;
    std::unique_ptr<Inlet> m_host;
    std::unique_ptr<Inlet> m_collector;
    std::unique_ptr<Link> m_forward;
    std::vector<std::unique_ptr<Link>> m_sensors;
};

} // namespace ns3
