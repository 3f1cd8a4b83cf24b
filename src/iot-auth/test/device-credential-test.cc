// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/scope.h"
#include "iot-auth/helper/auth-helper.h"
#include "iot-device/helper/device-helper.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

namespace ns3
{

namespace
{

/// A device of a profile that signs a token.
class DeviceCredentialTest : public testing::Test
{
  protected:
    ~DeviceCredentialTest() override
    {
        Simulator::Destroy();
    }

    Ptr<DeviceCredential> Install(const std::string& device)
    {
        RngSeedManager::SetRun(1);
        m_node = CreateObject<Node>();
        if (!device.empty())
        {
            DeviceHelper(device).Install(m_node);
        }
        auto credential = m_helper.Install(m_node, "s01");
        credential->AssignStreams(1);
        return credential;
    }

    /// Makes a key and then a token.
    DeviceCredential::MadeToken Make(Ptr<DeviceCredential> credential)
    {
        DeviceCredential::MadeToken result;
        credential->MakeKey([&, credential](std::string) {
            m_keyAt = Simulator::Now();
            m_energyThen = GetEnergy();
            credential->MakeToken([&](const DeviceCredential::MadeToken& made) {
                result = made;
                m_energy = GetEnergy() - m_energyThen;
            });
        });
        Simulator::Run();
        return result;
    }

    EnergyAccount GetEnergy() const
    {
        auto ledger = m_node->GetObject<EnergyLedger>();
        return ledger ? ledger->Snapshot() : EnergyAccount();
    }

    DeviceCredentialHelper m_helper;
    Ptr<Node> m_node;
    Time m_keyAt;
    EnergyAccount m_energyThen;
    EnergyAccount m_energy;
};

TEST_F(DeviceCredentialTest, SignsInTheTimeOfItsProcessor)
{
    auto made = Make(Install("nrf52840-cryptocell"));
    const McuProfile& mcu = m_node->GetObject<Processor>()->GetProfile();
    EXPECT_NEAR(m_keyAt.GetSeconds(), 18.491e-3, 1e-9);
    const double hash = mcu[sansio::OperationKind::Sha256].fixed +
                        mcu[sansio::OperationKind::Sha256].perByte * (made.token.rfind('.'));
    EXPECT_NEAR(made.duration.GetSeconds(), 20.080e-3 + hash, 1e-8);
    EXPECT_NEAR(made.charge, made.duration.GetSeconds() * 3.3e-3, 1e-10);
    // What the ledger saw: the same, for the processor did nothing else.
    EXPECT_NEAR(m_energy[McuState::Crypto], made.charge * 3, 1e-9);
    EXPECT_EQ(m_energy.secureElement, 0);
}

TEST_F(DeviceCredentialTest, LeavesSigningToTheSecureElement)
{
    m_helper.SetAttribute("KeyStore", StringValue("secure-element"));
    auto made = Make(Install("nrf52840-secure-element"));
    EXPECT_NEAR(m_keyAt.GetSeconds(), 0.115, 1e-9);
    EXPECT_NEAR(made.duration.GetSeconds(), 0.115, 1e-9); // the hash takes less
    EXPECT_NEAR(m_energy.secureElement, 3 * 14e-3 * 0.115, 1e-8);
    EXPECT_LT(m_energy[McuState::Crypto], 1e-4);
    EXPECT_NEAR(made.charge * 3, m_energy.secureElement + m_energy[McuState::Crypto], 1e-8);
    EXPECT_NEAR(m_energy.GetTotal(),
                m_energy.GetMcu() + m_energy.GetRadio() + m_energy.secureElement,
                1e-12);
}

TEST_F(DeviceCredentialTest, HasASleepingSecureElementElse)
{
    Install("nrf52840-secure-element");
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    EXPECT_NEAR(GetEnergy().secureElement, 3 * 0.03e-6 * 1000, 1e-9);
    EXPECT_NEAR(m_node->GetObject<EnergyLedger>()->GetCurrent(), 1.5e-6 + 0.03e-6, 1e-12);
}

TEST_F(DeviceCredentialTest, SignsWhatARegistryTakes)
{
    for (const std::string name : {"ES256", "RS256"})
    {
        m_helper.SetAttribute("Algorithm", StringValue(name));
        m_helper.SetAttribute("ClockOffset", TimeValue(Seconds(30)));
        auto credential = Install("");
        auto made = Make(credential);
        Ns3RandomSource random;
        crypto::Scope scope(0, random, nullptr);
        auth::DeviceRegistry registry;
        EXPECT_EQ(registry.Create("s01", credential->GetAlgorithm(), credential->GetPublicKey()),
                  auth::Creation::Created);
        auth::TokenPolicy policy{"iot", 0};
        constexpr int64_t START = 1767225600;
        auto judge = [&](int64_t now) {
            return auth::VerifyToken(made.token, "s01", registry, policy, now).fault;
        };
        EXPECT_EQ(judge(START + 30), auth::TokenFault::None) << name;
        EXPECT_EQ(judge(START + 29), auth::TokenFault::NotYetValid);
        EXPECT_EQ(judge(START + 3629), auth::TokenFault::None);
        EXPECT_EQ(judge(START + 3630), auth::TokenFault::Expired);
        // Its clock says 3630 s then.
        EXPECT_EQ(made.expires, Seconds(3600));
        EXPECT_EQ(made.duration, Time(0));
        Simulator::Destroy();
    }
}

TEST_F(DeviceCredentialTest, IsTheSameFromTheSameSeed)
{
    const std::string first = Make(Install("")).token;
    Simulator::Destroy();
    EXPECT_EQ(Make(Install("")).token, first);
    Simulator::Destroy();
    auto other = Install("");
    other->AssignStreams(2);
    EXPECT_NE(Make(other).token, first);
}

TEST_F(DeviceCredentialTest, TakesOverAPrivateKeyThatSuits)
{
    auto credential = Install("");
    Ns3RandomSource random;
    crypto::Scope scope(0, random, nullptr);
    auto es = crypto::MakeKeyPair(crypto::SignatureAlgorithm::Es256);
    auto rs = crypto::MakeKeyPair(crypto::SignatureAlgorithm::Rs256);
    EXPECT_FALSE(credential->SetPrivateKey(rs.privateKey));
    EXPECT_FALSE(credential->SetPrivateKey(es.publicKey));
    EXPECT_EQ(credential->GetPublicKey(), "");
    EXPECT_TRUE(credential->SetPrivateKey(es.privateKey));
    EXPECT_EQ(credential->GetPublicKey(), es.publicKey);
}

} // namespace

} // namespace ns3
