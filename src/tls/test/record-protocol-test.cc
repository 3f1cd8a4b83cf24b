// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"

namespace tls
{

namespace
{

using sansio::Layer;
using sansio::Provenance;
using sansio::Span;

struct Shape
{
    Version version;
    const char* suite;
    size_t before; ///< record header and explicit nonce
    size_t after;  ///< tag, and the inner content type of TLS 1.3
};

class RecordShape : public testing::TestWithParam<Shape>
{
};

// reference/figures.md section 1.3: 29, 21 and 14 bytes with a tag of 8, and GCM 29 and 22.
INSTANTIATE_TEST_SUITE_P(Suites,
                         RecordShape,
                         testing::Values(Shape{Version::Tls12, "PSK-AES128-CCM8", 13, 8},
                                         Shape{Version::Tls12, "PSK-AES128-GCM-SHA256", 13, 16},
                                         Shape{Version::Tls12, "PSK-CHACHA20-POLY1305", 5, 16},
                                         Shape{Version::Tls13, "TLS_AES_128_CCM_8_SHA256", 5, 9},
                                         Shape{Version::Tls13, "TLS_AES_128_GCM_SHA256", 5, 17}),
                         [](const auto& info) {
                             return (info.param.version == Version::Tls12 ? "Tls12_" : "Tls13_") +
                                    std::to_string(info.index);
                         });

TEST_P(RecordShape, KeepsThePlaceOfEachByte)
{
    const Shape shape = GetParam();
    StreamPair pair(MakePskSettings(shape.version, shape.suite));
    pair.Connect();
    sansio::SpannedBytes plaintext;
    plaintext.Append(sansio::Bytes(7, 1), {Layer::Application, false, 42});
    plaintext.Append(sansio::Bytes(50, 2), {Layer::Payload, false, 42});
    ASSERT_TRUE(pair.client.Send(pair.now, plaintext));
    const sansio::SpannedBytes record = pair.client.TakeTransmit();
    ASSERT_EQ(record.size(), shape.before + 57 + shape.after);
    const Provenance around{Layer::Security, false, 42};
    EXPECT_EQ(record.GetSpans(),
              (std::vector<Span>{
                  {0, shape.before, around},
                  {shape.before, shape.before + 7, {Layer::Application, false, 42}},
                  {shape.before + 7, shape.before + 57, {Layer::Payload, false, 42}},
                  {shape.before + 57, record.size(), around},
              }));
    pair.server.Receive(pair.now, record.GetView());
    pair.atServer.Take(pair.server);
    ASSERT_EQ(pair.atServer.plaintext.size(), 1U);
    EXPECT_EQ(sansio::ByteView(pair.atServer.plaintext[0]), plaintext.GetView());
}

TEST(Record, OfDtls12Adds29Bytes)
{
    DatagramPair pair(MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8"));
    pair.Run();
    ASSERT_TRUE(pair.client.Send(pair.now, MakePayload(32, 5)));
    const sansio::SpannedBytes record = pair.client.TakeTransmit();
    const Provenance around{Layer::Security, false, 5};
    EXPECT_EQ(record.GetSpans(),
              (std::vector<Span>{{0, 21, around},
                                 {21, 53, {Layer::Payload, false, 5}},
                                 {53, 61, around}}));
}

TEST(Record, OfALargeSendIsSplit)
{
    StreamPair pair(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8"));
    pair.Connect();
    ASSERT_TRUE(pair.client.Send(pair.now, MakePayload(20000, 5)));
    const sansio::SpannedBytes records = pair.client.TakeTransmit();
    ASSERT_EQ(records.size(), 20000U + 2 * 21);
    size_t payload = 0;
    for (const Span& span : records.GetSpans())
    {
        payload += span.provenance.layer == Layer::Payload ? span.end - span.begin : 0;
    }
    EXPECT_EQ(payload, 20000U);
    EXPECT_EQ(records.GetSpans()[1], (Span{13, 13 + 16384, {Layer::Payload, false, 5}}));
}

TEST(Record, OfAnUnestablishedChannelIsNotMade)
{
    StreamPair pair(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8"));
    EXPECT_FALSE(pair.client.Send(pair.now, MakePayload(1)));
    pair.Connect();
    pair.client.Close(pair.now);
    EXPECT_FALSE(pair.client.Send(pair.now, MakePayload(1)));
    pair.Exchange();
    EXPECT_TRUE(pair.atServer.closed);
    EXPECT_TRUE(pair.atClient.closed); // RFC 5246 section 7.2.1
    EXPECT_FALSE(pair.server.Send(pair.now, MakePayload(1)));
}

TEST(Record, ThatWasChangedEndsTls)
{
    for (auto [version, suite] : {std::pair{Version::Tls12, "PSK-AES128-CCM8"},
                                  std::pair{Version::Tls12, "PSK-AES128-GCM-SHA256"},
                                  std::pair{Version::Tls13, "TLS_AES_128_CCM_8_SHA256"},
                                  std::pair{Version::Tls13, "TLS_AES_128_GCM_SHA256"}})
    {
        StreamPair pair(MakePskSettings(version, suite));
        pair.Connect();
        pair.tamper = [](char from, sansio::Bytes& bytes) { bytes.back() ^= from == 'C'; };
        pair.client.Send(pair.now, MakePayload(10));
        pair.Exchange();
        ASSERT_TRUE(pair.atServer.failure) << suite;
        EXPECT_EQ(pair.atServer.failure->alert, 20) << suite; // bad_record_mac
        EXPECT_FALSE(pair.atServer.failure->sentByPeer);
        EXPECT_FALSE(pair.atServer.failedInHandshake);
        EXPECT_EQ(pair.atServer.rejected, std::vector{RejectionReason::BadMac}) << suite;
        ASSERT_TRUE(pair.atClient.failure) << suite;
        EXPECT_EQ(pair.atClient.failure->alert, 20);
        EXPECT_TRUE(pair.atClient.failure->sentByPeer);
        EXPECT_TRUE(pair.atServer.plaintext.empty());
    }
}

} // namespace

} // namespace tls
