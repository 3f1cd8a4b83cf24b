// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/fuzz-corpus.h"

#include "mqtt/protocol/encoder.h"

namespace mqtt::test
{

std::vector<Bytes>
MakeCorpus()
{
    const Bytes payload = {'x', 'y'};
    auto join = [](const std::vector<Packet>& packets, Version version = Version::V3_1_1) {
        Bytes stream = {200}; // the size of the chunks
        for (const Packet& packet : packets)
        {
            Bytes bytes = ToBytes(packet, version);
            stream.insert(stream.end(), bytes.begin(), bytes.end());
        }
        return stream;
    };
    Connect connect;
    connect.clientId = "fuzz";
    connect.keepAlive = 2;
    Connect full = connect;
    full.cleanStart = false;
    full.will = Will{"a/will", payload, 2, true};
    full.userName = "user";
    full.password = ByteView(payload);
    auto publish = [&](uint8_t qos, bool retain) {
        Publish packet;
        packet.topic = "a/b";
        packet.payload = payload;
        packet.qos = qos;
        packet.retain = retain;
        packet.packetId = qos;
        return packet;
    };
    Subscribe subscribe{1, {{"a/#", 2}, {"+/b", 1}, {"#", 0}}};

    // What only 5.0 has.
    static const PropertyList expiry =
        PropertyList().Add(PropertyId::SessionExpiryInterval, 60).AddUser("k", "v");
    static const PropertyList delay = PropertyList().Add(PropertyId::WillDelayInterval, 1);
    static const PropertyList alias = PropertyList()
                                          .Add(PropertyId::MessageExpiryInterval, 1)
                                          .Add(PropertyId::TopicAlias, 1)
                                          .Add(PropertyId::ContentType, std::string_view("t"));
    static const PropertyList identifier =
        PropertyList().Add(PropertyId::SubscriptionIdentifier, 300);
    Connect connect5 = full;
    connect5.version = Version::V5;
    connect5.properties = expiry.Get();
    connect5.will->properties = delay.Get();
    Publish aliased = publish(2, true);
    aliased.properties = alias.Get();
    Publish known = aliased;
    known.topic = {};
    known.packetId = 9;
    Subscribe shared{1, {{"$share/g/a/+", 1}, {"#", {2, true, true}}}, identifier.Get()};
    return {
        join({connect5, shared, aliased, known, Pubrel{2}, Pubrec{1, ReasonCode::QuotaExceeded}},
             Version::V5),
        join({connect5, Unsubscribe{2, {"#"}}, Disconnect{ReasonCode::UnspecifiedError}},
             Version::V5),
        join({Connack{}, Unsuback{1, {ReasonCode::Success}}, Auth{}}, Version::V5),
        join({connect, subscribe, publish(0, false), publish(1, true), Puback{1}, Disconnect{}}),
        join({full, subscribe, publish(2, true), Pubrel{2}, Pubrec{1}, Pubcomp{1}, Pingreq{}}),
        join({connect, subscribe, Unsubscribe{2, {"a/#", "+/b"}}, publish(2, false), full}),
        join({Connack{}, Suback{1, {ReasonCode::GrantedQos1}}, Unsuback{1}, Pingresp{}}),
        {},
    };
}

void
Mutate(Bytes& bytes, std::mt19937& random)
{
    auto below = [&](size_t bound) { return bound == 0 ? 0 : random() % bound; };
    size_t at = below(bytes.size());
    switch (bytes.empty() ? 2 : random() % 6)
    {
    case 0:
        bytes[at] ^= 1 << below(8);
        break;
    case 1:
        bytes[at] = random();
        break;
    case 2:
        bytes.insert(bytes.begin() + at, random());
        break;
    case 3:
        bytes.erase(bytes.begin() + at);
        break;
    case 4: {
        Bytes part(bytes.begin() + at, bytes.begin() + at + below(bytes.size() - at));
        bytes.insert(bytes.begin() + below(bytes.size()), part.begin(), part.end());
        break;
    }
    case 5:
        bytes.resize(at);
        break;
    }
}

} // namespace mqtt::test
