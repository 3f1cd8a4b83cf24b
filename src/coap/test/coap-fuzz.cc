// SPDX-License-Identifier: GPL-2.0-only
// Any bytes into the codec and into an endpoint that is in the middle of things. Nothing may crash,
// hang or grow past its bound.
#include "coap/test/endpoint-pair.h"

#include <cstdlib>

namespace coap
{

namespace
{

void
Require(bool condition)
{
    if (!condition)
    {
        std::abort();
    }
}

void
FuzzCodec(ByteView data)
{
    Message message;
    if (Decode(data, message) == FormatError::None)
    {
        Require(Encode(message) == data.ToBytes()); // the encoding of a message is unique
    }
}

/// Lets an endpoint do what is due, and what an application would do.
void
Turn(Endpoint& endpoint, TimePoint now)
{
    while (auto event = endpoint.PollEvent())
    {
        if (auto* request = std::get_if<RequestReceived>(&*event))
        {
            if (request->id % 4 != 0) // some are never answered
            {
                endpoint.Respond(now, request->id, Response(Code::Content, {1}));
            }
        }
        else if (auto* wanted = std::get_if<RepresentationWanted>(&*event))
        {
            endpoint.Respond(now, wanted->id, Response(Code::Content, {2}));
        }
    }
    while (auto datagram = endpoint.TakeTransmit())
    {
        Message message;
        Require(Decode(datagram->bytes.GetView(), message) == FormatError::None);
    }
}

Settings
MakeSettings()
{
    Settings settings;
    settings.tokenLength = 1;
    settings.limits = {8, 4, 4, 4, 4, 4, {5, 2}, 4};
    return settings;
}

/// The input as a row of datagrams, each with a byte for its length and one for sender and time.
void
FuzzEndpoint(ByteView data)
{
    TestRandom random;
    Endpoint endpoint(MakeSettings(), random);
    Resource resource("t");
    resource.observable = true;
    endpoint.SetResource(resource);
    TimePoint now{};
    Request request(Code::Get, "t");
    for (uint8_t peer = 0; peer < 3; peer++)
    {
        request.confirmable = peer != 1;
        endpoint.SendRequest(now, MakePeer(peer), request);
        endpoint.SendRequest(now, MakePeer(peer), Request::MakeObserve("t"));
    }
    endpoint.Receive(now, MakePeer(0), data);
    Turn(endpoint, now);
    while (data.size() > 2)
    {
        size_t length = data[0];
        uint8_t control = data[1];
        endpoint.Receive(now, MakePeer(control & 7), data.From(2).First(length));
        data = data.From(2 + length);
        endpoint.Notify(now, "t");
        Turn(endpoint, now);
        if (control & 8)
        {
            now += std::chrono::seconds(control >> 4);
            endpoint.HandleTimeout(now);
            Turn(endpoint, now);
        }
    }
    Require(endpoint.GetObserverCount() <= 4);
    int steps = 0;
    while (auto next = endpoint.GetNextTimeout())
    {
        now = std::max(now, *next);
        endpoint.HandleTimeout(now);
        Turn(endpoint, now);
        Require(++steps < 1000);
    }
}

} // namespace

} // namespace coap

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    sansio::ByteView view(data, size);
    coap::FuzzCodec(view);
    coap::FuzzEndpoint(view);
    return 0;
}
