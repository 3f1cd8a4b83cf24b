// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/key-log-file.h"
#include "tls/model/settings-parser.h"
#include "tls/test/tls-socket-test-network.h"

#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>
#include <stdexcept>

using namespace ns3;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

namespace
{

using Settings = std::vector<std::pair<std::string, std::string>>;

/// The text of the error that these attributes cause; empty: none.
std::string
GetError(const Settings& settings)
{
    std::string text;
    try
    {
        TlsHelper helper;
        for (const auto& [name, value] : settings)
        {
            helper.Set(name, StringValue(value));
        }
        helper.Install(NodeContainer(1));
    }
    catch (const std::runtime_error& error)
    {
        text = error.what();
    }
    Simulator::Destroy();
    return text;
}

crypto::Credential
MakeCredential(int64_t stream)
{
    Ns3RandomSource random;
    random.AssignStreams(stream);
    crypto::CertificateRequest request;
    request.commonName = "node";
    return crypto::CertificateAuthority::MakeSelfSigned(request, random);
}

TEST(TlsSocketConfiguration, AcceptsWhatMakesSense)
{
    crypto::Credential credential = MakeCredential(1);
    EXPECT_EQ(GetError({}), "");
    EXPECT_EQ(GetError({{"PskIdentity", "s01"}, {"PskKey", "00ffAA"}}), "");
    EXPECT_EQ(GetError({{"PskTable", "s01:00ff, s02:11ee"}, {"Version", "1.3"}}), "");
    EXPECT_EQ(GetError({{"Certificate", credential.certificate},
                        {"PrivateKey", credential.privateKey},
                        {"TrustAnchors", credential.certificate},
                        {"RequireClientCertificate", "true"}}),
              "");
}

TEST(TlsSocketConfiguration, NamesTheWrongValueInOneLine)
{
    struct Case
    {
        Settings settings;
        const char* names;
    };

    crypto::Credential credential = MakeCredential(1);
    crypto::Credential other = MakeCredential(2);
    const Case cases[] = {
        {{{"PskIdentity", "s01"}, {"PskKey", "0x12"}}, "0x12"},
        {{{"PskIdentity", "s01"}, {"PskKey", "123"}}, "123"},
        {{{"PskIdentity", "s01"}}, "PskKey"},
        {{{"PskTable", "s01=00"}}, "s01=00"},
        {{{"Version", "1.4"}}, "1.4"},
        {{{"Profile", "fat"}}, "fat"},
        {{{"StartDate", "tomorrow"}}, "tomorrow"},
        {{{"StartDate", "2026-01-01"}}, "2026-01-01"},
        {{{"StartDate", "2026-02-31T00:00:00Z"}}, "2026-02-31"},
        {{{"CipherSuites", "TLS_NOTHING"}}, "TLS_NOTHING"},
        {{{"Groups", "P-257"}}, "P-257"},
        {{{"CertificateFile", "/does/not/exist.pem"}}, "/does/not/exist.pem"},
        {{{"TrustAnchors", "no certificate"}}, "certificate"},
        {{{"Certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
          {"PrivateKey", credential.privateKey}},
         "certificate"},
        {{{"Certificate", credential.certificate}, {"PrivateKey", other.privateKey}}, "privateKey"},
        {{{"KeyLogFile", "/does/not/exist/keys"}}, "/does/not/exist/keys"},
        {{{"Mtu", "10"}}, "Mtu"},
        {{{"NoSuchAttribute", "1"}}, "NoSuchAttribute"},
    };
    for (const Case& wrong : cases)
    {
        std::string error = GetError(wrong.settings);
        EXPECT_THAT(error,
                    AllOf(HasSubstr(wrong.names),
                          AnyOf(HasSubstr("expected"), HasSubstr("does not belong"))));
        EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    }
}

TEST(TlsSocketConfiguration, RefusesASecondInstallation)
{
    NodeContainer nodes(1);
    TlsHelper helper;
    helper.Install(nodes);
    EXPECT_THROW(helper.Install(nodes), std::runtime_error);
    Simulator::Destroy();
}

TEST(TlsSocketConfiguration, ParsesDates)
{
    EXPECT_EQ(ParseDate("StartDate", "2026-01-01T00:00:00Z"), 1767225600);
    EXPECT_EQ(ParseDate("StartDate", "1970-01-02T00:00:01Z"), 86401);
}

TEST(TlsSocketConfiguration, CertificatesAreJudgedAtTheSimulatedDate)
{
    for (const char* date : {"2026-01-01T00:00:00Z", "2050-01-01T00:00:00Z"})
    {
        NetworkOptions options;
        options.credential = "ecdsa";
        options.client["StartDate"] = date;
        SocketNetwork network(options);
        StreamServer server;
        server.Listen(network.CreateServer(TlsSocketFactory::GetTypeId()),
                      network.GetAnyAddress(8883));
        StreamEnd client;
        client.Attach(network.CreateClient(TlsSocketFactory::GetTypeId()));
        Simulator::Schedule(Seconds(2),
                            [&] { client.socket->Connect(network.GetServerAddress(8883)); });
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        bool expired = std::string(date) > "2040";
        EXPECT_EQ(client.failed, expired);
        EXPECT_EQ(client.succeeded, !expired);
        if (expired)
        {
            EXPECT_EQ(network.clientLog.failed.at(0).alert, 45); // certificate_expired
        }
    }
}

TEST(TlsSocketConfiguration, WritesTheSecretsOfBothEndsIntoOneFile)
{
    std::string name = testing::TempDir() + "tls-socket-keys";
    {
        NetworkOptions options;
        options.version = "1.3";
        options.client["KeyLogFile"] = name;
        options.server["KeyLogFile"] = name;
        SocketNetwork network(options);
        StreamServer server;
        server.Listen(network.CreateServer(TlsSocketFactory::GetTypeId()),
                      network.GetAnyAddress(8883));
        StreamEnd client;
        client.Attach(network.CreateClient(TlsSocketFactory::GetTypeId()));
        Simulator::Schedule(Seconds(2),
                            [&] { client.socket->Connect(network.GetServerAddress(8883)); });
        Simulator::Stop(Seconds(10));
        Simulator::Run();
    }
    std::ifstream file(name);
    std::map<std::string, int> lines;
    for (std::string line; std::getline(file, line);)
    {
        lines[line]++;
    }
    std::remove(name.c_str());
    EXPECT_GE(lines.size(), 4) << "two secrets for the handshake, two for the data";
    for (const auto& [line, count] : lines)
    {
        EXPECT_EQ(count, 2) << line; // each end tells the same
    }
}

} // namespace
