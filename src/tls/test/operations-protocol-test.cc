// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"

#include <map>

namespace tls
{

namespace
{

using sansio::OperationKind;

using Totals = std::map<OperationKind, std::pair<uint32_t, uint64_t>>;

Totals
Add(const sansio::Operations& operations)
{
    Totals totals;
    for (const sansio::Operation& operation : operations)
    {
        totals[operation.kind].first += operation.count;
        totals[operation.kind].second += operation.bytes;
    }
    return totals;
}

uint32_t
GetCount(const Totals& totals, OperationKind kind)
{
    const auto found = totals.find(kind);
    return found == totals.end() ? 0 : found->second.first;
}

TEST(OperationsOfHandshake, Tls12PskAreFourDerivations)
{
    // master secret 48, two keys and two implicit nonces 40, two Finished of 12 bytes
    StreamPair pair(MakePskSettings(Version::Tls12, "PSK-AES128-CCM8"));
    pair.Connect();
    for (StreamChannel* channel : {&pair.client, &pair.server})
    {
        const Totals totals = Add(channel->TakeOperations());
        EXPECT_EQ(totals.size(), 3U);
        EXPECT_EQ(totals.at(OperationKind::Tls12Prf), std::pair(4U, uint64_t{48 + 40 + 12 + 12}));
        EXPECT_EQ(totals.at(OperationKind::Aes128Ccm), std::pair(2U, uint64_t{16 + 16}));
        EXPECT_EQ(totals.at(OperationKind::Sha256).first, 2U);
    }
}

TEST(OperationsOfHandshake, MutualCertificatesSignAndVerifyOnce)
{
    for (auto [version, suite] : {std::pair{Version::Tls12, "ECDHE-ECDSA-AES128-CCM8"},
                                  std::pair{Version::Tls13, "TLS_AES_128_CCM_8_SHA256"}})
    {
        StreamPair pair(MakeMutualSettings(version, suite));
        pair.Connect();
        for (StreamChannel* channel : {&pair.client, &pair.server})
        {
            const Totals totals = Add(channel->TakeOperations());
            EXPECT_EQ(GetCount(totals, OperationKind::EcdsaP256Sign), 1U) << suite;
            EXPECT_EQ(GetCount(totals, OperationKind::EcdsaP256Verify), 1U) << suite;
            EXPECT_EQ(GetCount(totals, OperationKind::EcP256KeyGeneration), 1U) << suite;
            EXPECT_EQ(GetCount(totals, OperationKind::EcP256Derive), 1U) << suite;
        }
    }
}

TEST(OperationsOfHandshake, AServerNeitherVerifiesNorSendsTheRootOfItsOwnCertificate)
{
    TestRandom random(3);
    crypto::CertificateAuthority authority({"ca"}, random);
    const crypto::Credential host = authority.Issue({"host"});
    Settings client;
    client.version = Version::Tls12;
    client.cipherSuites = {"ECDHE-ECDSA-AES128-CCM8"};
    client.trustAnchors = authority.GetCertificate();
    Settings server = client; // with the trust anchor, as one that asks for client certificates has
    server.certificateChain = host.certificate;
    server.privateKey = host.privateKey;
    StreamPair pair(client, server);
    pair.Connect();
    ASSERT_TRUE(pair.atClient.completed);
    EXPECT_EQ(GetCount(Add(pair.server.TakeOperations()), OperationKind::EcdsaP256Verify), 0U);
    EXPECT_EQ(GetCount(Add(pair.client.TakeOperations()), OperationKind::EcdsaP256Verify), 2U);
    // Each certificate names ecdsa-with-SHA256 twice (RFC 5280 section 4.1).
    const std::string oid("\x2a\x86\x48\xce\x3d\x04\x03\x02");
    const std::string wire(pair.wire.begin(), pair.wire.end());
    size_t names = 0;
    for (size_t at = wire.find(oid); at != std::string::npos; at = wire.find(oid, at + 1))
    {
        names++;
    }
    EXPECT_EQ(names, 2U);
}

TEST(OperationsOfHandshake, Tls13PskHasAShareButNoSignature)
{
    StreamPair pair(MakePskSettings(Version::Tls13, "TLS_AES_128_CCM_8_SHA256"));
    pair.Connect();
    const Totals totals = Add(pair.client.TakeOperations());
    EXPECT_EQ(GetCount(totals, OperationKind::EcP256KeyGeneration), 1U);
    EXPECT_EQ(GetCount(totals, OperationKind::EcP256Derive), 1U);
    EXPECT_EQ(GetCount(totals, OperationKind::EcdsaP256Sign), 0U);
    EXPECT_EQ(GetCount(totals, OperationKind::HmacSha256), 3U); // binder and two Finished
    EXPECT_EQ(GetCount(totals, OperationKind::Tls12Prf), 0U);
}

TEST(OperationsOfRecords, AreCountedByPlaintext)
{
    struct Case
    {
        Version version;
        const char* suite;
        OperationKind kind;
        uint64_t bytes; ///< TLS 1.3 encrypts the content type, too
    };

    for (const Case& c :
         {Case{Version::Tls12, "PSK-AES128-CCM8", OperationKind::Aes128Ccm, 64},
          Case{Version::Tls12, "PSK-AES128-GCM-SHA256", OperationKind::Aes128Gcm, 64},
          Case{Version::Tls12, "PSK-CHACHA20-POLY1305", OperationKind::ChaCha20Poly1305, 64},
          Case{Version::Tls13, "TLS_AES_128_CCM_8_SHA256", OperationKind::Aes128Ccm, 65},
          Case{Version::Tls13, "TLS_AES_128_GCM_SHA256", OperationKind::Aes128Gcm, 65}})
    {
        StreamPair pair(MakePskSettings(c.version, c.suite));
        pair.Connect();
        pair.client.TakeOperations();
        pair.server.TakeOperations();
        pair.client.Send(pair.now, MakePayload(64));
        pair.Exchange();
        const sansio::Operations expected{{c.kind, 1, c.bytes}};
        EXPECT_EQ(pair.client.TakeOperations(), expected) << c.suite;
        EXPECT_EQ(pair.server.TakeOperations(), expected) << c.suite;
    }
}

TEST(OperationsOfRecords, GoToWhoeverDidThem)
{
    DatagramPair pair(MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8"));
    pair.Run();
    EXPECT_EQ(pair.listener.TakeOperations(),
              (sansio::Operations{{OperationKind::HmacSha256, 2, 2 * 18}})); // cookie, twice
    pair.client.TakeOperations();
    pair.server->TakeOperations();
    pair.client.Send(pair.now, MakePayload(32));
    EXPECT_EQ(pair.client.TakeOperations(),
              (sansio::Operations{{OperationKind::Aes128Ccm, 1, 32}}));
    EXPECT_TRUE(pair.server->TakeOperations().empty());
}

} // namespace

} // namespace tls
