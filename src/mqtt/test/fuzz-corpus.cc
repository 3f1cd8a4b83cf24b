// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/fuzz-corpus.h"

#include "mqtt/protocol/content-filter.h"
#include "mqtt/test/codec-samples.h"

#include <fstream>

namespace mqtt::test
{

namespace
{

/// One side of a connection, packet by packet.
using Side = std::vector<Bytes>;

Side
MakeSide(const std::vector<Packet>& packets, Version version)
{
    Side side;
    for (const Packet& packet : packets)
    {
        side.push_back(ToBytes(packet, version));
    }
    return side;
}

/// Steps that bring the packets one by one (mqtt-fuzz.h).
Bytes
MakeSteps(const Side& side, uint8_t what)
{
    Bytes steps;
    for (const Bytes& packet : side)
    {
        steps.push_back(what);
        steps.push_back(static_cast<uint8_t>(packet.size())); // all are short
        steps.insert(steps.end(), packet.begin(), packet.end());
    }
    return steps;
}

/// A client's side of a connection: CONNECT, a subscription, messages, and an end.
std::vector<Side>
MakeClientSides()
{
    const Bytes payload = {'x', 'y'};
    std::vector<Side> sides;
    for (Version version : {Version::V3_1_1, Version::V5})
    {
        Connect connect = MakeConnect("fuzz", 2);
        connect.version = version;
        Connect full = connect;
        full.cleanStart = false;
        full.will = Will{"a/will", payload, 2, true};
        full.userName = "brief";
        full.password = ByteView(payload);
        Subscribe subscribe{1, {{"a/#", 2}, {"+/b", 1}, {"#", 0}, {"$share/g/a/+", 1}}};
        Publish last = MakePublish(2);
        last.packetId = 9;
        sides.push_back(MakeSide({connect,
                                  subscribe,
                                  MakePublish(0),
                                  MakePublish(1),
                                  MakePublish(2),
                                  Pubrel{2},
                                  Puback{1},
                                  Pubrec{1},
                                  Pubcomp{1},
                                  Pingreq{},
                                  Unsubscribe{2, {"a/#", "+/b"}},
                                  Disconnect{}},
                                 version));
        sides.push_back(MakeSide({full, subscribe, last, full, last}, version));
    }
    static const PropertyList alias =
        PropertyList().Add(PropertyId::MessageExpiryInterval, 1).Add(PropertyId::TopicAlias, 1);
    static const PropertyList method =
        PropertyList().Add(PropertyId::AuthenticationMethod, std::string_view("m"));
    Publish aliased = MakePublish(1);
    aliased.properties = alias.Get();
    Publish known = aliased;
    known.topic = {};
    Connect connect = MakeConnect("fuzz", 2);
    connect.version = Version::V5;
    sides.push_back(
        MakeSide({connect, aliased, known, Pubrec{1, ReasonCode::QuotaExceeded}}, Version::V5));
    static const PropertyList content =
        PropertyList()
            .AddUser(CONTENT_FILTER_PROPERTY, "a > 1 and (b.c == \"x\" or not d != null)")
            .AddUser(TYPE_FILTER_PROPERTY, "t*");
    static const PropertyList type =
        PropertyList().Add(PropertyId::ContentType, std::string_view("t"));
    const std::string_view json = R"({"a": 2.5e0, "b": {"c": "\u0078"}, "d": [null, true]})";
    Publish record = MakePublish(0);
    record.payload = ByteView(json);
    record.properties = type.Get();
    sides.push_back(
        MakeSide({connect, Subscribe{1, {{"a/#", 0}}, content.Get()}, record}, Version::V5));
    connect.properties = method.Get();
    Auth auth{ReasonCode::ContinueAuthentication, method.Get()};
    Auth again{ReasonCode::ReAuthenticate, method.Get()};
    sides.push_back(MakeSide({connect, auth, again, auth}, Version::V5));
    return sides;
}

/// A server's side of a connection.
std::vector<Side>
MakeServerSides()
{
    std::vector<Side> sides;
    for (Version version : {Version::V3_1_1, Version::V5})
    {
        Unsuback unsuback{2, {}};
        if (version == Version::V5)
        {
            unsuback.reasons = {ReasonCode::Success};
        }
        sides.push_back(MakeSide({Connack{},
                                  Suback{1, {ReasonCode::GrantedQos2}},
                                  MakePublish(0),
                                  MakePublish(1),
                                  MakePublish(2),
                                  Pubrel{2},
                                  Puback{2},
                                  Pubrec{3},
                                  Pubcomp{3},
                                  Pingresp{},
                                  unsuback},
                                 version));
        sides.push_back(MakeSide({Connack{true}, MakePublish(2)}, version));
    }
    static const PropertyList limits = PropertyList()
                                           .Add(PropertyId::ReceiveMaximum, 1)
                                           .Add(PropertyId::MaximumPacketSize, 20)
                                           .Add(PropertyId::TopicAliasMaximum, 2)
                                           .Add(PropertyId::ServerKeepAlive, 1);
    sides.push_back(MakeSide({Connack{false, ReasonCode::Success, limits.Get()},
                              Suback{1, {ReasonCode::NotAuthorized}},
                              Puback{2},
                              Disconnect{ReasonCode::ServerBusy}},
                             Version::V5));
    return sides;
}

std::vector<Bytes>
MakePackets()
{
    std::vector<Bytes> packets = {{}};
    for (const auto& samples : {MakeSamples311(), MakeSamples5()})
    {
        for (const Sample& sample : samples)
        {
            packets.push_back(sample.bytes);
        }
    }
    return packets;
}

/// The inputs of a file with one in each line, in hexadecimal digits; none where there is no file.
std::vector<Bytes>
ReadHex(const std::string& path)
{
    std::vector<Bytes> inputs;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
    {
        Bytes input;
        for (size_t i = 0; i + 1 < line.size(); i += 2)
        {
            input.push_back(static_cast<uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
        }
        inputs.push_back(std::move(input));
    }
    return inputs;
}

/// What the sides of a connection make of steps of some kinds.
std::vector<Bytes>
MakeConnections(const std::vector<Side>& sides)
{
    std::vector<Bytes> inputs;
    for (const Side& side : sides)
    {
        for (uint8_t what : {0x00, 0x80, 0x88, 0x43, 0xa1, 0x84})
        {
            inputs.push_back(MakeSteps(side, what));
        }
    }
    return inputs;
}

} // namespace

std::vector<Bytes>
MakeCorpus(const std::string& target)
{
    std::vector<Bytes> corpus = target == "codec"    ? MakePackets()
                                : target == "broker" ? MakeConnections(MakeClientSides())
                                                     : MakeConnections(MakeServerSides());
    for (Bytes& input : ReadHex(IOT_SOURCE_DIR "/src/mqtt/test/corpus/" + target + ".hex"))
    {
        corpus.push_back(std::move(input));
    }
    return corpus;
}

std::vector<Bytes>
MakeClientStreams()
{
    std::vector<Bytes> streams;
    for (const Side& side : MakeClientSides())
    {
        Bytes& stream = streams.emplace_back();
        for (const Bytes& packet : side)
        {
            stream.insert(stream.end(), packet.begin(), packet.end());
        }
    }
    return streams;
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
