// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/option-number.h"

#include <algorithm>
#include <iterator>

namespace coap
{

namespace
{

// RFC 7252 table 4 and RFC 7641 section 2, by number.
constexpr OptionDefinition DEFINITIONS[] = {
    {OptionNumber::IfMatch, OptionFormat::Opaque, 0, 8, true},
    {OptionNumber::UriHost, OptionFormat::String, 1, 255, false},
    {OptionNumber::ETag, OptionFormat::Opaque, 1, 8, true},
    {OptionNumber::IfNoneMatch, OptionFormat::Empty, 0, 0, false},
    {OptionNumber::Observe, OptionFormat::Uint, 0, 3, false},
    {OptionNumber::UriPort, OptionFormat::Uint, 0, 2, false},
    {OptionNumber::LocationPath, OptionFormat::String, 0, 255, true},
    {OptionNumber::UriPath, OptionFormat::String, 0, 255, true},
    {OptionNumber::ContentFormat, OptionFormat::Uint, 0, 2, false},
    {OptionNumber::MaxAge, OptionFormat::Uint, 0, 4, false},
    {OptionNumber::UriQuery, OptionFormat::String, 0, 255, true},
    {OptionNumber::Accept, OptionFormat::Uint, 0, 2, false},
    {OptionNumber::LocationQuery, OptionFormat::String, 0, 255, true},
    {OptionNumber::ProxyUri, OptionFormat::String, 1, 1034, false},
    {OptionNumber::ProxyScheme, OptionFormat::String, 1, 255, false},
    {OptionNumber::Size1, OptionFormat::Uint, 0, 4, false},
};

} // namespace

const OptionDefinition*
FindOptionDefinition(OptionNumber number)
{
    auto found = std::lower_bound(std::begin(DEFINITIONS),
                                  std::end(DEFINITIONS),
                                  number,
                                  [](const OptionDefinition& definition, OptionNumber wanted) {
                                      return definition.number < wanted;
                                  });
    return found != std::end(DEFINITIONS) && found->number == number ? found : nullptr;
}

} // namespace coap
