// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/syn-flood.h"

#include "iot-attacks/protocol/ipv6.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SynFlood);

TypeId
SynFlood::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SynFlood")
                            .SetParent<RawFlood>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<SynFlood>();
    return tid;
}

bool
SynFlood::Strike()
{
    attacks::TcpHeader header;
    header.sequence = static_cast<uint32_t>(GetRandom().GetInteger());
    header.flags = attacks::TCP_SYN;
    header.window = 65535;
    SendRaw(attacks::BuildTcp(MakeFlow(attacks::Transport::Tcp), header, {}));
    return true;
}

} // namespace ns3
