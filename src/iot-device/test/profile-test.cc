// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/profile-store.h"

#include "ns3/string.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <unistd.h>

using namespace ns3;
using sansio::Operation;
using sansio::OperationKind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace
{

constexpr double MIB = 1024 * 1024;

DeviceProfile
Load(const std::string& device)
{
    return CreateObject<ProfileStore>()->Load(device);
}

TEST(Profiles, OfTheIssueAreThere)
{
    EXPECT_THAT(CreateObject<ProfileStore>()->GetDevices(),
                ElementsAre("at86rf233",
                            "cc2420",
                            "cc2538",
                            "gateway",
                            "nrf52840-cryptocell",
                            "nrf52840-secure-element",
                            "nrf52840-software",
                            "server"));
}

/// Every source says how sure it is: verified, from memory, derived, or measured here.
void
ExpectSource(const std::string& source, const std::string& what)
{
    bool marked = source.find("[V]") != std::string::npos ||
                  source.find("[M]") != std::string::npos ||
                  source.find("[D]") != std::string::npos ||
                  source.find("measured by this project") != std::string::npos;
    EXPECT_TRUE(marked) << what << ": " << source;
}

TEST(Profiles, HaveEveryOperationAndASourceForEveryNumber)
{
    for (const std::string& name : CreateObject<ProfileStore>()->GetDevices())
    {
        DeviceProfile device = Load(name);
        EXPECT_FALSE(device.name.empty());
        for (size_t i = 0; i < OPERATION_KINDS; i++)
        {
            OperationKind kind = static_cast<OperationKind>(i);
            const OperationCost& cost = device.mcu[kind];
            std::string what = name + " " + std::string(ToString(kind));
            EXPECT_GT(cost.fixed + cost.perByte, 0) << what;
            ExpectSource(cost.source, what);
        }
        if (device.mcu.mains)
        {
            EXPECT_FALSE(device.radio) << name;
            continue;
        }
        EXPECT_EQ(device.voltage.value, 3.0);
        ExpectSource(device.voltage.source, name);
        for (const SourcedNumber* number :
             {&device.mcu.active, &device.mcu.crypto, &device.mcu.sleep})
        {
            EXPECT_GT(number->value, 0) << name;
            ExpectSource(number->source, name);
        }
        ASSERT_TRUE(device.radio) << name;
        for (const SourcedNumber& number : device.radio->current)
        {
            ExpectSource(number.source, name);
        }
        if (const auto& element = device.secureElement)
        {
            for (const SourcedNumber* number :
                 {&element->sign, &element->keyGeneration, &element->active, &element->sleep})
            {
                EXPECT_GT(number->value, 0) << name;
                ExpectSource(number->source, name);
            }
        }
    }
}

/// Table 4.2 of the reference figures.
TEST(Profiles, TimesAreThoseOfTheTable)
{
    DeviceProfile cell = Load("nrf52840-cryptocell");
    EXPECT_NEAR(cell.mcu[OperationKind::EcP256Derive].fixed, 18.16e-3, 5e-6);
    EXPECT_NEAR(cell.mcu[OperationKind::EcdsaP256Sign].fixed, 20.08e-3, 5e-6);
    EXPECT_NEAR(cell.mcu[OperationKind::EcdsaP256Verify].fixed, 21.42e-3, 5e-6);
    EXPECT_NEAR(1 / cell.mcu[OperationKind::Sha256].perByte / MIB, 25.9, 0.05);

    DeviceProfile software = Load("nrf52840-software");
    EXPECT_NEAR(software.mcu[OperationKind::EcdsaP256Verify].fixed, 190.3e-3, 1e-9);
    EXPECT_NEAR(1 / software.mcu[OperationKind::Aes128Gcm].perByte / 1024, 27.5, 0.05);
    EXPECT_NEAR(1 / software.mcu[OperationKind::Sha256].perByte / 1024, 984, 0.5);

    DeviceProfile strong = Load("at86rf233");
    EXPECT_NEAR(strong.mcu[OperationKind::EcP256Derive].fixed, 68.8e-3, 5e-5);
    EXPECT_NEAR(strong.mcu[OperationKind::EcdsaP256Sign].fixed, 42.5e-3, 5e-5);
    EXPECT_NEAR(strong.mcu[OperationKind::EcdsaP256Verify].fixed, 94.4e-3, 5e-5);
    EXPECT_NEAR(1 / strong.mcu[OperationKind::Aes128Gcm].perByte / MIB, 3.69, 0.005);

    DeviceProfile small = Load("cc2420");
    EXPECT_NEAR(small.mcu[OperationKind::EcP256Derive].fixed, 250e-3, 5e-4);
    EXPECT_NEAR(small.mcu[OperationKind::EcdsaP256Sign].fixed, 153.4e-3, 5e-5);
    EXPECT_NEAR(small.mcu[OperationKind::EcdsaP256Verify].fixed, 349e-3, 5e-4);
    EXPECT_NEAR(1 / small.mcu[OperationKind::Sha256].perByte, 477e3, 500);

    DeviceProfile cc2538 = Load("cc2538");
    EXPECT_NEAR(cc2538.mcu[OperationKind::EcP256Derive].fixed, 1.0 / 6, 1e-6);
    EXPECT_NEAR(cc2538.mcu[OperationKind::EcdsaP256Verify].fixed, 2.0 / 6, 1e-6);
}

/// CCM is two passes of AES: half the rate of CBC, and 4 blocks for each record.
TEST(Profiles, DeriveCcmFromCbc)
{
    double cbc = 1 / (17.341 * MIB);
    OperationCost ccm = Load("nrf52840-cryptocell").mcu[OperationKind::Aes128Ccm];
    EXPECT_NEAR(ccm.perByte, 2 * cbc, 1e-15);
    EXPECT_NEAR(ccm.fixed, 64 * cbc, 1e-13);
    EXPECT_THAT(ccm.source, AllOf(HasSubstr("[D] CCM is one CBC-MAC pass"), HasSubstr("[V]")));
}

/// A folder of profiles for one test: an MCU that is complete, to be broken in one place.
class BrokenProfile : public testing::Test
{
  protected:
    BrokenProfile()
        : m_folder(std::filesystem::temp_directory_path() /
                   ("iot-device-test-" + std::to_string(getpid())))
    {
        std::filesystem::create_directories(m_folder);
        Write("d", "name='d'\nmcu='m'\nradio='r'\nsupply={volt=3, source='s'}\n");
        Write("r",
              "name='r'\ntransmit={milliampere=1,source='s'}\nreceive={milliampere=1,source='s'}\n"
              "listen={milliampere=1,source='s'}\nsleep={microampere=1,source='s'}\n");
        Write("m", GetMcu());
    }

    ~BrokenProfile() override
    {
        std::filesystem::remove_all(m_folder);
    }

    static std::string GetMcu()
    {
        return "name='m'\nrules='rules/from-bulk-rates'\n"
               "active={milliampere=3,source='s'}\ncrypto={milliampere=4,source='s'}\n"
               "sleep={microampere=2,source='s'}\n"
               "[cost]\nec-p256-derive={milliseconds=10,source='s'}\n"
               "ecdsa-p256-sign={milliseconds=10,source='s'}\n"
               "ecdsa-p256-verify={milliseconds=10,source='s'}\n"
               "rsa-2048-sign={milliseconds=10,source='s'}\n"
               "message={milliseconds=1,source='s'}\n"
               "rsa-2048-verify={milliseconds=10,source='s'}\n"
               "aes-128-cbc={kib_per_second=100,source='s'}\n"
               "sha-256-bulk={kib_per_second=100,source='s'}\n"
               "chacha20-poly1305-bulk={kib_per_second=100,source='s'}\n";
    }

    void Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(m_folder / (name + ".toml")) << text;
    }

    /// Writes the MCU with one piece of its text replaced.
    void WriteMcu(const std::string& piece, const std::string& other) const
    {
        std::string text = GetMcu();
        size_t at = text.find(piece);
        ASSERT_NE(at, std::string::npos) << piece;
        Write("m", text.replace(at, piece.size(), other));
    }

    std::string LoadError() const
    {
        Ptr<ProfileStore> store = CreateObject<ProfileStore>();
        store->SetAttribute("SearchPath", StringValue(m_folder.string()));
        try
        {
            store->Load("d");
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
            return error.what();
        }
        return "";
    }

    void ExpectMcuError(const std::string& piece,
                        const std::string& other,
                        const std::string& message) const
    {
        WriteMcu(piece, other);
        EXPECT_THAT(LoadError(), AllOf(HasSubstr("/m.toml: "), HasSubstr(message)));
    }

    std::filesystem::path m_folder;
};

TEST_F(BrokenProfile, LoadsWhenNothingIsBroken)
{
    EXPECT_EQ(LoadError(), "");
}

TEST_F(BrokenProfile, NamesAnUnknownKey)
{
    ExpectMcuError("name='m'",
                   "name='m'\nclock=3",
                   "key 'clock' is unknown: expected one of name, mains, active");
    ExpectMcuError("sleep={microampere=2,",
                   "sleep={microampere=2,volt=1,",
                   "key 'sleep.volt' is unknown: expected one of source, milliampere");
}

TEST_F(BrokenProfile, NamesAMissingNumberOrSource)
{
    ExpectMcuError("active={milliampere=3,",
                   "active={",
                   "key 'active.milliampere or microampere' is missing: expected a number");
    ExpectMcuError("active={milliampere=3,source='s'}",
                   "active={milliampere=3}",
                   "key 'active.source' is missing: expected where the number comes from");
    ExpectMcuError("active={milliampere=3,source='s'}",
                   "active={milliampere=3,source=''}",
                   "key 'active.source' is ''");
    ExpectMcuError("crypto={milliampere=4,source='s'}",
                   "",
                   "key 'crypto' is missing: expected a table");
}

TEST_F(BrokenProfile, NamesAValueThatIsNoMeasure)
{
    ExpectMcuError("active={milliampere=3",
                   "active={milliampere=-3",
                   "key 'active.milliampere' is -3: expected a number that is not negative");
    ExpectMcuError("active={milliampere=3",
                   "active={milliampere='3'",
                   "key 'active.milliampere' is '3': expected a number that is not negative");
    ExpectMcuError("active={milliampere=3",
                   "active={milliampere=nan",
                   "key 'active.milliampere' is nan");
    ExpectMcuError("aes-128-cbc={kib_per_second=100",
                   "aes-128-cbc={kib_per_second=0",
                   "key 'cost.aes-128-cbc.kib_per_second' is 0: expected a rate greater than zero");
    ExpectMcuError("rsa-2048-sign={milliseconds=10",
                   "rsa-2048-sign={milliseconds=0",
                   "key 'cost.rsa-2048-sign' is zero");
}

TEST_F(BrokenProfile, NamesAnOperationThatIsNeitherStatedNorDerived)
{
    ExpectMcuError("ecdsa-p256-sign={milliseconds=10,source='s'}\n",
                   "",
                   "operation 'ecdsa-p256-sign' is missing: expected a table "
                   "[cost.ecdsa-p256-sign] or [derived.ecdsa-p256-sign]");
    ExpectMcuError("aes-128-cbc={kib_per_second=100,source='s'}\n",
                   "",
                   "operation 'aes-128-cbc' is missing");
    ExpectMcuError("rsa-2048-sign=", "rsa-2049-sign=", "key 'cost.rsa-2049-sign' is unknown");
}

TEST_F(BrokenProfile, NamesARuleThatDerivesNothing)
{
    const std::string sign = "ecdsa-p256-sign={milliseconds=10,source='s'}\n";
    std::string text = GetMcu();
    text.erase(text.find(sign), sign.size());
    Write("m", text + "[derived.ecdsa-p256-sign]\nfrom='ecdsa-p256-sign'\ntimes=1\nrule='r'\n");
    EXPECT_THAT(LoadError(), HasSubstr("key 'derived.ecdsa-p256-sign.from' is 'ecdsa-p256-sign'"));
    Write("m", text + "[derived.ecdsa-p256-sign]\nfrom='ec-p256-derive'\nrule='r'\n");
    EXPECT_THAT(LoadError(), HasSubstr("operation 'ecdsa-p256-sign' costs 0"));
    Write("m", text + "[derived.ecdsa-p256-sign]\nfrom='ec-p256-derive'\ntimes=1\n");
    EXPECT_THAT(LoadError(), HasSubstr("key 'derived.ecdsa-p256-sign.rule' is missing"));
    Write("m", GetMcu() + "[derived.ecdsa-p256-sign]\nfrom='ec-p256-derive'\ntimes=1\nrule='r'\n");
    EXPECT_THAT(LoadError(), HasSubstr("key 'derived.ecdsa-p256-sign' is given twice"));
}

TEST_F(BrokenProfile, NamesAFileThatIsNotThereOrIsNoToml)
{
    ExpectMcuError("rules='rules/from-bulk-rates'", "rules='none'", "key 'rules' is 'none'");
    Write("m", "name=\n");
    EXPECT_THAT(LoadError(), HasSubstr("/m.toml: line 1: expected TOML"));
    EXPECT_THROW(Load("pdp11"), std::runtime_error);
    EXPECT_THROW(Load("none.toml"), std::runtime_error);
    EXPECT_THROW(Load(""), std::runtime_error);
}

TEST_F(BrokenProfile, NamesWhatASecureElementLacks)
{
    const std::string element =
        "name='e'\nsign={milliseconds=1,source='s'}\nkey_generation={milliseconds=1,source='s'}\n"
        "active={milliampere=1,source='s'}\nsleep={microampere=1,source='s'}\n";
    const std::string device = "name='d'\nmcu='m'\nsecure_element='e'\n";
    Write("d", device + "radio='r'\nsupply={volt=3, source='s'}\n");
    Write("e", element);
    EXPECT_EQ(LoadError(), "");
    Write("e", element + "verify={milliseconds=1,source='s'}\n");
    EXPECT_THAT(LoadError(), HasSubstr("/e.toml: key 'verify' is unknown"));
    Write("e", element.substr(0, element.find("sleep")));
    EXPECT_THAT(LoadError(), HasSubstr("/e.toml: key 'sleep' is missing"));
}

TEST_F(BrokenProfile, KeepsCurrentsOffTheMains)
{
    ExpectMcuError("name='m'", "name='m'\nmains=true", "key 'active' is given");
}

} // namespace
