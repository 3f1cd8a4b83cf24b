// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/run-network.h"

#include "iot-device/helper/device-helper.h"
#include "iot-device/model/profile-store.h"
#include "iot-scenario/model/scenario-parameters.h"
#include "low-power-links/helper/tcp-profile.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <filesystem>

namespace ns3
{

namespace
{

/// A sensor has a radio, and a supply of its own.
void
CheckSensorDevice(const std::string& device)
{
    auto store = CreateObject<ProfileStore>();
    std::string known;
    for (const std::string& name : store->GetDevices())
    {
        const DeviceProfile profile = store->Load(name);
        if (profile.radio && !profile.mcu.mains)
        {
            if (name == device)
            {
                return;
            }
            known += (known.empty() ? "" : ", ") + name;
        }
    }
    throw ParameterError("--device=" + device + ": expected one of " + known);
}

void
CheckHostDevice(const std::string& device)
{
    const std::vector<std::string> known = CreateObject<ProfileStore>()->GetDevices();
    const bool file = std::filesystem::path(device).extension() == ".toml";
    if (!file && std::find(known.begin(), known.end(), device) == known.end())
    {
        throw ParameterError("--hostDevice=" + device + ": expected one of " + Join(known) +
                             " or the path of a file that ends in .toml");
    }
}

Ptr<LowPowerStarHelper>
BuildStar(const ScenarioParameters& parameters)
{
    TcpProfile::Apply(parameters.tcp);
    auto star = CreateObject<LowPowerStarHelper>();
    star->SetAttribute("Sensors", UintegerValue(parameters.nodes));
    star->SetAttribute("Collectors", UintegerValue(parameters.collectors));
    star->SetAttribute("Loss", DoubleValue(parameters.loss));
    star->SetDeviceAttribute("MacMaxFrameRetries", UintegerValue(parameters.macRetries));
    star->SetDeviceAttribute("PollPeriod", TimeValue(parameters.pollPeriod));
    star->SetAttribute("Sleepy", BooleanValue(parameters.radio == "sleepy"));
    star->SetAttribute("WiredDelay", TimeValue(parameters.wiredDelay));
    star->SetAttribute("NeighborDiscovery", BooleanValue(parameters.neighborDiscovery));
    star->Build();
    return star;
}

Places
FindPlaces(const LowPowerStarHelper& star)
{
    Places places;
    places.sensors = star.GetSensors();
    places.host = star.GetHost();
    places.hostAddress = star.GetHostAddress();
    for (uint32_t i = 0; i < star.GetSensorCount(); i++)
    {
        places.sensorAddresses.push_back(star.GetSensorAddress(i));
    }
    for (uint32_t i = 0; i < star.GetCollectorCount(); i++)
    {
        places.collectors.Add(star.GetCollector(i));
        places.collectorAddresses.push_back(star.GetCollectorAddress(i));
    }
    return places;
}

} // namespace

RunNetwork
BuildNetwork(const ScenarioParameters& parameters, int64_t stream)
{
    CheckSensorDevice(parameters.device);
    CheckHostDevice(parameters.hostDevice);
    RunNetwork network;
    network.star = BuildStar(parameters);
    network.star->AssignStreams(stream);
    network.places = FindPlaces(*network.star);
    DeviceHelper sensors(parameters.device);
    DeviceHelper hosts(parameters.hostDevice);
    for (uint32_t i = 0; i < parameters.nodes; i++)
    {
        sensors.Install(network.places.sensors.Get(i), network.star->GetSensorDevice(i)->GetPhy());
    }
    hosts.Install(network.places.host);
    return network;
}

} // namespace ns3
