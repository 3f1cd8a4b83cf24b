// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"

#include <gmock/gmock.h>

namespace tls
{

namespace
{

using testing::ElementsAre;
using testing::Pair;

using Flights = std::vector<std::pair<char, size_t>>;

// The message sizes of reference/figures.md section 1.4, as measured with OpenSSL 3.0.

Flights
ConnectStream(const Settings& settings)
{
    StreamPair pair(settings);
    pair.Connect();
    EXPECT_TRUE(pair.atClient.completed);
    EXPECT_TRUE(pair.atServer.completed);
    return pair.flights;
}

Flights
ConnectDatagrams(const Settings& settings)
{
    DatagramPair pair(settings);
    pair.Run();
    EXPECT_TRUE(pair.BothCompleted());
    return pair.datagrams;
}

TEST(Handshake, Tls12PskHasThePublishedSizes)
{
    EXPECT_THAT(ConnectStream(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8")),
                ElementsAre(Pair('C', 62), Pair('S', 63), Pair('C', 55), Pair('S', 43)));
    EXPECT_THAT(ConnectStream(MakePskSettings(Version::Tls12, "PSK-AES128-GCM-SHA256")),
                ElementsAre(Pair('C', 62), Pair('S', 63), Pair('C', 63), Pair('S', 51)));
}

TEST(Handshake, Tls13PskHasThePublishedSizes)
{
    Settings settings = MakePskSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256");
    EXPECT_THAT(ConnectStream(settings),
                ElementsAre(Pair('C', 214), Pair('S', 204), Pair('C', 50)));
    settings.groups = {"X25519"};
    EXPECT_THAT(ConnectStream(settings),
                ElementsAre(Pair('C', 181), Pair('S', 171), Pair('C', 50)));
    EXPECT_THAT(ConnectStream(MakePskSettings(Version::Tls13, "TLS_AES_128_GCM_SHA256")),
                ElementsAre(Pair('C', 214), Pair('S', 220), Pair('C', 58)));
}

TEST(Handshake, Dtls12PskHasThePublishedSizes)
{
    Settings settings = MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8");
    EXPECT_THAT(ConnectDatagrams(settings),
                ElementsAre(Pair('C', 79),
                            Pair('S', 44),
                            Pair('C', 95),
                            Pair('S', 95),
                            Pair('C', 95),
                            Pair('S', 67)));
    settings.cookieExchange = false;
    EXPECT_THAT(ConnectDatagrams(settings),
                ElementsAre(Pair('C', 79), Pair('S', 95), Pair('C', 95), Pair('S', 67)));
}

/// Equal but for what ECDSA signatures vary in length, 2 bytes each; sizes without any are exact.
void
ExpectNear(const Flights& flights, const Flights& published, const std::vector<int>& signatures)
{
    ASSERT_EQ(flights.size(), published.size());
    for (size_t i = 0; i < flights.size(); i++)
    {
        EXPECT_EQ(flights[i].first, published[i].first) << "flight " << i;
        EXPECT_NEAR(flights[i].second, published[i].second, 2 * signatures[i]) << "flight " << i;
    }
}

TEST(Handshake, MutualCertificatesHaveThePublishedSizes)
{
    ExpectNear(ConnectStream(MakeMutualSettings(Version::Tls12, "ECDHE-ECDSA-AES128-CCM8")),
               {{'C', 78}, {'S', 520}, {'C', 481}, {'S', 43}},
               {0, 2, 2, 0});
    ExpectNear(ConnectStream(MakeMutualSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256")),
               {{'C', 166}, {'S', 611}, {'C', 433}},
               {0, 2, 2});
    Settings settings = MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8");
    settings.mtu = 1400;
    ExpectNear(ConnectDatagrams(settings),
               {{'C', 95}, {'S', 44}, {'C', 111}, {'S', 600}, {'C', 553}, {'S', 67}},
               {0, 0, 0, 2, 2, 0});
}

TEST(Handshake, OfFragmentsHasThePublishedSizes)
{
    Settings settings = MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8");
    settings.mtu = 256;
    const Flights datagrams = ConnectDatagrams(settings);
    size_t total = 0;
    for (const auto& [who, size] : datagrams)
    {
        total += size;
        EXPECT_LE(size, 256U);
    }
    EXPECT_NEAR(total, 1545, 8); // four signatures
    EXPECT_EQ(datagrams.size(), 10U);
}

TEST(Handshake, OfOpenSslsDefaultsHasThePublishedSizes)
{
    const auto connect = [](Settings settings, bool cookies) {
        settings.profile = Profile::OpenSsl;
        settings.cookieExchange = cookies;
        return settings.version == Version::Dtls12 ? ConnectDatagrams(settings)
                                                   : ConnectStream(settings);
    };
    EXPECT_THAT(connect(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8"), true),
                ElementsAre(Pair('C', 118), Pair('S', 71), Pair('C', 55), Pair('S', 234)));
    Flights flights = connect(MakePskSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256"), true);
    flights.pop_back(); // two tickets, which the figures leave out
    EXPECT_THAT(flights, ElementsAre(Pair('C', 269), Pair('S', 209), Pair('C', 56)));
    flights = connect(MakeMutualSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256"), true);
    flights.pop_back();
    ExpectNear(flights, {{'C', 221}, {'S', 649}, {'C', 441}}, {0, 2, 2});
    size_t totals[2] = {0, 0};
    for (bool cookies : {false, true})
    {
        for (const auto& [who, size] :
             connect(MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8"), cookies))
        {
            totals[cookies] += size;
        }
    }
    EXPECT_EQ(totals[0], 607U);
    EXPECT_EQ(totals[1], 802U);
}

} // namespace

} // namespace tls
