// SPDX-License-Identifier: GPL-2.0-only
#include "coap/model/coap-server.h"
#include "crypto/protocol/certificate-authority.h"
#include "iot-attacks/model/coap-flood.h"
#include "iot-attacks/model/dtls-flood.h"
#include "iot-attacks/test/attack-test-network.h"
#include "tls/helper/tls-helper.h"
#include "tls/model/dtls-socket.h"
#include "tls/protocol/datagram-channel.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <numeric>

namespace ns3
{

namespace
{

constexpr uint16_t COAP_PORT = 5683;
constexpr uint16_t DTLS_PORT = 5684;
constexpr uint32_t UDP_OVERHEAD = 48; ///< headers of IPv6 and UDP

/// The same bytes as an honest client with the same settings, but for the random ones.
void
ExpectSameHello(const tls::Settings& settings, attacks::HelloCredential credential)
{
    Ns3RandomSource random;
    random.AssignStreams(800);
    const auto context = tls::Context::Create(settings, random);
    ASSERT_EQ(context.index(), 0) << std::get<1>(context);
    tls::DatagramChannel channel(std::get<0>(context), tls::Role::Client, random);
    channel.Start({});
    const sansio::Bytes honest = channel.TakeTransmit().GetView().ToBytes();
    attacks::ClientHello hello;
    hello.credential = credential;
    constexpr size_t randomAt = 13 + 12 + 2;
    ASSERT_GT(honest.size(), randomAt + hello.random.size());
    std::copy_n(&honest[randomAt], hello.random.size(), hello.random.begin());
    EXPECT_EQ(attacks::Encode(hello), honest);
}

TEST(ClientHelloOfAttack, IsThatOfALeanPskClient)
{
    tls::Settings settings;
    settings.version = tls::Version::Dtls12;
    settings.cipherSuites = {"TLS_PSK_WITH_AES_128_CCM_8"};
    settings.preSharedKeys = {{"d", sansio::Bytes(16, 7)}};
    ExpectSameHello(settings, attacks::HelloCredential::Psk);
}

TEST(ClientHelloOfAttack, IsThatOfALeanEcdsaClient)
{
    tls::Settings settings;
    settings.version = tls::Version::Dtls12;
    settings.cipherSuites = {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"};
    settings.verifyPeer = false;
    ExpectSameHello(settings, attacks::HelloCredential::Ecdsa);
}

/// A DTLS listener with a PSK and a certificate as victim.
class DtlsFloodTest : public AttackNetworkTest
{
  protected:
    void Serve(bool cookie, uint32_t bound)
    {
        Ns3RandomSource random;
        random.AssignStreams(900);
        const auto credential = crypto::CertificateAuthority::MakeSelfSigned({"server"}, random);
        factory = CreateObject<DtlsSocketFactory>();
        factory->SetAttribute("PskIdentity", StringValue("d"));
        factory->SetAttribute("PskKey", StringValue("000102030405060708090a0b0c0d0e0f"));
        factory->SetAttribute("Certificate", StringValue(credential.certificate));
        factory->SetAttribute("PrivateKey", StringValue(credential.privateKey));
        factory->SetAttribute("CookieExchange", BooleanValue(cookie));
        factory->SetAttribute("MaxHalfOpen", UintegerValue(bound));
        factory->SetAttribute("MaxSessions", UintegerValue(bound));
        factory->AssignStreams(910);
        factory->TraceConnectWithoutContext("PeerRefused",
                                            MakeCallback(&DtlsFloodTest::HandleRefused, this));
        factory->TraceConnectWithoutContext("Operation",
                                            MakeCallback(&DtlsFloodTest::HandleOperation, this));
        victim->AggregateObject(factory);
        listener = DynamicCast<DtlsSocket>(factory->CreateSocket());
        ASSERT_EQ(listener->Bind(GetAny(DTLS_PORT)), 0);
    }

    void HandleRefused(const std::string& reason, const Address& peer)
    {
        refused++;
    }

    void HandleOperation(const sansio::Operation& operation)
    {
        signatures += operation.kind == sansio::OperationKind::EcdsaP256Sign;
    }

    Ptr<DtlsSocketFactory> factory;
    Ptr<DtlsSocket> listener;
    uint64_t refused{0};
    uint64_t signatures{0};
};

TEST_F(DtlsFloodTest, LeavesNoStateWithCookie)
{
    Serve(true, 100000);
    auto attack = Add<DtlsFlood>(DTLS_PORT, 50);
    attack->SetStopTime(Seconds(10.99));
    RunUntil(10.999);
    EXPECT_EQ(attack->GetPackets(), 500);
    EXPECT_EQ(attack->GetBytes(), 500 * (79 + UDP_OVERHEAD));
    EXPECT_EQ(attack->GetReplies(), 0); // they go to who was never there
    EXPECT_EQ(listener->GetSessionCount(), 0);
    const size_t memory = factory->GetPeakMemory();
    EXPECT_EQ(received, std::vector<uint32_t>(500, 79 + UDP_OVERHEAD));
    EXPECT_EQ(sent, std::vector<uint32_t>(500, 44 + UDP_OVERHEAD)); // 44/79 of UDP payload
    EXPECT_EQ(factory->GetMemory(), 0);
    EXPECT_EQ(memory, 0);
}

TEST_F(DtlsFloodTest, LeavesAStateForEachClientHelloWithoutCookie)
{
    Serve(false, 100000);
    auto attack = Add<DtlsFlood>(DTLS_PORT, 50);
    for (uint32_t seconds : {1, 2, 4, 8})
    {
        RunUntil(1 + seconds - 0.005);
        EXPECT_EQ(listener->GetSessionCount(), 50 * seconds);
        EXPECT_EQ(attack->GetPackets(), 50 * seconds);
    }
    EXPECT_EQ(refused, 0);
    // the first flight of each and its repetitions: more comes out than went in
    EXPECT_GT(std::accumulate(sent.begin(), sent.end(), 0u),
              std::accumulate(received.begin(), received.end(), 0u));
}

TEST_F(DtlsFloodTest, StopsAtTheBoundOfTheVictim)
{
    Serve(false, 32);
    Add<DtlsFlood>(DTLS_PORT, 100);
    RunUntil(1.995);
    EXPECT_EQ(listener->GetSessionCount(), 32);
    EXPECT_EQ(refused, 68);
    const size_t memory = factory->GetPeakMemory();
    RunUntil(60);
    EXPECT_EQ(listener->GetSessionCount(), 32);
    EXPECT_EQ(factory->GetPeakMemory(), memory);
}

TEST_F(DtlsFloodTest, MakesAServerSignWithoutCookie)
{
    Serve(false, 100000);
    auto attack = Add<DtlsFlood>(DTLS_PORT, 50);
    attack->SetAttribute("Credential", StringValue("ecdsa"));
    RunUntil(1.995);
    EXPECT_EQ(received, std::vector<uint32_t>(50, 95 + UDP_OVERHEAD));
    EXPECT_EQ(signatures, 50);
    EXPECT_EQ(listener->GetSessionCount(), 50);
}

TEST_F(DtlsFloodTest, GetsStateByAnsweringTheCookieFromItsOwnAddress)
{
    Serve(true, 100000);
    auto attack = Add<DtlsFlood>(DTLS_PORT, 50);
    attack->SetAttribute("Spoofed", BooleanValue(false));
    attack->SetAttribute("AnswerCookie", BooleanValue(true));
    attack->SetAttribute("Ports", UintegerValue(100));
    RunUntil(2.895);
    EXPECT_EQ(attack->GetCookiesAnswered(), 95);
    EXPECT_EQ(listener->GetSessionCount(), 95);
    EXPECT_GE(attack->GetReplies(), 190u); // a request and a flight each
    EXPECT_EQ(refused, 0);
}

TEST_F(DtlsFloodTest, GetsNoStateByIgnoringTheCookieFromItsOwnAddress)
{
    Serve(true, 100000);
    auto attack = Add<DtlsFlood>(DTLS_PORT, 50);
    attack->SetAttribute("Spoofed", BooleanValue(false));
    RunUntil(2.895);
    EXPECT_EQ(attack->GetReplies(), 95);
    EXPECT_EQ(listener->GetSessionCount(), 0);
}

/// A CoAP server as victim, which counts the requests it processes.
class CoapFloodTest : public AttackNetworkTest
{
  protected:
    CoapFloodTest()
    {
        server = CreateObject<CoapServer>();
        server->SetAttribute("Local", AddressValue(GetAny(COAP_PORT)));
        server->AddResource("s/00/t", [this](const CoapRequestContext&, const coap::Request&) {
            processed++;
            coap::Response response;
            response.code = coap::Code::Changed;
            return response;
        });
        victim->AddApplication(server);
    }

    Ptr<CoapServer> server;
    uint64_t processed{0};
};

TEST_F(CoapFloodTest, IsProcessedRequestByRequest)
{
    auto attack = Add<CoapFlood>(COAP_PORT, 100);
    attack->SetAttribute("Method", StringValue("POST"));
    attack->SetAttribute("Path", StringValue("s/00/t"));
    attack->SetAttribute("Payload", UintegerValue(32));
    RunUntil(5.995);
    EXPECT_EQ(processed, 500);
    EXPECT_EQ(sent.size(), 500);
    // header 4, token 2, options 2 + 3 + 2, marker 1, payload 32
    EXPECT_EQ(received, std::vector<uint32_t>(500, 46 + UDP_OVERHEAD));
    EXPECT_EQ(attack->GetReplies(), 0);
}

TEST_F(CoapFloodTest, IsAnsweredAtItsOwnAddress)
{
    auto attack = Add<CoapFlood>(COAP_PORT, 100);
    attack->SetAttribute("Spoofed", BooleanValue(false));
    attack->SetAttribute("Path", StringValue("s/00/t"));
    RunUntil(5.995);
    EXPECT_EQ(processed, 500);
    EXPECT_EQ(attack->GetPackets(), 500);
    EXPECT_EQ(attack->GetReplies(), 500);
}

TEST_F(CoapFloodTest, RepeatsMessageIdsBeyond265RequestsASecondAndPort)
{
    auto attack = Add<CoapFlood>(COAP_PORT, 1000);
    attack->SetAttribute("Spoofed", BooleanValue(false));
    attack->SetAttribute("Ports", UintegerValue(1));
    attack->SetAttribute("Path", StringValue("s/00/t"));
    server->SetAttribute("MaxDuplicates", UintegerValue(100000));
    RunUntil(67.9995);
    EXPECT_EQ(processed, 65536);
    EXPECT_EQ(attack->GetPackets(), 67000);
}

TEST_F(CoapFloodTest, StaysWithinTheBoundsOfTheVictim)
{
    auto attack = Add<CoapFlood>(COAP_PORT, 2000);
    attack->SetAttribute("Path", StringValue("s/00/t"));
    RunUntil(7.9999);
    const uint64_t memory = server->GetPeakMemory();
    RunUntil(15.9999);
    EXPECT_EQ(attack->GetPackets(), 30000);
    EXPECT_NEAR(processed, 30000, 10); // the last are on their way
    EXPECT_LT(server->GetPeakMemory(), memory * 1.01);
}

} // namespace

} // namespace ns3
