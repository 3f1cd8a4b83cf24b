// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/stack.h"

#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-scenario/model/coap-stack.h"
#include "iot-scenario/model/mqtt-stack.h"
#include "iot-scenario/model/raw-stack.h"

#include "ns3/tcp-socket-factory.h"

namespace ns3
{

namespace
{

std::string
TwoDigits(uint32_t number)
{
    return (number < 10 ? "0" : "") + std::to_string(number);
}

} // namespace

std::set<Address>
Places::GetClientAddresses() const
{
    std::set<Address> clients(sensorAddresses.begin(), sensorAddresses.end());
    clients.insert(collectorAddresses.begin(), collectorAddresses.end());
    return clients;
}

std::unique_ptr<Stack>
MakeStack(const ScenarioParameters& parameters,
          AuthSetup& auth,
          TypeId streamFactory,
          TypeId datagramFactory,
          const StackObserver& observer)
{
    const StackInfo& info = parameters.GetStack();
    if (info.protocol == "mqtt")
    {
        return std::make_unique<MqttStack>(parameters, auth, streamFactory, observer);
    }
    if (info.protocol == "coap")
    {
        return std::make_unique<CoapStack>(parameters, datagramFactory, observer);
    }
    return std::make_unique<RawStack>(parameters,
                                      info.stream ? streamFactory : datagramFactory,
                                      observer);
}

TypeId
GetListenerFactory(TypeId factory)
{
    return factory == TcpSocketFactory::GetTypeId() ? HostTcpSocketFactory::GetTypeId() : factory;
}

std::string
GetReportPath(uint32_t sensor)
{
    return "s/" + TwoDigits(sensor) + "/t";
}

std::string
GetCommandPath(uint32_t actuator)
{
    return "s/" + TwoDigits(actuator) + "/c";
}

std::string
GetCollectorName(uint32_t collector)
{
    return "c" + std::to_string(collector);
}

std::string
GetSensorName(uint32_t sensor)
{
    return "s" + TwoDigits(sensor);
}

} // namespace ns3
