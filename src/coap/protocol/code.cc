// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/code.h"

namespace coap
{

std::string
ToString(Type type)
{
    static constexpr const char* NAMES[] = {"CON", "NON", "ACK", "RST"};
    return NAMES[static_cast<size_t>(type) & 3];
}

std::string
ToString(Code code)
{
    auto detail = std::to_string(GetDetail(code));
    return std::to_string(GetClass(code)) + (detail.size() < 2 ? ".0" : ".") + detail;
}

} // namespace coap
