// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/mqtt-flood.h"

namespace ns3
{

/**
 * SlowITe (Vaccari et al., Sensors 20(10):2932, CVE-2020-13849): takes all connections a broker can
 * have, each with a CONNECT of a large Keep Alive and then silence. The broker must wait one and a
 * half times the Keep Alive (MQTT 3.1.1 section 3.1.2.10), 98,302.5 s at 65535 s, before it may
 * close the connection. Once the connections are there it costs the attacker no further byte.
 */
class SlowIte : public MqttFlood
{
  public:
    static TypeId GetTypeId();
};

} // namespace ns3
