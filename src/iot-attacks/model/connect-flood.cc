// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/connect-flood.h"

#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(ConnectFlood);

TypeId
ConnectFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::ConnectFlood")
            .SetParent<MqttFlood>()
            .SetGroupName("IotAttacks")
            .AddConstructor<ConnectFlood>()
            .AddAttribute("KeepAlive",
                          "The Keep Alive of each CONNECT, whole seconds; 0 = none. No PINGREQ "
                          "follows.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&ConnectFlood::m_keepAlive),
                          MakeTimeChecker(Seconds(0), Seconds(65535)))
            .AddAttribute("Connections",
                          "Most connections at a time; at the bound the attack waits until the "
                          "victim ends one. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ConnectFlood::m_connections),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

} // namespace ns3
