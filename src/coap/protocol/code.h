// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <string>

namespace coap
{

/// Type of a message (RFC 7252 section 3).
enum class Type : uint8_t
{
    Confirmable = 0,
    NonConfirmable = 1,
    Acknowledgement = 2,
    Reset = 3,
};

/// "CON", "NON", "ACK" or "RST".
std::string ToString(Type type);

/// Methods and response codes of RFC 7252 section 12.1. Any other value of a byte is possible too.
enum class Code : uint8_t
{
    Empty = 0x00,
    Get = 0x01,
    Post = 0x02,
    Put = 0x03,
    Delete = 0x04,
    Created = 0x41,
    Deleted = 0x42,
    Valid = 0x43,
    Changed = 0x44,
    Content = 0x45,
    BadRequest = 0x80,
    Unauthorized = 0x81,
    BadOption = 0x82,
    Forbidden = 0x83,
    NotFound = 0x84,
    MethodNotAllowed = 0x85,
    NotAcceptable = 0x86,
    PreconditionFailed = 0x8c,
    RequestEntityTooLarge = 0x8d,
    UnsupportedContentFormat = 0x8f,
    TooManyRequests = 0x9d, ///< RFC 8516
    InternalServerError = 0xa0,
    NotImplemented = 0xa1,
    BadGateway = 0xa2,
    ServiceUnavailable = 0xa3,
    GatewayTimeout = 0xa4,
    ProxyingNotSupported = 0xa5,
};

/// The upper three bits: 0 request, 2 success, 4 client error, 5 server error.
constexpr uint8_t
GetClass(Code code)
{
    return static_cast<uint8_t>(code) >> 5;
}

/// The lower five bits.
constexpr uint8_t
GetDetail(Code code)
{
    return static_cast<uint8_t>(code) & 0x1f;
}

constexpr bool
IsRequest(Code code)
{
    return GetClass(code) == 0 && code != Code::Empty;
}

constexpr bool
IsSuccess(Code code)
{
    return GetClass(code) == 2;
}

constexpr bool
IsResponse(Code code)
{
    return IsSuccess(code) || GetClass(code) == 4 || GetClass(code) == 5;
}

/// Neither empty, a request nor a response: "all other class values are reserved" (section 3).
constexpr bool
IsReserved(Code code)
{
    return code != Code::Empty && !IsRequest(code) && !IsResponse(code);
}

/// The dotted form of the standard, "2.05".
std::string ToString(Code code);

} // namespace coap
