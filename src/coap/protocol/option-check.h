// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/options.h"

namespace coap
{

/**
 * The first critical option that this endpoint does not understand (RFC 7252 section 5.4.1). An
 * option whose value breaks its format or length (section 5.4.3) or that is repeated without being
 * repeatable (section 5.4.5) counts as one that is not understood.
 */
std::optional<OptionNumber> FindBadOption(const Options& options);

/// What is not understood among the options of a message, found in one walk over them.
struct OptionCheck
{
    std::optional<OptionNumber> bad; ///< as FindBadOption() says
    bool ignored{false};             ///< whether there is one that is to be ignored
};

OptionCheck CheckOptions(const Options& options);

/// Takes away elective options that are not understood or not well-formed, as if they were not
/// there.
void RemoveIgnoredOptions(Options& options);

} // namespace coap
