// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/mqtt-flood.h"

namespace ns3
{

/**
 * An MQTT CONNECT flood: as many sessions as the rate allows, each on a connection of its own that
 * stays. It costs the victim a connection, a session and the handling of a CONNECT each.
 */
class ConnectFlood : public MqttFlood
{
  public:
    static TypeId GetTypeId();
};

} // namespace ns3
