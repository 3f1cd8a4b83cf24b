// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/raw-flood.h"

namespace ns3
{

/**
 * A TCP SYN flood (RFC 4987): connection requests of spoofed sources that nobody completes. Each
 * takes a slot of the victim's backlog until its SYN-ACK has been repeated as often as the victim
 * does: a backlog of B is full after B/Rate seconds. A datagram is 60 bytes: the headers of IPv6
 * and TCP without options.
 */
class SynFlood : public RawFlood
{
  public:
    static TypeId GetTypeId();

  protected:
    bool Strike() override;
};

} // namespace ns3
