// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/resource-table.h"

namespace coap
{

namespace
{

Response
MakeError(Code code, std::string_view diagnostic = {})
{
    return Response(code, sansio::ByteView(diagnostic).ToBytes());
}

bool
Contains(const std::vector<uint16_t>& formats, std::optional<uint32_t> format)
{
    return formats.empty() || !format ||
           std::find(formats.begin(), formats.end(), *format) != formats.end();
}

/// Section 5.10.8.1: an empty If-Match wants any representation, another one the one it names.
bool
MeetsIfMatch(const Options& options, const Resource& resource)
{
    bool asked = false;
    for (const OptionView& option : options)
    {
        if (option.number > OptionNumber::IfMatch)
        {
            break; // they are in the order of their numbers
        }
        if (option.number == OptionNumber::IfMatch)
        {
            bool named = !resource.etag.empty() && option.value == sansio::ByteView(resource.etag);
            if (resource.exists && (option.value.empty() || named))
            {
                return true;
            }
            asked = true;
        }
    }
    return !asked;
}

bool
MeetsPreconditions(const Options& options, const Resource& resource)
{
    bool ifNoneMatch = options.Has(OptionNumber::IfNoneMatch) && resource.exists;
    return !ifNoneMatch && MeetsIfMatch(options, resource);
}

} // namespace

void
ResourceTable::Set(const Resource& resource)
{
    m_resources[resource.path] = resource;
}

const Resource*
ResourceTable::Find(std::string_view path) const
{
    auto found = m_resources.find(path);
    if (found != m_resources.end())
    {
        return &found->second;
    }
    while (!path.empty())
    {
        size_t end = path.rfind('/');
        path = end == path.npos ? std::string_view{} : path.substr(0, end);
        found = m_resources.find(path);
        if (found != m_resources.end() && found->second.subtree)
        {
            return &found->second;
        }
    }
    return nullptr;
}

std::optional<Response>
FindRequestError(const Message& request,
                 const Resource* resource,
                 std::optional<OptionNumber> badOption)
{
    const Options& options = request.options;
    if (badOption)
    {
        return MakeError(Code::BadOption,
                         "option " + std::to_string(static_cast<uint16_t>(*badOption)));
    }
    if (options.Has(OptionNumber::ProxyUri) || options.Has(OptionNumber::ProxyScheme))
    {
        return MakeError(Code::ProxyingNotSupported);
    }
    bool known = request.code >= Code::Get && request.code <= Code::Delete;
    if (!resource)
    {
        return MakeError(known ? Code::NotFound : Code::MethodNotAllowed);
    }
    if (!resource->methods.Has(request.code))
    {
        return MakeError(Code::MethodNotAllowed);
    }
    if (!Contains(resource->consumes, options.FindUint(OptionNumber::ContentFormat)))
    {
        return MakeError(Code::UnsupportedContentFormat);
    }
    if (!Contains(resource->produces, options.FindUint(OptionNumber::Accept)))
    {
        return MakeError(Code::NotAcceptable);
    }
    if (!MeetsPreconditions(options, *resource))
    {
        return MakeError(Code::PreconditionFailed);
    }
    return std::nullopt;
}

} // namespace coap
