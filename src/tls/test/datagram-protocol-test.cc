// SPDX-License-Identifier: GPL-2.0-only
#include "channel-pair.h"

#include <gmock/gmock.h>
#include <malloc.h>

namespace tls
{

namespace
{

Settings
MakeDtlsSettings()
{
    return MakePskSettings(Version::Dtls12, "PSK-AES128-CCM8");
}

/// \p count records of the client, in order; the first has sequence number 1, for Finished had 0.
std::vector<sansio::Bytes>
MakeRecords(DatagramPair& pair, size_t count)
{
    std::vector<sansio::Bytes> records;
    for (size_t i = 0; i < count; i++)
    {
        pair.client.Send(pair.now, MakePayload(8));
        records.push_back(pair.client.TakeTransmit().GetView().ToBytes());
    }
    return records;
}

struct Verdict
{
    size_t accepted;
    std::vector<RejectionReason> rejected;
};

Verdict
Deliver(DatagramPair& pair, const sansio::Bytes& datagram)
{
    pair.atServer = {};
    pair.server->Receive(pair.now, datagram);
    pair.atServer.Take(*pair.server);
    return {pair.atServer.plaintext.size(), pair.atServer.rejected};
}

/// A listener, and a ClientHello that carries no cookie.
struct Listening
{
    explicit Listening(const Settings& settings = MakeDtlsSettings())
        : context(MakeContext(settings)),
          listener(context, random)
    {
        DatagramChannel client(context, Role::Client, random);
        client.Start({});
        hello = client.TakeTransmit().GetView().ToBytes();
    }

    /// What it says to a new client at \p peer that returns its cookie.
    ListenerEvent Join(const sansio::PeerAddress& peer, const Offer& offer = {})
    {
        TestRandom ofClient(peer.port);
        DatagramChannel client(context, Role::Client, ofClient);
        client.Start({});
        listener.Receive({}, peer, client.TakeTransmit().GetView(), offer);
        EXPECT_FALSE(listener.PollEvent()) << "nothing without a cookie";
        client.Receive({}, listener.TakeTransmit()->bytes.GetView());
        listener.Receive({}, peer, client.TakeTransmit().GetView(), offer);
        return std::move(*listener.PollEvent());
    }

    TestRandom random{1};
    std::shared_ptr<const Context> context;
    DatagramListener listener;
    sansio::Bytes hello;
};

TEST(DtlsTimer, RepeatsTheClientHelloToASilentPeer)
{
    // reference/figures.md section 2.4. libssl's clock is found without a word in the link line of
    // this test, which names the library of TLS alone.
    DatagramPair pair(MakeDtlsSettings());
    pair.dropMask = ~uint64_t{0};
    pair.Run();
    EXPECT_THAT(pair.sentAt,
                testing::ElementsAre(0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423));
    ASSERT_TRUE(pair.atClient.failure);
    EXPECT_FALSE(pair.atClient.failure->alert);
    EXPECT_EQ(pair.atClient.failure->reason, "read timeout expired");
    EXPECT_EQ(pair.now, sansio::TimePoint(483s));
    EXPECT_EQ(pair.atClient.repeated, 12U);
    EXPECT_TRUE(pair.spans.at(0).provenance.retransmission);
}

TEST(DtlsTimer, TakesAnotherFirstTimeout)
{
    Settings settings = MakeDtlsSettings();
    settings.initialTimeout = 9s; // RFC 7925 section 11
    DatagramPair pair(settings);
    pair.dropMask = ~uint64_t{0};
    pair.Run(sansio::TimePoint(200s));
    EXPECT_THAT(pair.sentAt, testing::ElementsAre(0, 9, 27, 63, 123, 183));
}

TEST(DtlsLoss, OfAnySingleDatagramIsRepaired)
{
    for (const Settings& settings :
         {MakeDtlsSettings(), MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8")})
    {
        for (int lost = 0; lost < 10; lost++)
        {
            DatagramPair pair(settings);
            pair.dropMask = uint64_t{1} << lost;
            pair.Run();
            EXPECT_TRUE(pair.BothCompleted()) << "datagram " << lost;
            EXPECT_EQ(pair.now, sansio::TimePoint(pair.sent > 6 && lost < 6 ? 1s : 0s))
                << "datagram " << lost;
        }
    }
}

TEST(DtlsLoss, OfAnyOfTheFirstEightDatagramsIsRepaired)
{
    for (uint64_t mask = 0; mask < 256; mask++)
    {
        DatagramPair pair(MakeDtlsSettings());
        pair.dropMask = mask;
        pair.Run();
        EXPECT_TRUE(pair.BothCompleted()) << "mask " << mask;
    }
}

TEST(DtlsLoss, OfTheLastFlightIsRepairedByAnEndpointThatHasFinished)
{
    DatagramPair pair(MakeDtlsSettings());
    pair.dropMask = 1 << 5;
    pair.Run();
    EXPECT_TRUE(pair.BothCompleted());
    EXPECT_GT(pair.atServer.repeated, 0U);
    EXPECT_GT(pair.atClient.repeated, 0U);
    EXPECT_EQ(pair.now, sansio::TimePoint(1s));
}

TEST(DtlsReplay, IsRejectedInsideAndLeftOfAWindowOf64)
{
    DatagramPair pair(MakeDtlsSettings());
    pair.Run();
    const auto records = MakeRecords(pair, 100);
    EXPECT_EQ(Deliver(pair, records[99]).accepted, 1U); // sequence number 100
    const Verdict again = Deliver(pair, records[99]);
    EXPECT_EQ(again.accepted, 0U);
    EXPECT_EQ(again.rejected, std::vector{RejectionReason::Replay});
    EXPECT_EQ(Deliver(pair, records[36]).accepted, 1U); // 37 is the oldest in the window
    const Verdict old = Deliver(pair, records[35]);
    EXPECT_EQ(old.accepted, 0U);
    EXPECT_EQ(old.rejected, std::vector{RejectionReason::Replay});
    EXPECT_EQ(Deliver(pair, records[36]).accepted, 0U);
    EXPECT_EQ(Deliver(pair, records[50]).accepted, 1U);
}

TEST(DtlsReject, TellsWhyARecordWasDropped)
{
    DatagramPair pair(MakeDtlsSettings());
    pair.Run();
    EXPECT_TRUE(pair.atClient.rejected.empty());
    EXPECT_TRUE(pair.atServer.rejected.empty());
    const sansio::Bytes genuine = MakeRecords(pair, 1).front();

    sansio::Bytes changed = genuine;
    changed.back() ^= 1;
    EXPECT_EQ(Deliver(pair, changed).rejected, std::vector{RejectionReason::BadMac});
    changed = genuine;
    changed[4] = 2; // epoch
    EXPECT_EQ(Deliver(pair, changed).rejected, std::vector{RejectionReason::Epoch});
    changed = genuine;
    changed[1] = 3; // major version of TLS
    EXPECT_EQ(Deliver(pair, changed).rejected, std::vector{RejectionReason::Malformed});
    changed = genuine;
    changed.pop_back();
    EXPECT_EQ(Deliver(pair, changed).rejected, std::vector{RejectionReason::Truncated});

    const Verdict verdict = Deliver(pair, genuine);
    EXPECT_EQ(verdict.accepted, 1U);
    EXPECT_TRUE(verdict.rejected.empty());
}

TEST(DtlsMtu, IsKeptByTheHandshake)
{
    Settings settings = MakeMutualSettings(Version::Dtls12, "ECDHE-ECDSA-AES128-CCM8");
    for (size_t mtu : {80, 95, 256})
    {
        settings.mtu = mtu;
        DatagramPair pair(settings);
        pair.Run();
        EXPECT_TRUE(pair.BothCompleted()) << mtu;
        for (const auto& [who, size] : pair.datagrams)
        {
            EXPECT_LE(size, mtu + 16) << mtu;
        }
    }
}

TEST(DtlsListener, KeepsNoStateBeforeTheCookie)
{
    Listening server;
    sansio::PeerAddress peer;
    for (uint16_t port = 1; port <= 1000; port++)
    {
        peer.port = port;
        server.listener.Receive({}, peer, server.hello);
        const auto answer = server.listener.TakeTransmit();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->bytes.size(), 28U + 16U);
        EXPECT_EQ(answer->peer, peer);
    }
    EXPECT_EQ(server.listener.GetCounters().helloVerifyRequests, 1000U);
    EXPECT_EQ(server.listener.GetSessions(), 0U);
    EXPECT_FALSE(server.listener.PollEvent());
}

TEST(DtlsListener, BindsTheCookieToTheAddress)
{
    TestRandom random(1);
    const auto context = MakeContext(MakeDtlsSettings());
    DatagramListener listener(context, random);
    DatagramChannel client(context, Role::Client, random);
    client.Start({});
    sansio::PeerAddress peer;
    listener.Receive({}, peer, client.TakeTransmit().GetView());
    client.Receive({}, listener.TakeTransmit()->bytes.GetView());
    const sansio::Bytes hello = client.TakeTransmit().GetView().ToBytes();
    peer.port = 7;
    listener.Receive({}, peer, hello);
    EXPECT_FALSE(listener.PollEvent());
    EXPECT_TRUE(listener.TakeTransmit()); // a new cookie
    peer.port = 0;
    listener.Receive({}, peer, hello);
    EXPECT_TRUE(listener.PollEvent());
}

TEST(DtlsListener, BoundsWhatIsHalfOpen)
{
    Settings settings = MakeDtlsSettings();
    settings.cookieExchange = false;
    settings.limits.maxHalfOpen = 2;
    Listening server(settings);
    std::vector<ListenerEvent> events;
    for (uint16_t port = 1; port <= 3; port++)
    {
        sansio::PeerAddress peer;
        peer.port = port;
        server.listener.Receive({}, peer, server.hello);
        events.push_back(std::move(*server.listener.PollEvent()));
    }
    EXPECT_TRUE(std::get_if<NewPeer>(&events[1]));
    ASSERT_TRUE(std::get_if<PeerRefused>(&events[2]));
    EXPECT_EQ(std::get<PeerRefused>(events[2]).reason, "half-open");
    EXPECT_EQ(server.listener.GetHalfOpen(), 2U);
    events.clear();
    EXPECT_EQ(server.listener.GetHalfOpen(), 0U);
    EXPECT_EQ(server.listener.GetSessions(), 0U);
}

TEST(DtlsListener, TakesWhatItsOwnerWouldGiveUp)
{
    struct Case
    {
        size_t maxHalfOpen;
        size_t maxSessions;
        size_t maxPerAddress;
        Offer offer;
        Eviction evicts; ///< nobody: refused, or there is room
        const char* reason;
    };

    const Offer none;
    const Offer own{false, true, false, false};
    const Offer handshake{false, false, true, false};
    const Offer session{false, false, false, true};
    const Offer both{false, false, true, true};
    const Offer all{false, true, true, true};
    const std::vector<Case> cases{
        {2, 9, 0, none, Eviction::Nobody, "half-open"},
        {2, 9, 0, session, Eviction::Nobody, "half-open"},
        {2, 9, 0, own, Eviction::Nobody, "half-open"},
        {2, 9, 0, all, Eviction::Handshake, ""},
        {9, 2, 0, none, Eviction::Nobody, "sessions"},
        {9, 2, 0, session, Eviction::Session, ""},
        {9, 2, 0, both, Eviction::Handshake, ""},
        {9, 2, 0, all, Eviction::Own, ""},
        {9, 9, 2, both, Eviction::Nobody, "per-address"},
        {9, 9, 2, own, Eviction::Own, ""},
        {9, 2, 2, own, Eviction::Own, ""},
        {2, 9, 2, all, Eviction::Nobody, "half-open"},
        {2, 2, 0, handshake, Eviction::Handshake, ""},
        {2, 2, 0, session, Eviction::Nobody, "half-open"},
        {9, 9, 0, all, Eviction::Nobody, ""},
    };
    for (const Case& c : cases)
    {
        Settings settings = MakeDtlsSettings();
        settings.limits.maxHalfOpen = c.maxHalfOpen;
        settings.limits.maxSessions = c.maxSessions;
        settings.limits.maxSessionsPerAddress = c.maxPerAddress;
        Listening server(settings);
        std::vector<ListenerEvent> events;
        for (uint16_t port = 1; port <= 3; port++)
        {
            sansio::PeerAddress peer;
            peer.port = port;
            events.push_back(server.Join(peer, c.offer));
        }
        const auto* refused = std::get_if<PeerRefused>(&events.back());
        EXPECT_EQ(refused ? refused->reason : "", c.reason);
        EXPECT_EQ(server.listener.GetCounters().evicted, c.evicts == Eviction::Nobody ? 0U : 1U);
        if (!refused)
        {
            EXPECT_EQ(std::get<NewPeer>(events.back()).evicts, c.evicts);
        }
    }
}

TEST(DtlsListener, LetsNobodyGiveWayToAnAddressThatMayBeForged)
{
    Settings settings = MakeDtlsSettings();
    settings.cookieExchange = false;
    settings.limits.maxSessions = 1;
    Listening server(settings);
    sansio::PeerAddress peer;
    server.listener.Receive({}, peer, server.hello);
    const auto first = server.listener.PollEvent();
    ASSERT_TRUE(std::get_if<NewPeer>(&*first));
    EXPECT_FALSE(server.listener.TakeTransmit()) << "the channel answers";

    peer.port = 1;
    server.listener.Receive({}, peer, server.hello, {false, true, true, true});
    auto second = server.listener.PollEvent();
    ASSERT_TRUE(std::get_if<PeerRefused>(&*second));
    EXPECT_EQ(std::get<PeerRefused>(*second).reason, "sessions");

    // RFC 6347 section 4.2.8: whoever starts over has to show that it can read what it is sent.
    peer.port = 0;
    server.listener.Receive({}, peer, server.hello, {true});
    EXPECT_FALSE(server.listener.PollEvent());
    EXPECT_TRUE(server.listener.TakeTransmit());
    const ListenerEvent again = server.Join(peer, {true});
    EXPECT_TRUE(std::get_if<NewPeer>(&again));
}

TEST(DtlsListener, BoundsTheSessionsOfAnAddress)
{
    Settings settings = MakeDtlsSettings();
    settings.limits.maxSessionsPerAddress = 2;
    Listening server(settings);
    std::vector<ListenerEvent> events;
    const auto receive = [&](uint8_t host, uint16_t port, bool replaces = false) {
        sansio::PeerAddress peer;
        peer.ip[15] = host;
        peer.port = port;
        events.push_back(server.Join(peer, {replaces}));
        return std::get_if<NewPeer>(&events.back()) != nullptr;
    };
    EXPECT_TRUE(receive(1, 1));
    EXPECT_TRUE(receive(1, 2));
    EXPECT_FALSE(receive(1, 3));
    EXPECT_EQ(std::get<PeerRefused>(events.back()).reason, "per-address");
    EXPECT_TRUE(receive(2, 3)) << "another address";
    EXPECT_TRUE(receive(1, 2, true)) << "it starts over";
    events.clear();
    EXPECT_TRUE(receive(1, 4)) << "all are gone";
    EXPECT_EQ(server.listener.GetSessions(), 1U);
}

TEST(DtlsListener, BoundsTheRateOfAnAddress)
{
    Settings settings = MakeDtlsSettings();
    settings.cookieExchange = false;
    settings.limits.ratePerAddress = {2, 3};
    Listening server(settings);
    int accepted = 0;
    for (uint16_t port = 0; port < 100; port++) // 10 per second for 10 s
    {
        sansio::PeerAddress peer;
        peer.port = port;
        server.listener.Receive(sansio::TimePoint(std::chrono::milliseconds(100 * port)),
                                peer,
                                server.hello);
        const ListenerEvent event = std::move(*server.listener.PollEvent());
        accepted += std::get_if<NewPeer>(&event) != nullptr;
    }
    EXPECT_EQ(accepted, 3 + 19) << "the burst, and one each half second up to 9.9 s";
    EXPECT_EQ(server.listener.GetCounters().refusedRate, 100U - 22U);
}

TEST(DtlsListener, TellsOneHandshakeFromAnotherByItsRandom)
{
    DatagramPair pair(MakeDtlsSettings());
    pair.client.Start(pair.now);
    sansio::Bytes hello = pair.client.TakeTransmit().GetView().ToBytes();
    // RFC 6347 sections 4.1 and 4.2.2: record 13, handshake header 12, version 2
    const sansio::ByteView random = sansio::ByteView(hello).From(27).First(32);
    EXPECT_EQ(DatagramListener::GetClientRandom(hello), random);
    EXPECT_TRUE(DatagramListener::GetClientRandom(sansio::ByteView(hello).First(58)).empty());
    hello[13 + 8] = 1; // fragment_offset
    EXPECT_TRUE(DatagramListener::GetClientRandom(hello).empty()) << "a later fragment";
    hello[13 + 8] = 0;
    hello[13] = 2;
    EXPECT_TRUE(DatagramListener::GetClientRandom(hello).empty()) << "a ServerHello";
}

TEST(DtlsMemory, OfASessionLeavesOutTheRecordBuffers)
{
    constexpr size_t SESSIONS = 10;
    const auto getUsed = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    std::vector<std::unique_ptr<DatagramPair>> pairs;
    pairs.push_back(std::make_unique<DatagramPair>(MakeDtlsSettings())); // what is loaded once
    pairs.back()->Run();
    const size_t before = getUsed();
    for (size_t i = 0; i < SESSIONS; i++)
    {
        pairs.push_back(std::make_unique<DatagramPair>(MakeDtlsSettings()));
        pairs.back()->Run();
        ASSERT_TRUE(pairs.back()->BothCompleted());
    }
    const size_t perSession = (getUsed() - before) / SESSIONS;
    if (getUsed() == 0)
    {
        GTEST_SKIP() << "a sanitizer manages the memory";
    }
    EXPECT_GT(perSession, 50000U) << "this measures nothing";
    // Both ends with a context each: 43 kB are handshake buffers, which OpenSSL keeps for flights
    // that are asked for again. Record buffers would add 66 kB.
    EXPECT_LT(perSession, 130000U);
}

} // namespace

} // namespace tls
