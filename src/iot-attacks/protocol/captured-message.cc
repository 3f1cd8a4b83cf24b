// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/captured-message.h"

namespace attacks
{

std::string
ToString(Kind kind)
{
    constexpr const char* names[] = {"mqtt-packet", "coap-message", "tls-record", "dtls-datagram"};
    return names[static_cast<size_t>(kind)];
}

} // namespace attacks
