// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/tls-flood.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(TlsFlood);

TypeId
TlsFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TlsFlood")
            .SetParent<StreamFlood>()
            .SetGroupName("IotAttacks")
            .AddConstructor<TlsFlood>()
            .AddAttribute("Hold",
                          "How long a connection stays after its handshake.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&TlsFlood::m_hold),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("Connections",
                          "Most connections at a time; at the bound the attack waits until one "
                          "ends. 0 = unlimited.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TlsFlood::m_connections),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

void
TlsFlood::HandleOpened(ConnectionId id)
{
    // not at once: the socket tells of its connection from within
    Simulator::Schedule(m_hold, &TlsFlood::Close, this, id);
}

} // namespace ns3
