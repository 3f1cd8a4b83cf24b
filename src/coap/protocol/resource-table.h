// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message.h"
#include "coap/protocol/resource.h"

#include <functional>
#include <map>

namespace coap
{

/// The resources of a server by path, and the answers that follow from what is known of them.
class ResourceTable
{
  public:
    /// Adds a resource or replaces the one of the same path.
    void Set(const Resource& resource);

    /// The resource that answers for a path: the one there, or the nearest subtree above it.
    const Resource* Find(std::string_view path) const;

  private:
    std::map<std::string, Resource, std::less<>> m_resources;
};

/**
 * The error with which a request is answered before its resource is asked (RFC 7252 sections 5.4.1,
 * 5.7.2, 5.8, 5.10.3, 5.10.4 and 5.10.8), or nothing if the resource may answer.
 *
 * \param resource that of the path, or nullptr
 * \param badOption the first critical option that is not understood (CheckOptions())
 */
std::optional<Response> FindRequestError(const Message& request,
                                         const Resource* resource,
                                         std::optional<OptionNumber> badOption);

} // namespace coap
