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

TEST(Handshake, CertificatesHaveThePublishedSizes)
{
    for (const auto& f :
         {ConnectStream(MakeMutualSettings(Version::Tls12, "ECDHE-ECDSA-AES128-CCM8")),
          ConnectStream(MakeMutualSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256"))})
    {
        for (auto& [who, size] : f)
        {
            printf("%c%zu ", who, size);
        }
        puts("");
    }
    Settings settings = MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8");
    for (size_t mtu : {1400, 256, 95})
    {
        settings.mtu = mtu;
        for (auto& [who, size] : ConnectDatagrams(settings))
        {
            printf("%c%zu ", who, size);
        }
        puts("");
    }
}

TEST(Handshake, OpenSslProfile)
{
    Settings a = MakePskSettings(Version::Tls12, "PSK-AES128-CCM8");
    Settings b = MakePskSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256");
    Settings c = MakeMutualSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256");
    for (Settings* s : {&a, &b, &c})
    {
        s->profile = Profile::OpenSsl;
        for (auto& [who, size] : ConnectStream(*s))
        {
            printf("%c%zu ", who, size);
        }
        puts("");
    }
    Settings d = MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8");
    Settings e = MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8");
    Settings f = d;
    f.cookieExchange = false;
    for (Settings* s : {&d, &f, &e})
    {
        s->profile = Profile::OpenSsl;
        for (auto& [who, size] : ConnectDatagrams(*s))
        {
            printf("%c%zu ", who, size);
        }
        puts("");
    }
}

} // namespace

} // namespace tls
