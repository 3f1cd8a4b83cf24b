// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/socket.h"

namespace ns3
{

/// Takes away what a socket would tell; not from within one of its notices.
inline void
Silence(Ptr<Socket> socket)
{
    const auto none = MakeNullCallback<void, Ptr<Socket>>();
    socket->SetConnectCallback(none, none);
    socket->SetCloseCallbacks(none, none);
    socket->SetRecvCallback(none);
}

} // namespace ns3
