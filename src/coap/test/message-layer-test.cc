// SPDX-License-Identifier: GPL-2.0-only
#include "coap/test/endpoint-pair.h"

#include <gtest/gtest.h>

namespace coap
{

namespace
{

const PeerAddress PEER = MakePeer(2);

Message
MakeGet(Type type, uint16_t messageId, Bytes token = {1})
{
    Message message;
    message.type = type;
    message.code = Code::Get;
    message.messageId = messageId;
    message.token = Token(token);
    message.options.SetUriPath("t");
    return message;
}

/// A server with the resource /t that answers "1", "2", ... at once.
class CountingServer
{
  public:
    explicit CountingServer(const Settings& settings = {})
        : endpoint(settings, m_random)
    {
        Resource resource;
        resource.path = "t";
        endpoint.SetResource(resource);
    }

    /// What it sends in return.
    std::vector<Message> Receive(TimePoint now, const PeerAddress& peer, const Message& message)
    {
        endpoint.Receive(now, peer, Encode(message));
        for (const Event& event : PollAll(endpoint))
        {
            events.push_back(event);
            if (auto* request = std::get_if<RequestReceived>(&event))
            {
                Response response(Code::Content, ToBytes(std::to_string(++processed)));
                endpoint.Respond(now, request->id, response);
            }
        }
        return TakeAll(endpoint);
    }

  private:
    TestRandom m_random;

  public:
    Endpoint endpoint;
    std::vector<Event> events;
    int processed{0};
};

TEST(TransmissionParametersTest, DeriveTheValuesOfSection482)
{
    TransmissionParameters parameters;
    EXPECT_EQ(parameters.GetMaximumTransmitSpan(), 45s);
    EXPECT_EQ(parameters.GetMaximumTransmitWait(), 93s);
    EXPECT_EQ(parameters.GetMaximumRoundTripTime(), 202s);
    EXPECT_EQ(parameters.GetExchangeLifetime(), 247s);
    EXPECT_EQ(parameters.GetNonLifetime(), 145s);
}

class SilentPeerTest : public testing::TestWithParam<uint64_t>
{
};

TEST_P(SilentPeerTest, FiveTransmissionsThenFailure)
{
    EndpointPair pair({}, GetParam());
    pair.lose = [](size_t, const auto&) { return true; };
    auto id = pair.client.SendRequest(pair.now, pair.serverAddress, Request(Code::Get, "t"), 5);
    std::optional<Duration> failedAt;
    for (Duration t{0}; !failedAt && t < 120s; t += 1ms)
    {
        pair.Run(t);
        if (!Pick<RequestFailed>(pair.clientEvents).empty())
        {
            failedAt = t;
        }
    }
    ASSERT_EQ(pair.log.size(), 5u);
    Duration timeout = pair.log[1].at.time_since_epoch();
    EXPECT_GE(timeout, 2s);
    EXPECT_LE(timeout, 3s);
    for (size_t n = 0; n < 5; n++)
    {
        EXPECT_EQ(pair.log[n].at, At(timeout * ((1 << n) - 1)));
        EXPECT_EQ(pair.log[n].bytes, pair.log[0].bytes);
    }
    ASSERT_TRUE(failedAt);
    EXPECT_NEAR(std::chrono::duration<double>(*failedAt).count(),
                std::chrono::duration<double>(timeout * 31).count(),
                0.001);
    auto failed = Pick<RequestFailed>(pair.clientEvents)[0];
    EXPECT_EQ(failed.id, id);
    EXPECT_EQ(failed.report, 5u);
    EXPECT_EQ(failed.failure, Failure::Timeout);
    auto again = Pick<Retransmitted>(pair.clientEvents);
    ASSERT_EQ(again.size(), 4u);
    EXPECT_EQ(again[3].retransmission, 4);
    EXPECT_EQ(again[3].report, 5u);
    EXPECT_EQ(pair.client.GetCounters().retransmissions, 4u);
    EXPECT_FALSE(pair.client.GetNextTimeout());
}

INSTANTIATE_TEST_SUITE_P(Seeds, SilentPeerTest, testing::Range<uint64_t>(1, 9));

TEST(MessageLayerTest, FirstTimeoutIsUniform)
{
    double sum = 0;
    double least = 3;
    double most = 2;
    constexpr int RUNS = 2000;
    TestRandom random;
    for (int run = 0; run < RUNS; run++)
    {
        Endpoint client({}, random);
        client.SendRequest({}, PEER, Request(Code::Get, "t"));
        double timeout =
            std::chrono::duration<double>(client.GetNextTimeout()->time_since_epoch()).count();
        sum += timeout;
        least = std::min(least, timeout);
        most = std::max(most, timeout);
    }
    EXPECT_NEAR(sum / RUNS, 2.5, 3 * 0.2887 / std::sqrt(RUNS));
    EXPECT_LT(least, 2.01);
    EXPECT_GE(least, 2);
    EXPECT_GT(most, 2.99);
    EXPECT_LE(most, 3);
}

TEST(MessageLayerTest, RetransmissionIsMarkedInTheProvenance)
{
    TestRandom random;
    Endpoint client({}, random);
    client.SendRequest({}, PEER, Request(Code::Put, "t", {1, 2}), 3);
    auto first = client.TakeTransmit();
    auto at = *client.GetNextTimeout();
    client.HandleTimeout(at);
    auto second = client.TakeTransmit();
    ASSERT_TRUE(first && second);
    ASSERT_EQ(second->bytes.GetSpans().size(), 2u);
    EXPECT_FALSE(first->bytes.GetSpans()[0].provenance.retransmission);
    EXPECT_TRUE(second->bytes.GetSpans()[0].provenance.retransmission);
    EXPECT_TRUE(second->bytes.GetSpans()[1].provenance.retransmission);
    EXPECT_EQ(second->bytes.GetSpans()[1].provenance.report, 3u);
}

TEST(DeduplicationTest, ConIsAnsweredFromTheCacheFor247Seconds)
{
    CountingServer server;
    auto get = MakeGet(Type::Confirmable, 0x1234);
    auto first = server.Receive(At(0s), PEER, get);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].type, Type::Acknowledgement);
    EXPECT_EQ(server.Receive(At(1s), PEER, get), first);
    EXPECT_EQ(server.Receive(At(247s - 1ns), PEER, get), first);
    EXPECT_EQ(server.processed, 1);
    EXPECT_TRUE(Pick<DuplicateReceived>(server.events).at(0).answered);
    EXPECT_NE(server.Receive(At(247s), PEER, get), first);
    EXPECT_EQ(server.processed, 2);
    EXPECT_EQ(server.endpoint.GetCounters().duplicates, 2u);
}

TEST(DeduplicationTest, CachedReplyIsMarkedAsSentAgain)
{
    CountingServer server;
    auto get = MakeGet(Type::Confirmable, 1);
    server.Receive(At(0s), PEER, get);
    server.endpoint.Receive(At(1s), PEER, Encode(get));
    auto again = server.endpoint.TakeTransmit();
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->bytes.GetSpans()[0].provenance.retransmission);
}

TEST(DeduplicationTest, NonIsIgnoredFor145Seconds)
{
    CountingServer server;
    auto get = MakeGet(Type::NonConfirmable, 0x1234);
    ASSERT_EQ(server.Receive(At(0s), PEER, get).size(), 1u);
    EXPECT_TRUE(server.Receive(At(1s), PEER, get).empty());
    EXPECT_TRUE(server.Receive(At(145s - 1ns), PEER, get).empty());
    EXPECT_EQ(server.processed, 1);
    EXPECT_EQ(server.Receive(At(145s), PEER, get).size(), 1u);
    EXPECT_EQ(server.processed, 2);
}

TEST(DeduplicationTest, SameMessageIdOfAnotherPeerIsAnotherMessage)
{
    CountingServer server;
    auto get = MakeGet(Type::Confirmable, 7);
    server.Receive(At(0s), PEER, get);
    server.Receive(At(0s), MakePeer(3), get);
    server.Receive(At(0s), MakePeer(2, 9), get);
    EXPECT_EQ(server.processed, 3);
}

TEST(DeduplicationTest, BoundEvictsTheFirstToExpireAndCounts)
{
    Settings settings;
    settings.limits.duplicates = 2;
    CountingServer server(settings);
    server.Receive(At(0s), PEER, MakeGet(Type::Confirmable, 1));
    server.Receive(At(1s), PEER, MakeGet(Type::NonConfirmable, 2)); // expires before the CON
    server.Receive(At(2s), PEER, MakeGet(Type::Confirmable, 3));
    EXPECT_EQ(server.endpoint.GetCounters().GetLimit(Limit::Duplicates), 1u);
    server.Receive(At(3s), PEER, MakeGet(Type::Confirmable, 1));
    EXPECT_EQ(server.processed, 3);
    server.Receive(At(3s), PEER, MakeGet(Type::NonConfirmable, 2));
    EXPECT_EQ(server.processed, 4);
    EXPECT_EQ(Pick<LimitReached>(server.events).size(), 2u);
}

TEST(DeduplicationTest, FloodOfMessageIdsStaysWithinTheBound)
{
    Settings settings;
    settings.limits.duplicates = 100;
    CountingServer server(settings);
    for (int i = 0; i < 5000; i++)
    {
        server.Receive(At(0s), MakePeer(i & 0xff, i >> 8), MakeGet(Type::NonConfirmable, i));
    }
    EXPECT_EQ(server.endpoint.GetCounters().GetLimit(Limit::Duplicates), 4900u);
}

TEST(NstartTest, OneInteractionAtATime)
{
    EndpointPair pair;
    pair.lose = [](size_t n, const auto& sent) { return sent.byClient && n == 0; };
    pair.server.SetResource(Resource{"t"});
    pair.serve = [&](const Event& event) {
        if (auto* request = std::get_if<RequestReceived>(&event))
        {
            pair.server.Respond(pair.now, request->id, Response(Code::Content));
        }
    };
    for (int i = 0; i < 3; i++)
    {
        pair.client.SendRequest(pair.now, pair.serverAddress, Request(Code::Get, "t"));
    }
    pair.Run(1s);
    EXPECT_EQ(pair.log.size(), 1u);
    pair.Run(4s);
    // The lost one again and its answer, then two round trips one after the other.
    ASSERT_EQ(pair.log.size(), 7u);
    EXPECT_EQ(pair.log[3].at - pair.log[1].at, 100ms);
    EXPECT_EQ(pair.log[5].at - pair.log[3].at, 100ms);
    EXPECT_EQ(Pick<ResponseReceived>(pair.clientEvents).size(), 3u);
}

TEST(NstartTest, CountsPerPeerAndAsConfigured)
{
    Settings settings;
    settings.transmission.nstart = 2;
    TestRandom random;
    Endpoint client(settings, random);
    for (int i = 0; i < 4; i++)
    {
        client.SendRequest({}, PEER, Request(Code::Get, "t"));
        client.SendRequest({}, MakePeer(3), Request(Code::Get, "t"));
    }
    EXPECT_EQ(TakeAll(client).size(), 4u);
}

TEST(NstartTest, NonRequestsCountUntilTheyExpire)
{
    TestRandom random;
    Endpoint client({}, random);
    Request request(Code::Get, "t");
    request.confirmable = false;
    client.SendRequest({}, PEER, request);
    client.SendRequest({}, PEER, request);
    EXPECT_EQ(TakeAll(client).size(), 1u);
    EXPECT_EQ(client.GetNextTimeout(), At(3s));
    client.HandleTimeout(At(3s));
    EXPECT_EQ(TakeAll(client).size(), 1u);
    // 93 s after the first stopped to count its response is given up.
    client.HandleTimeout(At(6s));
    client.HandleTimeout(At(96s));
    auto failed = Pick<RequestFailed>(PollAll(client));
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, Failure::NoResponse);
}

TEST(NstartTest, WaitingMessagesAreBounded)
{
    Settings settings;
    settings.limits.waiting = 2;
    TestRandom random;
    Endpoint client(settings, random);
    for (int i = 0; i < 4; i++)
    {
        client.SendRequest({}, PEER, Request(Code::Get, "t"), i);
    }
    EXPECT_TRUE(Pick<RequestFailed>(PollAll(client)).empty());
    client.HandleTimeout({});
    auto failed = Pick<RequestFailed>(PollAll(client));
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, Failure::LimitReached);
    EXPECT_EQ(failed[0].report, 3u);
    EXPECT_EQ(client.GetCounters().GetLimit(Limit::Waiting), 1u);
}

TEST(PeerTableTest, IdlePeersMakeRoomAndBusyOnesDoNot)
{
    Settings settings;
    settings.limits.peers = 1;
    TestRandom random;
    Endpoint client(settings, random);
    auto first = client.SendRequest({}, PEER, Request(Code::Get, "t"));
    client.SendRequest({}, MakePeer(3), Request(Code::Get, "t"));
    EXPECT_EQ(TakeAll(client).size(), 1u);
    client.Cancel({}, first);
    client.SendRequest({}, MakePeer(3), Request(Code::Get, "t"));
    EXPECT_EQ(TakeAll(client).size(), 1u);
    EXPECT_EQ(client.GetCounters().GetLimit(Limit::Peers), 2u);
}

TEST(MessageIdsTest, NoneIsUsedTwiceWithinTheLifetime)
{
    MessageIds ids(5000);
    size_t taken = 0;
    while (ids.Take(At(0s), 247s))
    {
        taken++;
    }
    EXPECT_EQ(taken, 65536u - 5000 % 4096);
    EXPECT_FALSE(ids.Take(At(247s - 1ns), 247s));
    EXPECT_TRUE(ids.Take(At(247s), 247s));
}

TEST(MessageIdsTest, NoneThatIsOutstandingIsUsedAgain)
{
    Settings settings;
    settings.nonInteractionTimeout = 1000s; // beyond EXCHANGE_LIFETIME
    settings.transmission.nstart = 2;
    TestRandom random;
    Endpoint client(settings, random);
    Request request(Code::Get, "t");
    request.confirmable = false;
    client.SendRequest({}, PEER, request);
    auto first = TakeAll(client).at(0).messageId;
    for (int i = 1; i < 65536; i++)
    {
        TimePoint now = At(i < 60000 ? 0s : 300s);
        client.Cancel(now, client.SendRequest(now, PEER, request));
        client.TakeTransmit();
    }
    auto again = client.SendRequest(At(300s), PEER, request, 5);
    EXPECT_FALSE(client.TakeTransmit());
    client.HandleTimeout(At(300s));
    auto failed = Pick<RequestFailed>(PollAll(client));
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].id, again);
    EXPECT_EQ(failed[0].failure, Failure::LimitReached);
    EXPECT_EQ(client.GetCounters().GetLimit(Limit::MessageIds), 1u);
    client.SendRequest(At(300s), PEER, request);
    EXPECT_EQ(TakeAll(client).at(0).messageId, static_cast<uint16_t>(first + 1));
}

TEST(ResetTest, EndsARequest)
{
    TestRandom random;
    Endpoint client({}, random);
    client.SendRequest({}, PEER, Request(Code::Get, "t"), 4);
    auto sent = TakeAll(client);
    Message reset;
    reset.type = Type::Reset;
    reset.messageId = sent[0].messageId;
    client.Receive(At(1s), MakePeer(9), Encode(reset)); // of somebody else
    EXPECT_EQ(client.GetCounters().unmatched, 1u);
    client.Receive(At(1s), PEER, Encode(reset));
    auto failed = Pick<RequestFailed>(PollAll(client));
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, Failure::Reset);
    EXPECT_EQ(failed[0].report, 4u);
    EXPECT_FALSE(client.GetNextTimeout());
}

TEST(ResetTest, AnswersAPing)
{
    EndpointPair pair;
    auto id = pair.client.Ping(pair.now, pair.serverAddress);
    pair.Run(1s);
    ASSERT_EQ(pair.log.size(), 2u);
    EXPECT_EQ(pair.log[0].bytes.size(), 4u);
    EXPECT_EQ(pair.log[0].message.code, Code::Empty);
    EXPECT_EQ(pair.log[1].message.type, Type::Reset);
    EXPECT_EQ(pair.log[1].message.messageId, pair.log[0].message.messageId);
    ASSERT_EQ(Pick<PingAnswered>(pair.clientEvents).size(), 1u);
    EXPECT_EQ(Pick<PingAnswered>(pair.clientEvents)[0].id, id);
}

struct Rejection
{
    const char* name;
    Bytes bytes;
    bool reset;
};

void
PrintTo(const Rejection& rejection, std::ostream* os)
{
    *os << rejection.name;
}

class RejectionTest : public testing::TestWithParam<Rejection>
{
};

TEST_P(RejectionTest, FollowsSections42And43)
{
    CountingServer server;
    server.endpoint.Receive(At(0s), PEER, GetParam().bytes);
    auto sent = TakeAll(server.endpoint);
    ASSERT_EQ(sent.size(), GetParam().reset);
    if (GetParam().reset)
    {
        EXPECT_EQ(Encode(sent[0]), (Bytes{0x70, 0x00, 0x12, 0x34}));
    }
    EXPECT_TRUE(Pick<RequestReceived>(PollAll(server.endpoint)).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7252,
    RejectionTest,
    testing::Values(
        Rejection{"ping", {0x40, 0x00, 0x12, 0x34}, true},
        Rejection{"unknownVersion", {0x00, 0x01, 0x12, 0x34}, false},
        Rejection{"truncated", {0x40, 0x01, 0x12}, false},
        Rejection{"confirmableTokenLength", {0x49, 0x01, 0x12, 0x34}, true},
        Rejection{"confirmableEmptyWithToken", {0x41, 0x00, 0x12, 0x34, 0x01}, true},
        Rejection{"confirmableReservedClass", {0x40, 0x20, 0x12, 0x34}, true},
        Rejection{"confirmableNoPayload", {0x40, 0x01, 0x12, 0x34, 0xff}, true},
        Rejection{"confirmableUnexpectedResponse", {0x41, 0x45, 0x12, 0x34, 0x09}, true},
        Rejection{"nonMalformed", {0x50, 0x01, 0x12, 0x34, 0xff}, false},
        Rejection{"nonEmpty", {0x50, 0x00, 0x12, 0x34}, false},
        Rejection{"nonUnexpectedResponse", {0x51, 0x45, 0x12, 0x34, 0x09}, true},
        Rejection{"nonUnknownCriticalOption", {0x50, 0x01, 0x12, 0x34, 0x90}, false},
        Rejection{"acknowledgementMalformed", {0x60, 0x45, 0x12, 0x34, 0xff}, false},
        Rejection{"acknowledgementOfNothing", {0x60, 0x00, 0x12, 0x34}, false},
        Rejection{"acknowledgementWithRequest", {0x60, 0x01, 0x12, 0x34}, false},
        Rejection{"resetOfNothing", {0x70, 0x00, 0x12, 0x34}, false},
        Rejection{"resetNotEmpty", {0x70, 0x45, 0x12, 0x34}, false}),
    [](const auto& tested) { return tested.param.name; });

} // namespace

} // namespace coap
