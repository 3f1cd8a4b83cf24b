// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/message.h"
#include "sans-io/protocol/time-point.h"

namespace coap
{

/// What a client asks for. Message ID and token are chosen by the endpoint.
struct Request
{
    Code method{Code::Get};
    bool confirmable{true};
    Options options;
    sansio::Bytes payload;
    /// The request fails this long after SendRequest(); zero: only as Settings say.
    sansio::Duration timeout{0};

    Request() = default;

    /// A request for the resource at \p path ("s/01/t"), without options but Uri-Path.
    Request(Code method, std::string_view path, sansio::Bytes payload = {})
        : method(method),
          payload(std::move(payload))
    {
        options.SetUriPath(path);
    }

    /// A GET that also asks to be notified of every change (RFC 7641).
    static Request MakeObserve(std::string_view path)
    {
        Request request(Code::Get, path);
        request.options.AddUint(OptionNumber::Observe, 0);
        return request;
    }
};

/// What a server answers.
struct Response
{
    Code code{Code::Content};
    Options options;
    sansio::Bytes payload;
    uint64_t report{0}; ///< label of the report whose bytes are sent; 0 in what was received

    Response() = default;

    explicit Response(Code code, sansio::Bytes payload = {})
        : code(code),
          payload(std::move(payload))
    {
    }
};

} // namespace coap
