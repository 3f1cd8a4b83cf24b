// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/application.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <chrono>
#include <functional>
#include <memory>

namespace bench
{

/// Clients on links of their own to one server: what every benchmark of a protocol runs on.
class Star
{
  public:
    explicit Star(uint32_t clients)
        : server(ns3::CreateObject<ns3::Node>()),
          clients(clients)
    {
        ns3::PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", ns3::StringValue("100Mbps"));
        link.SetChannelAttribute("Delay", ns3::StringValue("1ms"));
        ns3::InternetStackHelper stack;
        stack.Install(server);
        stack.Install(this->clients);
        ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
        for (uint32_t i = 0; i < clients; i++)
        {
            auto devices = link.Install(server, this->clients.Get(i));
            auto interfaces = addresses.Assign(devices);
            serverAddresses.push_back(interfaces.GetAddress(0));
            clientAddresses.push_back(interfaces.GetAddress(1));
            addresses.NewNetwork();
        }
    }

    ns3::Ptr<ns3::Node> server;
    ns3::NodeContainer clients;
    std::vector<ns3::Ipv4Address> serverAddresses; ///< as client k reaches the server
    std::vector<ns3::Ipv4Address> clientAddresses;
};

/// Simulates until \p end; \return the seconds it took on the wall.
inline double
RunAndTime(ns3::Time end)
{
    ns3::Simulator::Stop(end);
    const auto start = std::chrono::steady_clock::now();
    ns3::Simulator::Run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return wall.count();
}

/// Calls \p send every \p period from \p start to \p end; one event is pending at a time.
inline void
Repeat(ns3::Time start,
       ns3::Time period,
       ns3::Time end,
       std::shared_ptr<std::function<void()>> send)
{
    ns3::Simulator::Schedule(start - ns3::Simulator::Now(), [=] {
        (*send)();
        if (start + period < end)
        {
            Repeat(start + period, period, end, send);
        }
    });
}

inline void
Repeat(ns3::Time start, ns3::Time period, ns3::Time end, std::function<void()> send)
{
    Repeat(start, period, end, std::make_shared<std::function<void()>>(std::move(send)));
}

} // namespace bench
