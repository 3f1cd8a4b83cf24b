// SPDX-License-Identifier: GPL-2.0-only
#include "auth-test.h"
#include "iot-auth/protocol/device-registry.h"

#include <gmock/gmock.h>

namespace auth
{

namespace
{

using crypto::SignatureAlgorithm;
using testing::HasSubstr;

class DeviceRegistryTest : public AuthTest
{
  protected:
    const std::string& es{GetKey(SignatureAlgorithm::Es256).publicKey};
    const std::string& rs{GetKey(SignatureAlgorithm::Rs256).publicKey};
    DeviceRegistry registry;
};

TEST_F(DeviceRegistryTest, CreatesADeviceOnce)
{
    EXPECT_EQ(registry.Create("s01", SignatureAlgorithm::Es256, es), Creation::Created);
    EXPECT_EQ(registry.Create("s01", SignatureAlgorithm::Rs256, rs), Creation::Exists);
    ASSERT_TRUE(registry.Find("s01"));
    EXPECT_EQ(registry.Find("s01")->algorithm, SignatureAlgorithm::Es256);
    EXPECT_FALSE(registry.Find("s01")->blocked);
    EXPECT_EQ(registry.Find("s02"), nullptr);
}

TEST_F(DeviceRegistryTest, RefusesBadNamesAndKeys)
{
    for (const std::string& name : {std::string(),
                                    std::string("a b"),
                                    std::string("s/01"),
                                    std::string("\xc3\xa4"),
                                    std::string(257, 'a')})
    {
        EXPECT_EQ(registry.Create(name, SignatureAlgorithm::Es256, es), Creation::BadName) << name;
    }
    EXPECT_EQ(registry.Create("s01", SignatureAlgorithm::Es256, rs), Creation::BadKey);
    EXPECT_EQ(registry.Create("s01", SignatureAlgorithm::Es256, "key"), Creation::BadKey);
    EXPECT_EQ(registry.Create("s01",
                              SignatureAlgorithm::Es256,
                              GetKey(SignatureAlgorithm::Es256).privateKey),
              Creation::BadKey);
    EXPECT_EQ(registry.Create("s01", SignatureAlgorithm::Es256, es + std::string(4096, '\n')),
              Creation::BadKey);
    EXPECT_TRUE(registry.GetDevices().empty());
}

TEST_F(DeviceRegistryTest, HoldsNoMoreThanItsBounds)
{
    RegistryLimits limits;
    limits.devices = 1;
    limits.keys = 2;
    DeviceRegistry small(limits);
    EXPECT_EQ(small.Create("a", SignatureAlgorithm::Es256, es), Creation::Created);
    EXPECT_EQ(small.Create("b", SignatureAlgorithm::Es256, es), Creation::Full);
    EXPECT_FALSE(small.AddKey("a", rs));
    EXPECT_FALSE(small.AddKey("b", es));
    EXPECT_TRUE(small.AddKey("a", GetKey(SignatureAlgorithm::Es256, 1).publicKey));
    EXPECT_FALSE(small.AddKey("a", es));
}

TEST_F(DeviceRegistryTest, ReadsWhatItWrites)
{
    registry.Create("s01", SignatureAlgorithm::Es256, es);
    registry.Create("s02", SignatureAlgorithm::Rs256, rs);
    registry.AddKey("s01", GetKey(SignatureAlgorithm::Es256, 1).publicKey);
    EXPECT_TRUE(registry.SetBlocked("s02", true));
    EXPECT_FALSE(registry.SetBlocked("s03", true));
    DeviceRegistry copy;
    EXPECT_EQ(copy.Read(registry.Write()), "");
    EXPECT_EQ(copy.Write(), registry.Write());
    EXPECT_EQ(copy.Find("s01")->keys.size(), 2u);
    EXPECT_TRUE(copy.Find("s02")->blocked);
}

TEST_F(DeviceRegistryTest, RefusesWhatItCannotReadInOneLine)
{
    registry.Create("s01", SignatureAlgorithm::Es256, es);
    const std::string good = registry.Write();
    auto change = [&](const std::string& piece, const std::string& other) {
        std::string text = good;
        return text.replace(text.find(piece), piece.size(), other);
    };
    const std::pair<std::string, std::string> cases[] = {
        {"", "expected JSON"},
        {"[]", "expected JSON"},
        {"{\"devices\": {}}", "expected JSON"},
        {change("\"devices\"", "\"things\""), "expected JSON"},
        {change("s01", "s 1"), "device 1: expected \"name\""},
        {change("ES256", "ES384"), "device 1: expected \"name\""},
        {change("ES256", "RS256"), "device 1: 's01': expected 1 to 3 public keys in PEM for RS256"},
        {change("false", "\"no\""), "device 1: expected \"name\""},
        {change("\"blocked\"", "\"bloked\""), "nothing else"},
        {change("BEGIN PUBLIC", "BEGIN PUBLIK"), "device 1: 's01': expected 1 to 3 public keys"},
        {change("\"keys\": [", "\"keys\": [1, "), "device 1: 's01': expected 1 to 3"},
        {"{\"devices\": [{\"name\": \"s01\", \"algorithm\": \"ES256\", \"keys\": []}]}",
         "device 1: 's01': expected 1 to 3"},
    };
    for (const auto& [text, error] : cases)
    {
        EXPECT_THAT(registry.Read(text), HasSubstr(error)) << text;
        EXPECT_EQ(registry.Write(), good);
    }
    std::string device = good.substr(good.find('{', 1), good.rfind(']') - good.find('{', 1));
    EXPECT_THAT(registry.Read("{\"devices\": [" + device + "," + device + "]}"),
                HasSubstr("device 2: 's01' is here twice"));
}

} // namespace

} // namespace auth
