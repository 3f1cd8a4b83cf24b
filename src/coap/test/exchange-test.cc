// SPDX-License-Identifier: GPL-2.0-only
#include "coap/test/endpoint-pair.h"

#include <gtest/gtest.h>

namespace coap
{

namespace
{

/// A pair whose server has /t and answers it after a while.
class ExchangeTest : public testing::Test
{
  protected:
    explicit ExchangeTest(const Settings& settings = {})
        : pair(settings)
    {
        pair.server.SetResource(Resource{"t"});
        pair.serve = [this](const Event& event) {
            if (auto* request = std::get_if<RequestReceived>(&event))
            {
                requests.push_back(*request);
                if (atOnce)
                {
                    Answer(*request);
                }
            }
        };
    }

    void Answer(const RequestReceived& request)
    {
        Response response(Code::Content, ToBytes("22.3 C"));
        response.report = 8;
        EXPECT_TRUE(pair.server.Respond(pair.now, request.id, response));
    }

    RequestId Send(const Request& request)
    {
        return pair.client.SendRequest(pair.now, pair.serverAddress, request, 6);
    }

    std::vector<ResponseReceived> GetResponses() const
    {
        return Pick<ResponseReceived>(pair.clientEvents);
    }

    std::vector<RequestFailed> GetFailures() const
    {
        return Pick<RequestFailed>(pair.clientEvents);
    }

    /// The code with which the server answers a request at once.
    Code Ask(const Request& request)
    {
        Send(request);
        pair.Run(pair.now.time_since_epoch() + 10s);
        auto responses = GetResponses();
        return responses.empty() ? Code::Empty : responses.back().response.code;
    }

    EndpointPair pair;
    bool atOnce{true};
    std::vector<RequestReceived> requests;
};

TEST_F(ExchangeTest, PiggybackedResponse)
{
    auto id = Send(Request(Code::Get, "t"));
    pair.Run(1s);
    ASSERT_EQ(pair.log.size(), 2u);
    EXPECT_EQ(pair.log[1].message.type, Type::Acknowledgement);
    EXPECT_EQ(pair.log[1].message.messageId, pair.log[0].message.messageId);
    EXPECT_EQ(pair.log[1].message.token, pair.log[0].message.token);
    EXPECT_EQ(pair.log[0].message.token.size(), 2u);
    ASSERT_EQ(GetResponses().size(), 1u);
    EXPECT_EQ(GetResponses()[0].id, id);
    EXPECT_EQ(GetResponses()[0].report, 6u);
    EXPECT_TRUE(GetResponses()[0].last);
    EXPECT_EQ(GetResponses()[0].response.payload, ToBytes("22.3 C"));
    EXPECT_EQ(requests.at(0).path, "t");
    EXPECT_EQ(requests.at(0).peer, pair.clientAddress);
    EXPECT_FALSE(pair.client.GetNextTimeout());
    EXPECT_FALSE(pair.server.GetNextTimeout());
}

TEST_F(ExchangeTest, SeparateResponse)
{
    atOnce = false;
    Send(Request(Code::Get, "t"));
    pair.Run(1500ms);
    ASSERT_EQ(pair.log.size(), 2u);
    EXPECT_EQ(pair.log[1].message.code, Code::Empty); // the empty ACK, AckDelay after the request
    EXPECT_EQ(pair.log[1].at, At(1050ms));
    pair.Run(10s);
    Answer(requests.at(0));
    pair.Run(20s);
    ASSERT_EQ(pair.log.size(), 4u);
    EXPECT_EQ(pair.log[2].message.type, Type::Confirmable);
    EXPECT_EQ(pair.log[2].message.token, pair.log[0].message.token);
    EXPECT_EQ(Encode(pair.log[3].message).size(), 4u);
    EXPECT_EQ(pair.log[3].message.messageId, pair.log[2].message.messageId);
    EXPECT_EQ(GetResponses().size(), 1u);
    EXPECT_FALSE(pair.client.GetNextTimeout());
    EXPECT_FALSE(pair.server.GetNextTimeout());
}

TEST_F(ExchangeTest, SeparateResponseAcknowledgesWhereTheAckWasLost)
{
    atOnce = false;
    pair.lose = [](size_t n, const auto&) { return n == 1; };
    Send(Request(Code::Get, "t"));
    pair.Run(1200ms);
    Answer(requests.at(0));
    pair.Run(20s);
    EXPECT_EQ(pair.log.size(), 4u); // request, lost ACK, response, ACK: nothing is sent again
    EXPECT_EQ(GetResponses().size(), 1u);
}

TEST_F(ExchangeTest, LostAckOfASeparateResponseIsRepeated)
{
    atOnce = false;
    pair.lose = [](size_t n, const auto&) { return n == 3; };
    Send(Request(Code::Get, "t"));
    pair.Run(1200ms);
    Answer(requests.at(0));
    pair.Run(20s);
    EXPECT_EQ(pair.log.size(), 6u);
    EXPECT_EQ(GetResponses().size(), 1u);
    EXPECT_EQ(Pick<DuplicateReceived>(pair.clientEvents).size(), 1u);
    EXPECT_TRUE(Pick<ResponseFailed>(pair.serverEvents).empty());
}

TEST_F(ExchangeTest, SeparateResponseToAClientThatIsGoneFails)
{
    atOnce = false;
    auto id = Send(Request(Code::Get, "t"));
    pair.Run(2s);
    pair.client.Cancel(pair.now, id);
    Answer(requests.at(0));
    pair.Run(200s);
    auto failed = Pick<ResponseFailed>(pair.serverEvents);
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, Failure::Reset);
    EXPECT_EQ(failed[0].report, 8u);
}

TEST_F(ExchangeTest, NoResponseInTime)
{
    atOnce = false;
    Send(Request(Code::Get, "t"));
    pair.Run(1099ms + 93s);
    EXPECT_TRUE(GetFailures().empty());
    pair.Run(1101ms + 93s);
    ASSERT_EQ(GetFailures().size(), 1u);
    EXPECT_EQ(GetFailures()[0].failure, Failure::NoResponse);
    pair.Run(300s); // the server forgets it too, after EXCHANGE_LIFETIME
    EXPECT_EQ(pair.server.GetCounters().abandoned, 1u);
    EXPECT_FALSE(pair.server.Respond(pair.now, requests.at(0).id, Response(Code::Content)));
}

TEST_F(ExchangeTest, TimeoutOfTheRequestItself)
{
    pair.lose = [](size_t, const auto&) { return true; };
    Request request(Code::Get, "t");
    request.timeout = 5s;
    Send(request);
    pair.Run(200s);
    ASSERT_EQ(GetFailures().size(), 1u);
    EXPECT_EQ(GetFailures()[0].failure, Failure::NoResponse);
    EXPECT_EQ(pair.log.size(), 2u); // no retransmission after it
}

TEST_F(ExchangeTest, CancelStopsEverything)
{
    pair.lose = [](size_t, const auto&) { return true; };
    auto id = Send(Request(Code::Get, "t"));
    auto waiting = Send(Request(Code::Get, "t"));
    pair.Run(1s);
    pair.client.Cancel(pair.now, waiting);
    pair.client.Cancel(pair.now, id);
    pair.Run(200s);
    EXPECT_EQ(pair.log.size(), 1u);
    EXPECT_TRUE(GetFailures().empty());
}

TEST_F(ExchangeTest, NonRequestGetsANonResponse)
{
    Request request(Code::Get, "t");
    request.confirmable = false;
    Send(request);
    pair.Run(200s);
    ASSERT_EQ(pair.log.size(), 2u);
    EXPECT_EQ(pair.log[0].message.type, Type::NonConfirmable);
    EXPECT_EQ(pair.log[1].message.type, Type::NonConfirmable);
    EXPECT_EQ(GetResponses().size(), 1u);
    EXPECT_TRUE(GetFailures().empty());
}

TEST_F(ExchangeTest, PiggybackedResponseUnderAnotherTokenIsNotTheResponse)
{
    Endpoint& client = pair.client;
    Send(Request(Code::Get, "t"));
    Message response = TakeAll(client).at(0);
    response.type = Type::Acknowledgement;
    response.code = Code::Content;
    response.options = {};
    response.token = Token(Bytes{1, 2, 3});
    client.Receive(At(1s), pair.serverAddress, Encode(response));
    auto events = PollAll(client);
    EXPECT_TRUE(Pick<ResponseReceived>(events).empty());
    client.HandleTimeout(At(94s)); // but the message was acknowledged
    ASSERT_EQ(Pick<RequestFailed>(PollAll(client)).size(), 1u);
    EXPECT_TRUE(TakeAll(client).empty());
}

class BadResponseTest : public ExchangeTest, public testing::WithParamInterface<Type>
{
};

TEST_P(BadResponseTest, CriticalOptionThatIsNotUnderstoodRejectsIt)
{
    Endpoint& client = pair.client;
    Send(Request(Code::Get, "t"));
    Message response = TakeAll(client).at(0);
    response.type = GetParam();
    response.code = Code::Content;
    response.options = {};
    response.options.Add(static_cast<OptionNumber>(9), Bytes{1});
    client.Receive(At(1s), pair.serverAddress, Encode(response));
    auto failed = Pick<RequestFailed>(PollAll(client));
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(failed[0].failure, Failure::BadResponse);
    auto sent = TakeAll(client);
    ASSERT_EQ(sent.size(), GetParam() != Type::Acknowledgement);
    EXPECT_TRUE(sent.empty() || sent[0].type == Type::Reset);
}

INSTANTIATE_TEST_SUITE_P(Types,
                         BadResponseTest,
                         testing::Values(Type::Acknowledgement,
                                         Type::Confirmable,
                                         Type::NonConfirmable),
                         [](const auto& tested) { return ToString(tested.param); });

TEST_F(ExchangeTest, ElectiveOptionThatIsNotUnderstoodIsIgnored)
{
    Request request(Code::Get, "t");
    request.options.Add(static_cast<OptionNumber>(2050), Bytes{1});
    request.options.Add(OptionNumber::UriQuery, "a=1");
    request.options.AddUint(OptionNumber::MaxAge, 5);
    request.options.AddUint(OptionNumber::MaxAge, 6); // repeated: ignored (section 5.4.5)
    EXPECT_EQ(Ask(request), Code::Content);
    const Options& options = requests.at(0).request->options;
    EXPECT_FALSE(options.Has(static_cast<OptionNumber>(2050)));
    EXPECT_EQ(options.Find(OptionNumber::UriQuery)->ToString(), "a=1");
    EXPECT_EQ(options.FindUint(OptionNumber::MaxAge), 5u);
}

TEST_F(ExchangeTest, CriticalOptionThatIsNotUnderstoodIs402)
{
    Request request(Code::Get, "t");
    request.options.Add(static_cast<OptionNumber>(9), Bytes{1});
    EXPECT_EQ(Ask(request), Code::BadOption);
    EXPECT_EQ(GetResponses()[0].response.payload, ToBytes("option 9"));
    EXPECT_TRUE(requests.empty());
}

TEST_F(ExchangeTest, CriticalOptionOfTheWrongLengthOrRepeatedIs402)
{
    Request tooLong(Code::Get, "t");
    tooLong.options.Add(OptionNumber::UriPort, Bytes(3, 1));
    EXPECT_EQ(Ask(tooLong), Code::BadOption);
    Request repeated(Code::Get, "t");
    repeated.options.AddUint(OptionNumber::Accept, 0);
    repeated.options.AddUint(OptionNumber::Accept, 0);
    EXPECT_EQ(Ask(repeated), Code::BadOption);
}

TEST_F(ExchangeTest, ErrorsThatNeedNoResource)
{
    Resource strict{"strict"};
    strict.methods = {Code::Get, Code::Put};
    strict.consumes = {0};
    strict.produces = {0, 60};
    strict.etag = {1, 2};
    pair.server.SetResource(strict);

    EXPECT_EQ(Ask(Request(Code::Get, "nowhere")), Code::NotFound);
    EXPECT_EQ(Ask(Request(Code::Get, "t/below")), Code::NotFound);
    EXPECT_EQ(Ask(Request(Code::Delete, "strict")), Code::MethodNotAllowed);
    EXPECT_EQ(Ask(Request(static_cast<Code>(0x1f), "strict")), Code::MethodNotAllowed);
    EXPECT_EQ(Ask(Request(static_cast<Code>(0x1f), "nowhere")), Code::MethodNotAllowed);

    Request put(Code::Put, "strict", {1});
    put.options.AddUint(OptionNumber::ContentFormat, 60);
    EXPECT_EQ(Ask(put), Code::UnsupportedContentFormat);
    Request get(Code::Get, "strict");
    get.options.AddUint(OptionNumber::Accept, 50);
    EXPECT_EQ(Ask(get), Code::NotAcceptable);

    Request proxied(Code::Get, "strict");
    proxied.options.Add(OptionNumber::ProxyScheme, "http");
    EXPECT_EQ(Ask(proxied), Code::ProxyingNotSupported);
    Request absolute(Code::Get, "");
    absolute.options.Add(OptionNumber::ProxyUri, "coap://[fd00::1]/t");
    EXPECT_EQ(Ask(absolute), Code::ProxyingNotSupported);

    Request create(Code::Put, "strict", {1});
    create.options.Add(OptionNumber::IfNoneMatch, Bytes{});
    EXPECT_EQ(Ask(create), Code::PreconditionFailed);
    Request other(Code::Put, "strict", {1});
    other.options.Add(OptionNumber::IfMatch, Bytes{9});
    EXPECT_EQ(Ask(other), Code::PreconditionFailed);
    EXPECT_TRUE(requests.empty());

    other.options.Add(OptionNumber::IfMatch, Bytes{1, 2});
    EXPECT_EQ(Ask(other), Code::Content);
    get.options.Remove(OptionNumber::Accept);
    get.options.AddUint(OptionNumber::Accept, 60);
    EXPECT_EQ(Ask(get), Code::Content);
}

TEST_F(ExchangeTest, SubtreeAnswersForWhatIsBelow)
{
    Resource tree{"s"};
    tree.subtree = true;
    pair.server.SetResource(tree);
    EXPECT_EQ(Ask(Request(Code::Put, "s/01/t")), Code::Content);
    EXPECT_EQ(requests.at(0).path, "s/01/t");
    EXPECT_EQ(requests.at(0).resource, "s");
    EXPECT_EQ(Ask(Request(Code::Put, "x/01/t")), Code::NotFound);
}

TEST_F(ExchangeTest, SegmentWithASlashIsNotAnotherPath)
{
    pair.server.SetResource(Resource{"a/b"});
    Request request;
    request.options.Add(OptionNumber::UriPath, "a/b");
    EXPECT_EQ(Ask(request), Code::NotFound);
    EXPECT_EQ(Ask(Request(Code::Get, "a/b")), Code::Content);
}

TEST(ExchangeBoundsTest, UnansweredRequestsAreBounded)
{
    Settings settings;
    settings.limits.unanswered = 2;
    TestRandom random;
    Endpoint server(settings, random);
    server.SetResource(Resource{"t"});
    for (uint16_t messageId = 0; messageId < 4; messageId++)
    {
        Message get;
        get.code = Code::Get;
        get.messageId = messageId;
        get.options.SetUriPath("t");
        server.Receive({}, MakePeer(1), Encode(get));
    }
    auto sent = TakeAll(server);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].code, Code::ServiceUnavailable);
    EXPECT_EQ(server.GetCounters().GetLimit(Limit::Unanswered), 2u);
}

TEST(ExchangeBoundsTest, RequestsBeyondTheRateOfAnAddressAreAnswered429)
{
    Settings settings;
    settings.limits.requestRate = {0.4, 2};
    TestRandom random;
    Endpoint server(settings, random);
    server.SetResource(Resource{"t"});
    uint16_t messageId = 0;
    auto ask = [&](Duration at, const PeerAddress& peer, uint16_t id) {
        Message get;
        get.code = Code::Get;
        get.messageId = id;
        get.options.SetUriPath("t");
        server.Receive(At(at), peer, Encode(get));
        auto sent = TakeAll(server);
        return sent.empty() ? std::optional<Message>() : sent[0];
    };
    EXPECT_FALSE(ask(1s, MakePeer(1, 1000), messageId++)) << "it waits for the application";
    EXPECT_FALSE(ask(1s, MakePeer(1, 1001), messageId++)) << "the burst, whatever the port";
    auto refused = ask(1s, MakePeer(1, 1002), messageId++);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, static_cast<Code>(4 << 5 | 29)); // RFC 8516 section 6
    EXPECT_EQ(refused->type, Type::Acknowledgement);
    EXPECT_EQ(refused->options.FindUint(OptionNumber::MaxAge), 3u) << "2.5 s, rounded up";
    EXPECT_FALSE(ask(1s, MakePeer(2), 77)) << "another address";
    EXPECT_EQ(ask(2s, MakePeer(1, 1002), messageId - 1)->code, Code::TooManyRequests)
        << "a repetition gets the answer of the first time";
    EXPECT_FALSE(ask(3500ms, MakePeer(1, 1000), messageId++)) << "a token is there again";
    EXPECT_EQ(server.GetCounters().GetLimit(Limit::RequestRate), 1u);
    auto events = PollAll(server);
    auto told = Pick<RequestRefused>(events);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].peer, MakePeer(1, 1002));
    EXPECT_EQ(told[0].wait, 2500ms);
    EXPECT_EQ(Pick<RequestReceived>(events).size(), 4u);
}

TEST(ExchangeBoundsTest, RequestsAreBoundedAndTokensUnique)
{
    Settings settings;
    settings.limits.requests = 3;
    settings.tokenLength = 0;
    TestRandom random;
    Endpoint client(settings, random);
    client.SendRequest({}, MakePeer(1), Request(Code::Get, "t"));
    client.SendRequest({}, MakePeer(1), Request(Code::Get, "t")); // no second empty token
    client.SendRequest({}, MakePeer(2), Request(Code::Get, "t"));
    client.SendRequest({}, MakePeer(3), Request(Code::Get, "t"));
    client.SendRequest({}, MakePeer(4), Request(Code::Get, "t"));
    EXPECT_EQ(client.GetCounters().GetLimit(Limit::Tokens), 1u);
    EXPECT_EQ(client.GetCounters().GetLimit(Limit::Requests), 1u);
    EXPECT_EQ(TakeAll(client).size(), 3u);
}

/// Every way to lose some of the first messages of an exchange that is answered separately.
class LossMaskTest : public testing::TestWithParam<bool>
{
};

TEST_P(LossMaskTest, OneResponseWhateverIsLost)
{
    for (uint32_t mask = 0; mask < 256; mask++)
    {
        EndpointPair pair({}, mask + 1);
        pair.lose = [mask](size_t n, const auto&) { return n < 8 && mask >> n & 1; };
        pair.server.SetResource(Resource{"t"});
        int processed = 0;
        std::optional<RequestId> open;
        pair.serve = [&](const Event& event) {
            if (auto* request = std::get_if<RequestReceived>(&event))
            {
                processed++;
                open = request->id;
                if (!GetParam())
                {
                    pair.server.Respond(pair.now, *open, Response(Code::Changed));
                }
            }
        };
        pair.client.SendRequest(pair.now, pair.serverAddress, Request(Code::Post, "t"));
        while (GetParam() && !open && pair.now < At(95s))
        {
            pair.Run(pair.now.time_since_epoch() + 100ms);
        }
        pair.Run(pair.now.time_since_epoch() + 2s);
        if (GetParam() && open)
        {
            pair.server.Respond(pair.now, *open, Response(Code::Changed));
        }
        pair.Run(400s);
        bool allRequestsLost = (mask & 0x1f) == 0x1f;
        size_t responses = Pick<ResponseReceived>(pair.clientEvents).size();
        size_t failures = Pick<RequestFailed>(pair.clientEvents).size();
        EXPECT_EQ(processed, allRequestsLost ? 0 : 1) << "mask " << mask;
        EXPECT_EQ(responses + failures, 1u) << "mask " << mask;
        EXPECT_FALSE(pair.client.GetNextTimeout()) << "mask " << mask;
        EXPECT_FALSE(pair.server.GetNextTimeout()) << "mask " << mask;
    }
}

INSTANTIATE_TEST_SUITE_P(Responses, LossMaskTest, testing::Bool(), [](const auto& tested) {
    return tested.param ? "separate" : "piggybacked";
});

} // namespace

} // namespace coap
