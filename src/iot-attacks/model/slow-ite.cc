// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/slow-ite.h"

#include "ns3/boolean.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SlowIte);

TypeId
SlowIte::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::SlowIte")
            .SetParent<MqttFlood>()
            .SetGroupName("IotAttacks")
            .AddConstructor<SlowIte>()
            .AddAttribute("KeepAlive",
                          "The Keep Alive of each CONNECT, whole seconds.",
                          TimeValue(Seconds(65535)),
                          MakeTimeAccessor(&SlowIte::m_keepAlive),
                          MakeTimeChecker(Seconds(0), Seconds(65535)))
            .AddAttribute("Connections",
                          "How many connections the attack opens. 0 = unlimited.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&SlowIte::m_connections),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Reopen",
                          "Whether a connection that failed or that the victim ended is opened "
                          "again, at the rate.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&SlowIte::m_reopen),
                          MakeBooleanChecker());
    return tid;
}

} // namespace ns3
