// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/codec.h"

namespace coap
{

using sansio::ByteView;

namespace
{

constexpr uint8_t VERSION = 1;
constexpr size_t HEADER_SIZE = 4;
constexpr uint8_t PAYLOAD_MARKER = 0xff;

FormatError
ToFormatError(OptionError error)
{
    switch (error)
    {
    case OptionError::None:
        return FormatError::None;
    case OptionError::ReservedDelta:
        return FormatError::OptionDeltaReserved;
    case OptionError::ReservedLength:
        return FormatError::OptionLengthReserved;
    case OptionError::Truncated:
        return FormatError::OptionTruncated;
    case OptionError::NumberTooLarge:
        return FormatError::OptionNumberTooLarge;
    }
    return FormatError::OptionTruncated;
}

/// Which codes a type may carry (table 1 and sections 4.2, 4.3).
FormatError
CheckTypeAndCode(Type type, Code code)
{
    if (IsReserved(code))
    {
        return FormatError::CodeReserved;
    }
    if (type == Type::NonConfirmable && code == Code::Empty)
    {
        return FormatError::NonConfirmableEmpty;
    }
    if (type == Type::Acknowledgement && IsRequest(code))
    {
        return FormatError::AcknowledgementOfRequest;
    }
    if (type == Type::Reset && code != Code::Empty)
    {
        return FormatError::ResetNotEmpty;
    }
    return FormatError::None;
}

/// Options up to the payload marker or the end, then the payload.
FormatError
DecodeBody(ByteView body, Message& message)
{
    ByteView rest = body;
    OptionView option;
    while (!rest.empty() && rest[0] != PAYLOAD_MARKER)
    {
        if (OptionError error = TakeOption(rest, option); error != OptionError::None)
        {
            return ToFormatError(error);
        }
    }
    message.options.AssignEncoded(body.First(body.size() - rest.size()), option.number);
    if (rest.size() == 1)
    {
        return FormatError::PayloadMissing;
    }
    ByteView payload = rest.From(1);
    message.payload.assign(payload.begin(), payload.end());
    return FormatError::None;
}

/// Everything of a message in front of its payload, into \p bytes.
void
EncodeFront(const Message& message, sansio::Bytes& bytes, size_t room)
{
    ByteView token = message.token.GetView();
    ByteView options = message.options.GetEncoded();
    bytes.reserve(HEADER_SIZE + token.size() + options.size() + 1 + room);
    const uint8_t header[HEADER_SIZE] = {
        static_cast<uint8_t>(VERSION << 6 | static_cast<uint8_t>(message.type) << 4 | token.size()),
        static_cast<uint8_t>(message.code),
        static_cast<uint8_t>(message.messageId >> 8),
        static_cast<uint8_t>(message.messageId)};
    bytes.insert(bytes.end(), header, header + HEADER_SIZE);
    bytes.insert(bytes.end(), token.begin(), token.end());
    bytes.insert(bytes.end(), options.begin(), options.end());
    if (!message.payload.empty())
    {
        bytes.push_back(PAYLOAD_MARKER);
    }
}

} // namespace

std::string_view
ToString(FormatError error)
{
    static constexpr std::string_view NAMES[] = {"none",
                                                 "truncated-header",
                                                 "unknown-version",
                                                 "token-length-reserved",
                                                 "token-truncated",
                                                 "empty-with-content",
                                                 "option-delta-reserved",
                                                 "option-length-reserved",
                                                 "option-truncated",
                                                 "option-number-too-large",
                                                 "payload-missing",
                                                 "code-reserved",
                                                 "non-confirmable-empty",
                                                 "acknowledgement-of-request",
                                                 "reset-not-empty"};
    return NAMES[static_cast<size_t>(error)];
}

FormatError
Decode(ByteView bytes, Message& message)
{
    if (bytes.size() < HEADER_SIZE)
    {
        return FormatError::TruncatedHeader;
    }
    if (bytes[0] >> 6 != VERSION)
    {
        return FormatError::UnknownVersion;
    }
    message.type = static_cast<Type>(bytes[0] >> 4 & 3);
    message.code = static_cast<Code>(bytes[1]);
    message.messageId = bytes[2] << 8 | bytes[3];
    size_t tokenLength = bytes[0] & 0xf;
    if (tokenLength > Token::MAXIMUM_LENGTH)
    {
        return FormatError::TokenLengthReserved;
    }
    if (message.code == Code::Empty && (tokenLength != 0 || bytes.size() > HEADER_SIZE))
    {
        return FormatError::EmptyWithContent;
    }
    ByteView rest = bytes.From(HEADER_SIZE);
    if (rest.size() < tokenLength)
    {
        return FormatError::TokenTruncated;
    }
    message.token = Token(rest.First(tokenLength));
    if (FormatError error = DecodeBody(rest.From(tokenLength), message); error != FormatError::None)
    {
        return error;
    }
    return CheckTypeAndCode(message.type, message.code);
}

sansio::Bytes
Encode(const Message& message)
{
    sansio::Bytes bytes;
    EncodeFront(message, bytes, message.payload.size());
    bytes.insert(bytes.end(), message.payload.begin(), message.payload.end());
    return bytes;
}

sansio::SpannedBytes
Encode(const Message& message, uint64_t report)
{
    sansio::Bytes front;
    EncodeFront(message, front, message.payload.size());
    sansio::SpannedBytes bytes(std::move(front), {sansio::Layer::Application, false, report});
    bytes.Append(message.payload, {sansio::Layer::Payload, false, report});
    return bytes;
}

} // namespace coap
