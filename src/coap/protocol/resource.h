// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/request.h"

#include <vector>

namespace coap
{

/// Methods a resource allows, as a set of bits.
class Methods
{
  public:
    constexpr Methods(std::initializer_list<Code> methods)
    {
        for (Code method : methods)
        {
            m_bits |= 1u << GetDetail(method);
        }
    }

    constexpr bool Has(Code method) const
    {
        return m_bits >> GetDetail(method) & 1;
    }

  private:
    uint32_t m_bits{0};
};

/// What the endpoint itself has to know of a resource in order to answer by the rules.
struct Resource
{
    Resource() = default;

    explicit Resource(std::string_view path)
        : path(path)
    {
    }

    /// "a/b/c", with % and / within a segment as %25 and %2F.
    std::string path;
    /// Any other method is answered 4.05 (section 5.8).
    Methods methods{Code::Get, Code::Post, Code::Put, Code::Delete};
    /// It answers for every path below its own too.
    bool subtree{false};
    /// A GET with Observe registers (RFC 7641).
    bool observable{false};
    /// Notifications are sent as CON, not only one per Settings::confirmableNotificationInterval.
    bool confirmableNotifications{false};
    /// Content-Formats it takes; any other is answered 4.15 (section 5.10.3). Empty: all.
    std::vector<uint16_t> consumes;
    /// Content-Formats it offers; an Accept of any other is answered 4.06 (section 5.10.4). Empty:
    /// all.
    std::vector<uint16_t> produces;
    /// ETag of the present representation, for If-Match (section 5.10.8.1). Empty: none.
    sansio::Bytes etag;
    /// Whether there is a representation at all, for If-Match and If-None-Match.
    bool exists{true};
};

} // namespace coap
