// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/codec.h"
#include "coap/protocol/option-check.h"

#include <gtest/gtest.h>

namespace coap
{

namespace
{

using sansio::Bytes;
using sansio::ByteView;

Bytes
Temperature()
{
    return {'t', 'e', 'm', 'p', 'e', 'r', 'a', 't', 'u', 'r', 'e'};
}

/// RFC 7252 appendix A, figure 16: GET coap://server/temperature.
Bytes
GetWithoutToken()
{
    Bytes bytes{0x40, 0x01, 0x7d, 0x34, 0xbb}; // CON GET MID; Uri-Path, delta 11, length 11
    Bytes path = Temperature();
    bytes.insert(bytes.end(), path.begin(), path.end());
    return bytes;
}

const Bytes CONTENT_WITHOUT_TOKEN{0x60, 0x45, 0x7d, 0x34, 0xff, '2', '2', '.', '3', ' ', 'C'};

/// Figure 17: the same with the token 0x20.
Bytes
GetWithToken()
{
    Bytes bytes = GetWithoutToken();
    bytes[0] = 0x41;
    bytes.insert(bytes.begin() + 4, 0x20);
    return bytes;
}

const Bytes CONTENT_WITH_TOKEN{0x61, 0x45, 0x7d, 0x34, 0x20, 0xff, '2', '2', '.', '3', ' ', 'C'};

struct Example
{
    const char* name;
    Bytes bytes;
    size_t size;
    Type type;
    Code code;
    Bytes token;
    std::string path;
    std::string payload;
    size_t wrong;           ///< the byte that is made wrong
    uint8_t value;          ///< by this value
    FormatError wrongError; ///< and what is said about it
};

void
PrintTo(const Example& example, std::ostream* os)
{
    *os << example.name;
}

class AppendixATest : public testing::TestWithParam<Example>
{
};

TEST_P(AppendixATest, IsReadAndWritten)
{
    const Example& example = GetParam();
    ASSERT_EQ(example.bytes.size(), example.size);
    Message message;
    ASSERT_EQ(Decode(example.bytes, message), FormatError::None);
    EXPECT_EQ(message.type, example.type);
    EXPECT_EQ(message.code, example.code);
    EXPECT_EQ(message.messageId, 0x7d34);
    EXPECT_EQ(message.token.GetView(), ByteView(example.token));
    EXPECT_EQ(message.options.GetUriPath(), example.path);
    EXPECT_EQ(ByteView(message.payload).ToString(), example.payload);

    Message built;
    built.type = example.type;
    built.code = example.code;
    built.messageId = 0x7d34;
    built.token = Token(example.token);
    built.options.SetUriPath(example.path);
    built.payload = ByteView(example.payload).ToBytes();
    EXPECT_EQ(Encode(built), example.bytes);
    EXPECT_EQ(Encode(built, 7).GetView(), ByteView(example.bytes));
}

TEST_P(AppendixATest, OneByteWrongIsNoticed)
{
    Example example = GetParam();
    example.bytes[example.wrong] = example.value;
    Message message;
    EXPECT_EQ(Decode(example.bytes, message), example.wrongError);
}

TEST_P(AppendixATest, EveryTruncationIsHarmless)
{
    const Example& example = GetParam();
    for (size_t size = 0; size < example.bytes.size(); size++)
    {
        Message message;
        FormatError error = Decode(ByteView(example.bytes).First(size), message);
        EXPECT_EQ(error == FormatError::TruncatedHeader, size < 4) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(Rfc7252,
                         AppendixATest,
                         testing::Values(
                             // Length nibble 15, the reserved one.
                             Example{"get",
                                     GetWithoutToken(),
                                     16,
                                     Type::Confirmable,
                                     Code::Get,
                                     {},
                                     "temperature",
                                     "",
                                     4,
                                     0xbf,
                                     FormatError::OptionLengthReserved},
                             // Version 0.
                             Example{"content",
                                     CONTENT_WITHOUT_TOKEN,
                                     11,
                                     Type::Acknowledgement,
                                     Code::Content,
                                     {},
                                     "",
                                     "22.3 C",
                                     0,
                                     0x20,
                                     FormatError::UnknownVersion},
                             // One byte more than there is.
                             Example{"getWithToken",
                                     GetWithToken(),
                                     17,
                                     Type::Confirmable,
                                     Code::Get,
                                     {0x20},
                                     "temperature",
                                     "",
                                     5,
                                     0xbc,
                                     FormatError::OptionTruncated},
                             // Token length 9.
                             Example{"contentWithToken",
                                     CONTENT_WITH_TOKEN,
                                     12,
                                     Type::Acknowledgement,
                                     Code::Content,
                                     {0x20},
                                     "",
                                     "22.3 C",
                                     0,
                                     0x69,
                                     FormatError::TokenLengthReserved}),
                         [](const auto& tested) { return tested.param.name; });

struct Malformed
{
    FormatError error;
    Bytes bytes;
};

void
PrintTo(const Malformed& malformed, std::ostream* os)
{
    *os << ToString(malformed.error);
}

class MalformedTest : public testing::TestWithParam<Malformed>
{
};

TEST_P(MalformedTest, IsNamed)
{
    Message message;
    EXPECT_EQ(ToString(Decode(GetParam().bytes, message)), ToString(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7252Sections3And4,
    MalformedTest,
    testing::Values(Malformed{FormatError::None, {0x40, 0x00, 0x12, 0x34}}, // a ping
                    Malformed{FormatError::TruncatedHeader, {}},
                    Malformed{FormatError::TruncatedHeader, {0x40, 0x01, 0x12}},
                    Malformed{FormatError::UnknownVersion, {0x00, 0x01, 0x12, 0x34}},
                    Malformed{FormatError::UnknownVersion, {0x80, 0x01, 0x12, 0x34}},
                    Malformed{FormatError::UnknownVersion, {0xc0, 0x01, 0x12, 0x34}},
                    Malformed{FormatError::TokenLengthReserved,
                              {0x49, 0x01, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
                    Malformed{FormatError::TokenLengthReserved, {0x4f, 0x01, 0x12, 0x34}},
                    Malformed{FormatError::TokenTruncated, {0x42, 0x01, 0x12, 0x34, 0x01}},
                    Malformed{FormatError::EmptyWithContent, {0x41, 0x00, 0x12, 0x34, 0x01}},
                    Malformed{FormatError::EmptyWithContent, {0x41, 0x00, 0x12, 0x34}},
                    Malformed{FormatError::EmptyWithContent, {0x40, 0x00, 0x12, 0x34, 0xff, 0x01}},
                    Malformed{FormatError::OptionDeltaReserved, {0x40, 0x01, 0x12, 0x34, 0xf0}},
                    Malformed{FormatError::OptionLengthReserved, {0x40, 0x01, 0x12, 0x34, 0x0f}},
                    Malformed{FormatError::OptionTruncated, {0x40, 0x01, 0x12, 0x34, 0xb1}},
                    Malformed{FormatError::OptionTruncated, {0x40, 0x01, 0x12, 0x34, 0xd0}},
                    Malformed{FormatError::OptionTruncated, {0x40, 0x01, 0x12, 0x34, 0xe0, 0x00}},
                    Malformed{FormatError::OptionTruncated, {0x40, 0x01, 0x12, 0x34, 0xbd}},
                    Malformed{FormatError::OptionTruncated, {0x40, 0x01, 0x12, 0x34, 0xbe, 0x00}},
                    // Deltas 65535 and 1.
                    Malformed{FormatError::OptionNumberTooLarge,
                              {0x40, 0x01, 0x12, 0x34, 0xe0, 0xfe, 0xf2, 0x10}},
                    Malformed{FormatError::None, {0x40, 0x01, 0x12, 0x34, 0xe0, 0xfe, 0xf2, 0x00}},
                    Malformed{FormatError::PayloadMissing, {0x40, 0x02, 0x12, 0x34, 0xff}},
                    Malformed{FormatError::CodeReserved, {0x40, 0x20, 0x12, 0x34}}, // 1.00
                    Malformed{FormatError::CodeReserved, {0x40, 0x7f, 0x12, 0x34}}, // 3.31
                    Malformed{FormatError::CodeReserved, {0x40, 0xc0, 0x12, 0x34}}, // 6.00
                    Malformed{FormatError::CodeReserved, {0x40, 0xe1, 0x12, 0x34}}, // 7.01
                    Malformed{FormatError::NonConfirmableEmpty, {0x50, 0x00, 0x12, 0x34}},
                    Malformed{FormatError::AcknowledgementOfRequest, {0x60, 0x01, 0x12, 0x34}},
                    Malformed{FormatError::ResetNotEmpty, {0x70, 0x45, 0x12, 0x34}}));

TEST(OptionsTest, ExtendedDeltasAndLengths)
{
    for (size_t length : {0u, 12u, 13u, 14u, 268u, 269u, 270u, 1000u})
    {
        for (unsigned number : {0u, 12u, 13u, 268u, 269u, 65535u})
        {
            Message message;
            message.code = Code::Get;
            message.options.Add(static_cast<OptionNumber>(number), Bytes(length, 0xab));
            size_t extension = (length >= 13) + (length >= 269) + (number >= 13) + (number >= 269);
            Bytes bytes = Encode(message);
            EXPECT_EQ(bytes.size(), 4 + 1 + extension + length);
            Message read;
            ASSERT_EQ(Decode(bytes, read), FormatError::None);
            EXPECT_EQ(read, message);
            EXPECT_EQ(read.options.begin()->value.size(), length);
        }
    }
}

TEST(OptionsTest, AreKeptInTheOrderOfTheirNumbers)
{
    Options options;
    options.Add(OptionNumber::UriQuery, "a=1");
    options.Add(OptionNumber::UriPath, "s");
    options.AddUint(OptionNumber::ContentFormat, 0);
    options.Add(OptionNumber::UriPath, "t");
    options.AddUint(OptionNumber::Size1, 0x010203);
    std::vector<unsigned> numbers;
    for (const OptionView& option : options)
    {
        numbers.push_back(static_cast<unsigned>(option.number));
    }
    EXPECT_EQ(numbers, (std::vector<unsigned>{11, 11, 12, 15, 60}));
    EXPECT_EQ(options.GetUriPath(), "s/t");
    EXPECT_EQ(options.FindUint(OptionNumber::ContentFormat), 0u);
    EXPECT_EQ(options.FindUint(OptionNumber::Size1), 0x010203u);
    EXPECT_FALSE(options.Has(OptionNumber::Observe));
    options.Remove(OptionNumber::UriPath);
    options.SetUriPath("/x%2Fy/%25");
    EXPECT_EQ(options.Find(OptionNumber::UriPath)->ToString(), "x/y");
    EXPECT_EQ(options.GetUriPath(), "x%2Fy/%25");
}

TEST(OptionsTest, AnEmptySegmentOfAPathIsAnOptionToo)
{
    // RFC 7252 section 6.4: one option for each segment, none for a single slash.
    const std::vector<std::pair<std::string, std::vector<std::string>>> paths{
        {"", {}},
        {"/", {}},
        {"a", {"a"}},
        {"a/", {"a", ""}},
        {"a//b", {"a", "", "b"}},
        {"a//", {"a", "", ""}},
    };
    for (const auto& [path, segments] : paths)
    {
        Options options;
        options.SetUriPath(path);
        std::vector<std::string> found;
        for (const OptionView& option : options)
        {
            found.push_back(option.value.ToString());
        }
        EXPECT_EQ(found, segments) << path;
        EXPECT_EQ(options.GetUriPath(), path == "/" ? "" : path);
    }
}

TEST(OptionsTest, ClassesFollowFromTheBitsOfTheNumber)
{
    // RFC 7252 table 4: columns C, U, N.
    EXPECT_TRUE(IsCritical(OptionNumber::IfMatch));
    EXPECT_FALSE(IsCritical(OptionNumber::ETag));
    EXPECT_TRUE(IsUnsafe(OptionNumber::UriHost));
    EXPECT_FALSE(IsUnsafe(OptionNumber::ContentFormat));
    EXPECT_TRUE(IsUnsafe(OptionNumber::MaxAge));
    EXPECT_TRUE(IsNoCacheKey(OptionNumber::Size1));
    EXPECT_FALSE(IsNoCacheKey(OptionNumber::Accept));
    EXPECT_FALSE(IsNoCacheKey(static_cast<OptionNumber>(62)));
}

TEST(OptionsTest, LengthsOfEveryDefinedOptionAreChecked)
{
    for (unsigned number = 0; number < 100; number++)
    {
        auto option = static_cast<OptionNumber>(number);
        const OptionDefinition* definition = FindOptionDefinition(option);
        if (!definition)
        {
            continue;
        }
        for (size_t length : {size_t{0},
                              size_t{1},
                              size_t{definition->maximumLength},
                              size_t{definition->maximumLength} + 1})
        {
            Options options;
            options.Add(option, Bytes(length, 'x'));
            bool good = length >= definition->minimumLength && length <= definition->maximumLength;
            EXPECT_EQ(FindBadOption(options).has_value(), !good && IsCritical(option))
                << number << " " << length;
            RemoveIgnoredOptions(options);
            EXPECT_EQ(options.IsEmpty(), !good && !IsCritical(option)) << number << " " << length;
        }
        Options twice;
        twice.Add(option, Bytes(definition->minimumLength, 'x'));
        twice.Add(option, Bytes(definition->minimumLength, 'x'));
        EXPECT_EQ(FindBadOption(twice).has_value(), !definition->repeatable && IsCritical(option))
            << number;
    }
}

TEST(CodecTest, TellsPayloadFromHeader)
{
    Message message;
    message.code = Code::Post;
    message.payload = {1, 2, 3};
    auto spans = Encode(message, 9).GetSpans();
    ASSERT_EQ(spans.size(), 2u);
    EXPECT_EQ(spans[0], (sansio::Span{0, 5, {sansio::Layer::Application, false, 9}}));
    EXPECT_EQ(spans[1], (sansio::Span{5, 8, {sansio::Layer::Payload, false, 9}}));
}

TEST(CodecTest, NamesCodesAsTheStandard)
{
    EXPECT_EQ(ToString(Code::Content), "2.05");
    EXPECT_EQ(ToString(Code::UnsupportedContentFormat), "4.15");
    EXPECT_EQ(ToString(Type::Reset), "RST");
}

} // namespace

} // namespace coap
