// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"

namespace tls
{

namespace
{

constexpr const char* ECDSA_SUITE = "ECDHE-ECDSA-AES128-CCM8";

/// A server with a certificate of its authority, and a client that trusts it.
struct Certified
{
    explicit Certified(crypto::CertificateRequest request = {"broker", {"broker.example"}})
        : random(4),
          authority({"authority"}, random)
    {
        const crypto::Credential credential = authority.Issue(request);
        server.cipherSuites = client.cipherSuites = {ECDSA_SUITE};
        server.certificateChain = credential.certificate;
        server.privateKey = credential.privateKey;
        client.trustAnchors = authority.GetCertificate();
        client.peerName = "broker.example";
    }

    TestRandom random;
    crypto::CertificateAuthority authority;
    Settings client;
    Settings server;
};

/// The alert with which the client refuses the server.
int
GetClientAlert(const Settings& client, const Settings& server)
{
    StreamPair pair(client, server);
    pair.Connect();
    EXPECT_TRUE(pair.atClient.failedInHandshake && pair.atServer.failedInHandshake);
    EXPECT_FALSE(pair.atClient.failure->sentByPeer);
    EXPECT_TRUE(pair.atServer.failure->sentByPeer);
    EXPECT_EQ(pair.atClient.failure->alert, pair.atServer.failure->alert);
    return pair.atClient.failure->alert.value_or(255);
}

TEST(HandshakeFailure, OfAnUntrustedCertificateIsUnknownCa)
{
    Certified certified;
    Certified other({"other"});
    certified.client.trustAnchors =
        crypto::CertificateAuthority({"other"}, other.random).GetCertificate();
    EXPECT_EQ(GetClientAlert(certified.client, certified.server), 48);
}

TEST(HandshakeFailure, OfAnotherNameIsBadCertificate)
{
    Certified certified;
    certified.client.peerName = "attacker.example";
    EXPECT_EQ(GetClientAlert(certified.client, certified.server), 42);
}

TEST(HandshakeFailure, AtADateBeyondTheCertificateIsCertificateExpired)
{
    crypto::CertificateRequest request{"broker", {"broker.example"}};
    request.notAfter = 1767225600 + 60; // a minute after the start of the simulation
    Certified certified(request);
    StreamPair early(certified.client, certified.server);
    early.now = sansio::TimePoint(59s);
    early.Connect();
    EXPECT_TRUE(early.atClient.completed);
    EXPECT_EQ(early.client.GetPeerIdentity().certificateSubject, "CN=broker");
    StreamPair late(certified.client, certified.server);
    late.now = sansio::TimePoint(62s);
    late.Connect();
    ASSERT_TRUE(late.atClient.failedInHandshake);
    EXPECT_EQ(late.atClient.failure->alert, 45);
    EXPECT_EQ(late.atClient.failure->reason, "certificate_expired: certificate has expired");
}

TEST(HandshakeFailure, WithoutAClientCertificateIsHandshakeFailure)
{
    Certified certified;
    certified.server.requireClientCertificate = true;
    certified.server.trustAnchors = certified.client.trustAnchors;
    StreamPair pair(certified.client, certified.server);
    pair.Connect();
    ASSERT_TRUE(pair.atServer.failedInHandshake);
    EXPECT_EQ(pair.atServer.failure->alert, 40);
}

TEST(HandshakeFailure, OfAnUnknownPskIdentity)
{
    Settings client = MakePskSettings(Version::Tls12, "PSK-AES128-CCM8");
    Settings server = client;
    client.preSharedKeys[0].identity = "x";
    StreamPair pair(client, server);
    pair.Connect();
    ASSERT_TRUE(pair.atServer.failedInHandshake);
    EXPECT_EQ(pair.atServer.failure->alert, 115);
}

TEST(HandshakeFailure, OfAWrongPsk)
{
    for (auto [version, suite, alert] :
         {std::tuple{Version::Tls12, "PSK-AES128-CCM8", 20},
          std::tuple{Version::Tls13, "TLS_AES_128_CCM_8_SHA256", 47}})
    {
        Settings client = MakePskSettings(version, suite);
        Settings server = client;
        client.preSharedKeys[0].key[0] ^= 1;
        StreamPair pair(client, server);
        pair.Connect();
        ASSERT_TRUE(pair.atServer.failedInHandshake) << suite;
        EXPECT_EQ(pair.atServer.failure->alert, alert) << suite;
        ASSERT_TRUE(pair.atClient.failedInHandshake) << suite;
        EXPECT_TRUE(pair.atClient.failure->sentByPeer) << suite;
    }
}

TEST(HandshakeFailure, OfAWrongPskInDtlsIsSilence)
{
    // RFC 6347 section 4.1.2.7: what does not authenticate is dropped, so both ends time out.
    Settings client = MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8");
    Settings server = client;
    client.preSharedKeys[0].key[0] ^= 1;
    DatagramPair pair(client, server);
    pair.Run();
    ASSERT_TRUE(pair.atClient.failedInHandshake);
    EXPECT_EQ(pair.atClient.failure->reason, "read timeout expired");
    EXPECT_FALSE(pair.atServer.completed);
    ASSERT_FALSE(pair.atServer.rejected.empty());
    EXPECT_EQ(pair.atServer.rejected.front(), RejectionReason::BadMac);
}

TEST(PeerIdentity, IsWhatWasProved)
{
    StreamPair psk(MakePskSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256"));
    psk.Connect();
    EXPECT_EQ(psk.server.GetPeerIdentity().pskIdentity, "d");
    EXPECT_EQ(psk.atServer.completed->cipherSuite, "TLS_AES_128_CCM_8_SHA256");
    EXPECT_FALSE(psk.atServer.completed->resumed);
    EXPECT_EQ(psk.atServer.completed->flights, 3U);
    EXPECT_EQ(psk.atClient.completed->bytesSent, 214U + 50U);
    StreamPair mutual(MakeMutualSettings(Version::Tls12, ECDSA_SUITE));
    mutual.Connect();
    EXPECT_EQ(mutual.server.GetPeerIdentity().certificateSubject, "CN=a");
    EXPECT_EQ(mutual.server.GetPeerIdentity().pskIdentity, "");
}

TEST(Determinism, SameSeedSameBytes)
{
    const Settings settings = MakeMutualSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256");
    sansio::Bytes wire[3];
    const uint64_t seeds[] = {1, 1, 2};
    for (size_t i = 0; i < 3; i++)
    {
        StreamPair pair(settings, seeds[i]);
        pair.Connect();
        wire[i] = pair.wire;
    }
    EXPECT_EQ(wire[0], wire[1]);
    EXPECT_NE(wire[0], wire[2]);
}

TEST(KeyLog, HasALinePerHandshake)
{
    std::vector<std::string> lines;
    TestRandom random(1);
    const auto context = MakeContext(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8"),
                                     [&](std::string_view line) { lines.emplace_back(line); });
    StreamChannel client(context, Role::Client, random);
    StreamChannel server(context, Role::Server, random);
    client.Start({});
    for (int i = 0; i < 3; i++)
    {
        server.Receive({}, client.TakeTransmit().GetView());
        client.Receive({}, server.TakeTransmit().GetView());
    }
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0].substr(0, 14), "CLIENT_RANDOM ");
    EXPECT_EQ(lines[0].size(), 14U + 64 + 1 + 96);
}

TEST(Garbage, NeverCrashes)
{
    for (uint64_t seed = 0; seed < 300; seed++)
    {
        TestRandom random(seed);
        Settings settings = MakePskSettings(Version::Tls12, "PSK-AES128-CCM8");
        StreamPair pair(settings);
        pair.tamper = [&](char, sansio::Bytes& bytes) {
            bytes[random.GetInteger() % bytes.size()] = static_cast<uint8_t>(random.GetInteger());
        };
        pair.Connect();
        settings.version = Version::Dtls12;
        DatagramPair datagrams(settings);
        datagrams.Run();
        sansio::Bytes noise = random.GetBytes(random.GetInteger() % 100);
        if (noise.size() > 13 && seed % 2)
        {
            const sansio::Bytes header{static_cast<uint8_t>(20 + seed % 4), 0xfe, 0xfd, 0, 1};
            std::copy(header.begin(), header.end(), noise.begin());
            noise[11] = 0;
            noise[12] = static_cast<uint8_t>(noise.size() - 13);
        }
        datagrams.server->Receive(datagrams.now, noise);
        datagrams.listener.Receive(datagrams.now, {}, noise);
        datagrams.client.Receive(datagrams.now, noise);
        datagrams.Exchange();
    }
}

TEST(ContextErrors, NameTheValue)
{
    const auto errorOf = [](const Settings& settings) {
        TestRandom random(1);
        auto result = Context::Create(settings, random);
        auto* error = std::get_if<std::string>(&result);
        return error ? *error : std::string();
    };
    const Settings good = MakeMutualSettings(Version::Tls12, ECDSA_SUITE);
    EXPECT_EQ(errorOf(good), "");
    Settings bad = good;
    bad.cipherSuites = {"ROT13"};
    EXPECT_NE(errorOf(bad).find("ROT13"), std::string::npos);
    bad = good;
    bad.version = Version::Tls13;
    EXPECT_NE(errorOf(bad).find("TLS 1.3"), std::string::npos);
    bad = good;
    bad.certificateChain.erase(100, 40);
    EXPECT_NE(errorOf(bad).find("certificateChain"), std::string::npos);
    bad = good;
    bad.trustAnchors = "none";
    EXPECT_NE(errorOf(bad).find("trustAnchors"), std::string::npos);
    bad = good;
    bad.privateKey = Certified().server.privateKey;
    EXPECT_NE(errorOf(bad).find("does not belong"), std::string::npos);
    bad = good;
    bad.cipherSuites = {"PSK-AES128-CCM8"};
    EXPECT_NE(errorOf(bad).find("pre-shared key"), std::string::npos);
    bad = good;
    bad.mtu = 79;
    EXPECT_NE(errorOf(bad).find("79"), std::string::npos);
}

} // namespace

} // namespace tls
