// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/payload-codec.h"
#include "iot-scenario/model/payload-senml.h"

#include <gtest/gtest.h>

using namespace ns3;
using Json = nlohmann::ordered_json;

namespace
{

constexpr double START = 1767225600; // 2026-01-01

/// 61.25 s after the start; its value is 18.0 + ((3 x 13 + 17 x 7) % 60) / 10 = 21.8.
Report
MakeReport()
{
    return {3, 17, 0, MilliSeconds(61250)};
}

std::string
Encode(const std::string& format)
{
    return sansio::ByteView(PayloadCodec(format, 32, START).Encode(MakeReport())).ToString();
}

/// The bytes of "87 a7 21".
sansio::Bytes
FromHex(const std::string& text)
{
    sansio::Bytes bytes;
    std::istringstream stream(text);
    for (unsigned byte; stream >> std::hex >> byte;)
    {
        bytes.push_back(static_cast<uint8_t>(byte));
    }
    return bytes;
}

/// RFC 8428 section 5.1.2 and, byte for byte, its dump in section 6.
const char* const RFC_JSON = R"([
    {"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,
     "n":"voltage","u":"V","v":120.1},
    {"n":"current","t":-5,"v":1.2},
    {"n":"current","t":-4,"v":1.3},
    {"n":"current","t":-3,"v":1.4},
    {"n":"current","t":-2,"v":1.5},
    {"n":"current","t":-1,"v":1.6},
    {"n":"current","t":0,"v":1.7}])";
const char* const RFC_CBOR =
    "87 a7 21 78 1b 75 72 6e 3a 64 65 76 3a 6f 77 3a 31 30 65 32 30 37 33 61 30 31 30 38 30 30 "
    "36 3a 22 fb 41 d3 03 a1 5b 00 10 62 23 61 41 20 05 00 67 76 6f 6c 74 61 67 65 01 61 56 02 "
    "fb 40 5e 06 66 66 66 66 66 a3 00 67 63 75 72 72 65 6e 74 06 24 02 fb 3f f3 33 33 33 33 33 "
    "33 a3 00 67 63 75 72 72 65 6e 74 06 23 02 fb 3f f4 cc cc cc cc cc cd a3 00 67 63 75 72 72 "
    "65 6e 74 06 22 02 fb 3f f6 66 66 66 66 66 66 a3 00 67 63 75 72 72 65 6e 74 06 21 02 f9 3e "
    "00 a3 00 67 63 75 72 72 65 6e 74 06 20 02 fb 3f f9 99 99 99 99 99 9a a3 00 67 63 75 72 72 "
    "65 6e 74 06 00 02 fb 3f fb 33 33 33 33 33 33";

} // namespace

class PayloadFormats : public testing::TestWithParam<std::string>
{
};

TEST_P(PayloadFormats, CarriesEveryReport)
{
    const PayloadCodec codec(GetParam(), 32, START);
    for (const Report& report : {Report{0, 1, 0, Seconds(60)},
                                 Report{9, 999, 0, MilliSeconds(1)},
                                 Report{10, 60, 0, MilliSeconds(61001)},
                                 Report{199, (1u << 31) + 5, 0, Seconds(1e6)},
                                 Report{65535, 4294967295u, 0, Seconds(0)}})
    {
        const auto decoded = codec.Decode(codec.Encode(report));
        ASSERT_TRUE(decoded) << report.sensor << " " << report.sequence;
        EXPECT_EQ(decoded->GetId(), report.GetId());
        EXPECT_EQ(decoded->taken, codec.GetSize() ? Time() : report.taken);
    }
}

TEST_P(PayloadFormats, DamageIsNoticed)
{
    const PayloadCodec codec(GetParam(), 8, START);
    const sansio::Bytes good = codec.Encode(MakeReport());
    for (size_t i = 0; i < good.size(); i++)
    {
        EXPECT_FALSE(codec.Decode(sansio::ByteView(good).First(i))) << i << " bytes";
    }
    sansio::Bytes longer = good;
    longer.push_back(' ');
    EXPECT_FALSE(codec.Decode(longer));
    const size_t header = codec.GetSize() ? good.size() : 0; // a damaged id is another one there
    for (size_t i = header; i < good.size(); i++)
    {
        sansio::Bytes bad = good;
        bad[i] ^= 1;
        const auto decoded = codec.Decode(bad); // of a damaged time only another time comes out
        EXPECT_TRUE(!decoded || decoded->GetId() == MakeReport().GetId()) << "byte " << i;
    }
}

TEST_P(PayloadFormats, OnlyBinaryHasAFixedSizeAndNoName)
{
    const PayloadCodec codec(GetParam(), 32, START);
    const bool binary = GetParam() == "binary";
    EXPECT_EQ(codec.GetSize().has_value(), binary);
    EXPECT_EQ(codec.GetFormat().contentType.empty(), binary);
    EXPECT_EQ(codec.GetFormat().contentFormat.has_value(), !binary);
}

INSTANTIATE_TEST_SUITE_P(
    ,
    PayloadFormats,
    testing::Values("binary", "json", "text", "senml-json", "senml-cbor", "sdc-record"),
    [](const auto& info) {
        std::string name = info.param;
        name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
        return name;
    });

TEST(Payload, BinaryIsHeaderAndFiller)
{
    EXPECT_EQ(PayloadCodec("binary", 11, START).Encode(MakeReport()),
              (sansio::Bytes{0, 3, 0, 0, 0, 17, 0, 0, 0, 1, 2}));
}

TEST(Payload, TextFormsAreAsWritten)
{
    EXPECT_EQ(Encode("json"), R"({"sensor":3,"sequence":17,"time":1767225661.25,"value":21.8})");
    EXPECT_EQ(Encode("text"), "s03 17 1767225661.250 21.8 Cel");
    EXPECT_EQ(Encode("senml-json"),
              R"([{"bn":"s/03/","bt":1767225661.25,"n":"t","u":"Cel","v":21.8},)"
              R"({"n":"seq","u":"count","v":17}])");
    EXPECT_EQ(Encode("sdc-record"),
              "\xa1"
              R"({"header":{"stageCreator":"s03","sourceId":"s03::17","stagesPath":"s03",)"
              R"("trackingId":"s03::17","values":{}},"value":{"type":"MAP","value":{)"
              R"("sensor":{"type":"STRING","value":"s03"},)"
              R"("sequence":{"type":"LONG","value":"17"},)"
              R"("time":{"type":"DATETIME","value":1767225661250},)"
              R"("value":{"type":"DOUBLE","value":"21.8"}}}})");
}

TEST(Payload, SenmlCborIsAsWritten)
{
    const sansio::Bytes expected = FromHex("82 "                            // two records
                                           "a5 "                            // of five fields
                                           "21 65 73 2f 30 33 2f "          // bn "s/03/"
                                           "22 fb 41 da 55 6e 4f 50 00 00 " // bt 1767225661.25
                                           "00 61 74 "                      // n "t"
                                           "01 63 43 65 6c "                // u "Cel"
                                           "02 fb 40 35 cc cc cc cc cc cd " // v 21.8
                                           "a3 "                            // of three
                                           "00 63 73 65 71 "                // n "seq"
                                           "01 65 63 6f 75 6e 74 "          // u "count"
                                           "02 11");                        // v 17
    EXPECT_EQ(PayloadCodec("senml-cbor", 32, START).Encode(MakeReport()), expected);
}

TEST(Senml, ReadsTheDumpOfTheStandard)
{
    const auto pack = ReadSenmlCbor(FromHex(RFC_CBOR));
    ASSERT_TRUE(pack);
    EXPECT_EQ(*pack, Json::parse(RFC_JSON));
    EXPECT_EQ(pack->size(), 7u);
}

TEST(Senml, WritesTheDumpOfTheStandardButForOneFloat)
{
    // 1.5 as a single instead of a half: both are that number exactly, as section 6 asks.
    std::string expected = RFC_CBOR;
    expected.replace(expected.find("f9 3e 00"), 8, "fa 3f c0 00 00");
    EXPECT_EQ(WriteSenmlCbor(Json::parse(RFC_JSON)), FromHex(expected));
}

TEST(Senml, NoPartOfAPackIsOne)
{
    const sansio::Bytes good = FromHex(RFC_CBOR);
    for (size_t i = 0; i < good.size(); i++)
    {
        EXPECT_FALSE(ReadSenmlCbor(sansio::ByteView(good).First(i))) << i << " bytes";
    }
    for (const char* bad : {"",
                            "80 00",                // more than a pack
                            "9f ff",                // indefinite length: a stream
                            "81 bf 02 01 ff",       // the same of a record
                            "81 a1 18 64 01",       // label 100
                            "81 a1 08 41 00",       // vd
                            "81 a1 02 c4 82 20 01", // decimal fraction
                            "81 a1 02 f7"})         // undefined
    {
        EXPECT_FALSE(ReadSenmlCbor(FromHex(bad))) << bad;
    }
    EXPECT_TRUE(ReadSenmlCbor(FromHex("80")));
}

TEST(Senml, BytesThatNestDoNoHarm)
{
    for (uint8_t opening : {0x81, 0x7f, 0xa1, 0xc1, 0x9f, 0xd8})
    {
        sansio::Bytes bytes(1000000, opening);
        EXPECT_FALSE(ReadSenmlCbor(bytes));
        const sansio::Bytes begin = FromHex("81 a1 02");
        std::copy(begin.begin(), begin.end(), bytes.begin());
        EXPECT_FALSE(ReadSenmlCbor(bytes));
    }
}

TEST(Senml, ResolvesBaseFields)
{
    const auto records = ResolveSenml(Json::parse(RFC_JSON));
    ASSERT_TRUE(records && records->size() == 7);
    EXPECT_EQ(records->at(0).name, "urn:dev:ow:10e2073a0108006:voltage");
    EXPECT_EQ(records->at(0).unit, "V");
    EXPECT_EQ(records->at(0).time, 1276020076.001);
    EXPECT_EQ(records->at(0).value, 120.1);
    EXPECT_EQ(records->at(1).name, "urn:dev:ow:10e2073a0108006:current");
    EXPECT_EQ(records->at(1).unit, "A");
    EXPECT_EQ(records->at(1).time, 1276020071.001);
    EXPECT_EQ(records->at(6).time, 1276020076.001);
}

TEST(Senml, ResolvesTheOtherExamples)
{
    // Section 5.1.6: the last takes the base name of the third and the base time of the first.
    const auto devices = ResolveSenml(Json::parse(
        R"([{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},
            {"n":"humidity","u":"%RH","v":30},
            {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},
            {"n":"humidity","u":"%RH","v":67}])"));
    ASSERT_TRUE(devices && devices->size() == 4);
    EXPECT_EQ(devices->at(3).name, "2001:db8::1/humidity");
    EXPECT_EQ(devices->at(3).time, 1320078429);
    // 5.1.7: a record of base fields alone.
    const auto thermostat = ResolveSenml(
        Json::parse(R"([{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"temp","u":"Cel","v":23.1},
                        {"n":"heat","u":"/","v":1},{"n":"fan","u":"/","v":0}])"));
    ASSERT_TRUE(thermostat && thermostat->size() == 3);
    EXPECT_EQ(thermostat->at(1).name, "urn:dev:ow:10e2073a01080063:heat");
    // 5.1.5, without its Data Value.
    const auto types = ResolveSenml(
        Json::parse(R"([{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},
                        {"n":"label","vs":"Machine Room"},{"n":"open","vb":false}])"));
    ASSERT_TRUE(types && types->size() == 3);
    EXPECT_EQ(types->at(1).text, "Machine Room");
    EXPECT_EQ(types->at(2).flag, false);
    // Base value and sum (4.5.4).
    const auto based = ResolveSenml(Json::parse(R"([{"bn":"a","bv":20,"bs":5,"v":1.5},{"s":2}])"));
    ASSERT_TRUE(based && based->size() == 2);
    EXPECT_EQ(based->at(0).value, 21.5);
    EXPECT_EQ(based->at(0).sum, 5);
    EXPECT_EQ(based->at(1).value, 20);
    EXPECT_EQ(based->at(1).sum, 7);
}

TEST(Senml, WhatBreaksTheStandardIsNotResolved)
{
    for (const char* bad : {R"({"n":"a","v":1})",
                            R"([1])",
                            R"([{"n":"a"}])",                  // no value
                            R"([{"n":"a","v":1,"vs":"x"}])",   // two
                            R"([{"n":"a","v":"1"}])",          // wrong type
                            R"([{"n":1,"v":1}])",              //
                            R"([{"v":1}])",                    // no name
                            R"([{"n":"/a","v":1}])",           // begins with no letter
                            R"([{"n":"a b","v":1}])",          //
                            R"([{"n":"a","v":1,"must_":1}])",  // not understood
                            R"([{"bver":11,"n":"a","v":1}])"}) // of a later version
    {
        EXPECT_FALSE(ResolveSenml(Json::parse(bad))) << bad;
    }
    EXPECT_TRUE(ResolveSenml(Json::parse(R"([{"bver":10,"n":"a","v":1,"may":[1]}])")));
}
