// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/event.h"

namespace coap
{

std::string_view
ToString(Failure failure)
{
    static constexpr std::string_view NAMES[] =
        {"timeout", "no-response", "reset", "bad-response", "limit-reached", "not-started"};
    return NAMES[static_cast<size_t>(failure)];
}

std::string_view
ToString(Limit limit)
{
    static constexpr std::string_view NAMES[] = {"duplicates",
                                                 "peers",
                                                 "waiting",
                                                 "requests",
                                                 "unanswered",
                                                 "observers",
                                                 "request-rate",
                                                 "message-ids",
                                                 "tokens"};
    static_assert(std::size(NAMES) == static_cast<size_t>(Limit::Count));
    return NAMES[static_cast<size_t>(limit)];
}

} // namespace coap
