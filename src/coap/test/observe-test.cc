// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/observe.h"
#include "coap/test/endpoint-pair.h"

#include <gtest/gtest.h>

namespace coap
{

namespace
{

TEST(FreshnessTest, FollowsTheTableOfRfc7641Section34)
{
    constexpr uint32_t HALF = 1 << 23;

    struct Row
    {
        uint32_t v1;
        uint32_t v2;
        Duration later;
        bool fresher;
    };

    const Row rows[] = {
        {1, 2, 0s, true},
        {2, 1, 0s, false},
        {2, 2, 0s, false},
        {0, HALF - 1, 0s, true},
        {0, HALF, 0s, false},
        {HALF, 0, 0s, false},
        {HALF + 1, 0, 0s, true},
        {OBSERVE_MODULUS - 1, 0, 0s, true},
        {0, OBSERVE_MODULUS - 1, 0s, false},
        {2, 1, 128s, false},
        {2, 1, 128s + 1ns, true},
        {2, 2, 129s, true},
    };
    for (const Row& row : rows)
    {
        EXPECT_EQ(IsFresher(row.v1, At(10s), row.v2, At(10s) + row.later), row.fresher)
            << row.v1 << " " << row.v2;
    }
}

class ObserveTest : public testing::Test
{
  protected:
    explicit ObserveTest(const Settings& settings = {})
        : pair(settings)
    {
        Resource resource{"t"};
        resource.observable = true;
        pair.server.SetResource(resource);
        pair.serve = [this](const Event& event) {
            if (auto* request = std::get_if<RequestReceived>(&event))
            {
                pair.server.Respond(pair.now, request->id, MakeResponse());
            }
            else if (auto* wanted = std::get_if<RepresentationWanted>(&event))
            {
                EXPECT_EQ(wanted->resource, "t");
                pair.server.Respond(pair.now, wanted->id, MakeResponse());
            }
        };
    }

    void UseConfirmableNotifications()
    {
        Resource resource{"t"};
        resource.observable = true;
        resource.confirmableNotifications = true;
        pair.server.SetResource(resource);
    }

    Response MakeResponse()
    {
        Response response(code, ToBytes(std::to_string(value)));
        response.report = value;
        return response;
    }

    RequestId Observe()
    {
        auto id =
            pair.client.SendRequest(pair.now, pair.serverAddress, Request::MakeObserve("t"), 1);
        RunFor(1s);
        return id;
    }

    void Change(Duration then = 1s)
    {
        value++;
        pair.server.Notify(pair.now, "t");
        RunFor(then);
    }

    void RunFor(Duration duration)
    {
        pair.Run(pair.now.time_since_epoch() + duration);
    }

    std::vector<std::string> GetValues() const
    {
        std::vector<std::string> values;
        for (const auto& received : Pick<ResponseReceived>(pair.clientEvents))
        {
            values.push_back(ByteView(received.response.payload).ToString() +
                             (received.last ? "!" : ""));
        }
        return values;
    }

    const Message& GetLastSent() const
    {
        return pair.log.back().message;
    }

    using Values = std::vector<std::string>;

    EndpointPair pair;
    int value{1};
    Code code{Code::Content};
};

TEST_F(ObserveTest, NotificationsFollowTheRegistration)
{
    Observe();
    EXPECT_EQ(pair.server.GetObserverCount(), 1u);
    EXPECT_TRUE(GetLastSent().options.Has(OptionNumber::Observe));
    Change();
    EXPECT_EQ(GetLastSent().type, Type::NonConfirmable);
    EXPECT_EQ(GetLastSent().token, pair.log[0].message.token);
    Change();
    EXPECT_EQ(GetValues(), (Values{"1", "2", "3"}));
    EXPECT_EQ(pair.log.size(), 4u);
    RunFor(500s);
    EXPECT_TRUE(Pick<RequestFailed>(pair.clientEvents).empty());
}

TEST_F(ObserveTest, ConfirmableNotificationsAreAcknowledged)
{
    UseConfirmableNotifications();
    Observe();
    Change();
    EXPECT_EQ(GetLastSent().type, Type::Acknowledgement);
    EXPECT_EQ(GetValues(), (Values{"1", "2"}));
}

TEST_F(ObserveTest, ResourceThatIsNotObservableAnswersOnce)
{
    pair.server.SetResource(Resource{"t"});
    Observe();
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    EXPECT_EQ(GetValues(), (Values{"1!"}));
}

TEST_F(ObserveTest, FailedRegistrationAnswersOnce)
{
    code = Code::Forbidden;
    Observe();
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    EXPECT_EQ(GetValues(), (Values{"1!"}));
}

TEST_F(ObserveTest, DeregistrationEndsIt)
{
    auto id = Observe();
    pair.client.Deregister(pair.now, id);
    RunFor(1s);
    EXPECT_EQ(pair.log[2].message.options.FindUint(OptionNumber::Observe), OBSERVE_DEREGISTER);
    EXPECT_EQ(pair.log[2].message.token, pair.log[0].message.token);
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    EXPECT_EQ(GetValues(), (Values{"1", "1!"}));
    Change();
    EXPECT_EQ(pair.log.size(), 4u);
}

TEST_F(ObserveTest, IsRegisteredAgainAfterTheSecuritySession)
{
    Observe();
    Change();
    pair.client.RegisterAgain(pair.now, MakePeer(99));
    RunFor(1s);
    EXPECT_EQ(pair.log.size(), 3u) << "another server";
    pair.client.RegisterAgain(pair.now, pair.serverAddress);
    pair.client.RegisterAgain(pair.now, pair.serverAddress); // the answer is not there yet
    RunFor(1s);
    ASSERT_EQ(pair.log.size(), 5u);
    const Message& again = pair.log[3].message;
    EXPECT_EQ(again.type, Type::Confirmable);
    EXPECT_EQ(again.code, Code::Get);
    EXPECT_EQ(again.token, pair.log[0].message.token);
    EXPECT_EQ(again.options, pair.log[0].message.options);
    EXPECT_NE(again.messageId, pair.log[0].message.messageId);
    EXPECT_EQ(pair.server.GetObserverCount(), 1u);
    Change();
    EXPECT_EQ(GetValues(), (Values{"1", "2", "2", "3"}));
}

TEST_F(ObserveTest, IsRegisteredAgainWhateverTheServerCountsFrom)
{
    Observe();
    const Bytes first = pair.log[1].bytes; // as a server says that has started anew
    Change();
    Change();
    pair.client.RegisterAgain(pair.now, pair.serverAddress);
    Message answer;
    Decode(first, answer);
    answer.messageId = TakeAll(pair.client).at(0).messageId;
    pair.client.Receive(pair.now, pair.serverAddress, Encode(answer));
    RunFor(1s);
    EXPECT_EQ(GetValues(), (Values{"1", "2", "3", "1"}));
}

TEST_F(ObserveTest, ResetOfANonNotificationEndsIt)
{
    auto id = Observe();
    pair.client.Cancel(pair.now, id);
    Change();
    EXPECT_EQ(GetLastSent().type, Type::Reset);
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    Change();
    EXPECT_EQ(pair.log.size(), 4u);
    auto changes = Pick<ObserverChanged>(pair.serverEvents);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_TRUE(changes[0].added);
    EXPECT_FALSE(changes[1].added);
}

TEST_F(ObserveTest, ResetOfAConNotificationEndsIt)
{
    UseConfirmableNotifications();
    auto id = Observe();
    pair.client.Cancel(pair.now, id);
    Change();
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    EXPECT_EQ(Pick<ResponseFailed>(pair.serverEvents).at(0).failure, Failure::Reset);
    EXPECT_EQ(Pick<ResponseFailed>(pair.serverEvents).at(0).report, 2u);
}

TEST_F(ObserveTest, FailureOfAConNotificationEndsIt)
{
    UseConfirmableNotifications();
    Observe();
    pair.lose = [](size_t, const auto&) { return true; };
    Change(100s);
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    EXPECT_EQ(Pick<ResponseFailed>(pair.serverEvents).at(0).failure, Failure::Timeout);
}

TEST_F(ObserveTest, ResetOfAnOlderNonNotificationEndsItToo)
{
    auto id = Observe();
    pair.client.Cancel(pair.now, id);
    // Changes come faster than the Reset, which takes 100 ms.
    for (int change = 0; change < 6; change++)
    {
        Change(30ms);
    }
    RunFor(1s);
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
    auto notifications = std::count_if(pair.log.begin(), pair.log.end(), [](const auto& sent) {
        return sent.message.type == Type::NonConfirmable;
    });
    EXPECT_EQ(notifications, 4); // at 0, 30, 60 and 90 ms
}

TEST_F(ObserveTest, PiggybackedResponseSettlesADeregistrationWhateverItCarries)
{
    auto id = Observe();
    pair.client.Deregister(pair.now, id);
    Message response = TakeAll(pair.client).at(0);
    response.type = Type::Acknowledgement;
    response.code = Code::Content;
    response.options = {};
    response.options.AddUint(OptionNumber::Observe, 9);
    pair.client.Receive(pair.now, pair.serverAddress, Encode(response));
    RunFor(1s);
    EXPECT_EQ(GetValues(), (Values{"1", "!"}));
    EXPECT_FALSE(pair.client.GetNextTimeout());
}

TEST_F(ObserveTest, NotificationAfterADeregistrationIsNotItsAnswer)
{
    auto id = Observe();
    Change();
    Message notification = GetLastSent();
    notification.messageId++;
    notification.options.Remove(OptionNumber::Observe);
    notification.options.AddUint(OptionNumber::Observe, 100);
    pair.client.Deregister(pair.now, id);
    pair.client.Receive(pair.now, pair.serverAddress, Encode(notification));
    EXPECT_EQ(pair.client.GetCounters().stale, 1u);
    RunFor(1s);
    EXPECT_EQ(GetValues(), (Values{"1", "2", "2!"}));
}

TEST_F(ObserveTest, OtherValuesOfTheOptionMeanNothing)
{
    Observe();
    Message other = pair.log[0].message;
    other.messageId += 7;
    other.options.Remove(OptionNumber::Observe);
    other.options.AddUint(OptionNumber::Observe, 2);
    pair.server.Receive(pair.now, pair.clientAddress, Encode(other));
    RunFor(1s);
    EXPECT_EQ(pair.server.GetObserverCount(), 1u);
    EXPECT_FALSE(GetLastSent().options.Has(OptionNumber::Observe));
}

TEST_F(ObserveTest, NobodyWaitsForARepresentationOnceTheObserverIsGone)
{
    auto id = Observe();
    pair.serve = {};
    Change();
    auto wanted = Pick<RepresentationWanted>(pair.serverEvents);
    ASSERT_EQ(wanted.size(), 1u);
    Change(); // the first one is still owed
    EXPECT_EQ(Pick<RepresentationWanted>(pair.serverEvents).size(), 1u);
    pair.client.Deregister(pair.now, id);
    RunFor(500ms);
    auto request = Pick<RequestReceived>(pair.serverEvents).back();
    EXPECT_TRUE(pair.server.Respond(pair.now, request.id, MakeResponse()));
    EXPECT_FALSE(pair.server.Respond(pair.now, wanted[0].id, MakeResponse()));
}

TEST_F(ObserveTest, ErrorNotificationEndsItOnBothSides)
{
    Observe();
    code = Code::NotFound;
    Change();
    EXPECT_EQ(GetValues(), (Values{"1", "2!"}));
    EXPECT_EQ(pair.server.GetObserverCount(), 0u);
}

TEST_F(ObserveTest, ConAfter24Hours)
{
    Observe();
    RunFor(24h - 1500ms);
    Change();
    EXPECT_EQ(GetLastSent().type, Type::NonConfirmable);
    Change();
    EXPECT_EQ(pair.log[pair.log.size() - 2].message.type, Type::Confirmable);
    EXPECT_EQ(GetLastSent().type, Type::Acknowledgement);
    Change();
    EXPECT_EQ(GetLastSent().type, Type::NonConfirmable);
    EXPECT_EQ(GetValues(), (Values{"1", "2", "3", "4"}));
}

TEST_F(ObserveTest, NewStateTakesOverFromTheOneInTransit)
{
    UseConfirmableNotifications();
    Observe();
    pair.lose = [](size_t n, const auto&) { return n == 2; };
    Change(500ms);
    Change(10ms);
    Change(10s);
    // The lost 2, then 4 in the place of its retransmission; 3 never.
    EXPECT_EQ(GetValues(), (Values{"1", "4"}));
    ASSERT_EQ(pair.log.size(), 5u);
    EXPECT_NE(pair.log[2].message.messageId, pair.log[3].message.messageId);
    auto wait = pair.log[3].at - pair.log[2].at;
    EXPECT_GE(wait, 2s);
    EXPECT_LE(wait, 3s);
}

TEST_F(ObserveTest, NewStateFollowsTheAcknowledgementAtOnce)
{
    UseConfirmableNotifications();
    Observe();
    Change(10ms);
    Change(10s);
    EXPECT_EQ(GetValues(), (Values{"1", "2", "3"}));
    EXPECT_EQ(pair.log[4].at - pair.log[2].at, 100ms);
    EXPECT_EQ(pair.server.GetObserverCount(), 1u);
}

TEST_F(ObserveTest, OvertakenNotificationIsDropped)
{
    Observe();
    Change();
    Message old = GetLastSent();
    Change();
    old.messageId += 100;
    pair.client.Receive(pair.now, pair.serverAddress, Encode(old));
    RunFor(1s);
    EXPECT_EQ(GetValues(), (Values{"1", "2", "3"}));
    EXPECT_EQ(pair.client.GetCounters().stale, 1u);
    RunFor(128s);
    old.messageId += 100;
    pair.client.Receive(pair.now, pair.serverAddress, Encode(old));
    RunFor(1s);
    EXPECT_EQ(GetValues().size(), 4u);
}

TEST_F(ObserveTest, SameTokenAgainReplacesTheRegistration)
{
    Observe();
    Message again = pair.log[0].message;
    again.messageId += 7;
    pair.server.Receive(pair.now, pair.clientAddress, Encode(again));
    RunFor(1s);
    EXPECT_EQ(pair.server.GetObserverCount(), 1u);
}

TEST(ObserveBoundsTest, FurtherObserversGetAPlainResponse)
{
    Settings settings;
    settings.limits.observers = 1;
    TestRandom random;
    Endpoint server(settings, random);
    Resource resource{"t"};
    resource.observable = true;
    server.SetResource(resource);
    for (uint8_t peer = 1; peer <= 3; peer++)
    {
        Message get;
        get.code = Code::Get;
        get.options = Request::MakeObserve("t").options;
        server.Receive({}, MakePeer(peer), Encode(get));
        for (const auto& request : Pick<RequestReceived>(PollAll(server)))
        {
            server.Respond({}, request.id, Response(Code::Content));
        }
    }
    auto sent = TakeAll(server);
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_TRUE(sent[0].options.Has(OptionNumber::Observe));
    EXPECT_FALSE(sent[1].options.Has(OptionNumber::Observe));
    EXPECT_EQ(server.GetObserverCount(), 1u);
    EXPECT_EQ(server.GetCounters().GetLimit(Limit::Observers), 2u);
}

} // namespace

} // namespace coap
