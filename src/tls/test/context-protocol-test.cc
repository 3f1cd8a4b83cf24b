// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"
#include "tls/protocol/fifo.h"

namespace tls
{

namespace
{

const char* const SUITE = "PSK-AES128-CCM8";

/// What is drawn next after a context was made.
uint64_t
DrawAfter(const Settings& settings, std::shared_ptr<const Context>& context)
{
    TestRandom random(5);
    context = std::get<std::shared_ptr<const Context>>(Context::Create(settings, random));
    return random.GetInteger();
}

TEST(Context, OfEqualSettingsSharesWhatOpenSslKeeps)
{
    Settings settings = MakePskSettings(Version::Tls12, SUITE);
    auto first = MakeContext(settings);
    settings.preSharedKeys = {{"e", sansio::Bytes(16, 8)}}; // found through the channel
    settings.startDate += 1;
    auto second = MakeContext(settings);
    EXPECT_EQ(first->GetHandle(), second->GetHandle());
}

TEST(Context, OfOtherSettingsSharesNothing)
{
    Settings settings = MakePskSettings(Version::Tls12, SUITE);
    auto first = MakeContext(settings);
    EXPECT_NE(first->GetHandle(), MakeContext(settings, [](std::string_view) {})->GetHandle());
    settings.limits.maxCertificateChain--;
    EXPECT_NE(first->GetHandle(), MakeContext(settings)->GetHandle());
    settings.limits.maxCertificateChain++;
    settings.profile = Profile::OpenSsl; // each its own ticket keys
    auto third = MakeContext(settings);
    EXPECT_NE(third->GetHandle(), MakeContext(settings)->GetHandle());
}

TEST(Context, DrawsAsMuchWhereItShares)
{
    const Settings settings = MakePskSettings(Version::Dtls12, SUITE);
    std::shared_ptr<const Context> first;
    std::shared_ptr<const Context> second;
    EXPECT_EQ(DrawAfter(settings, first), DrawAfter(settings, second));
    EXPECT_EQ(first->GetHandle(), second->GetHandle());
    TestRandom untouched(5);
    EXPECT_NE(DrawAfter(settings, second), untouched.GetInteger());
}

TEST(Context, SharedByNodesKeepsTheirKeysApart)
{
    Settings client = MakePskSettings(Version::Tls12, SUITE);
    Settings server = client;
    server.preSharedKeys = {{"d", sansio::Bytes(16, 8)}};
    StreamPair pair(client, server);
    pair.Connect();
    EXPECT_TRUE(pair.atServer.failedInHandshake);
}

TEST(Context, KeyLogGoesToTheNodeOfTheChannel)
{
    const Settings settings = MakePskSettings(Version::Tls12, SUITE);
    int first = 0;
    int second = 0;
    auto silent = MakeContext(settings, [&](std::string_view) { first++; });
    auto logged = MakeContext(settings, [&](std::string_view) { second++; });
    ASSERT_EQ(silent->GetHandle(), logged->GetHandle());
    logged->LogKey("line");
    EXPECT_EQ(first, 0);
    EXPECT_EQ(second, 1);
}

TEST(Fifo, GivesBackInOrderWhateverIsTakenBetween)
{
    Fifo<int> fifo;
    int next = 0;
    int expected = 0;
    for (int round = 0; round < 50; round++)
    {
        for (int i = 0; i < 3; i++)
        {
            fifo.Push(next++);
        }
        for (int i = 0; i < (round < 25 ? 2 : 4); i++)
        {
            ASSERT_EQ(fifo.Front(), expected);
            ASSERT_EQ(fifo.Pop(), expected++);
        }
        ASSERT_EQ(fifo.size(), static_cast<size_t>(next - expected));
    }
    EXPECT_TRUE(fifo.empty());
}

} // namespace

} // namespace tls
