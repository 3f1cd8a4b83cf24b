// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <gtest/gtest.h>

using namespace ns3;
using sansio::Bytes;
using sansio::Layer;
using sansio::Provenance;
using sansio::Span;
using sansio::SpannedBytes;

TEST(ProvenanceTag, SpansSurviveThePacketAndItsFragments)
{
    const Provenance header{Layer::Application, true, 3};
    const Provenance payload{Layer::Payload, true, 3};
    SpannedBytes sent(Bytes{1, 2, 3, 4}, header);
    sent.Append(Bytes{5, 6, 7, 8, 9}, payload);
    Ptr<Packet> packet = ToPacket(sent);
    SpannedBytes received = ToSpannedBytes(packet);
    EXPECT_EQ(received.GetView(), sent.GetView());
    EXPECT_EQ(received.GetSpans(), sent.GetSpans());

    SpannedBytes middle = ToSpannedBytes(packet->CreateFragment(2, 4));
    EXPECT_EQ(middle.GetSpans(), (std::vector<Span>{{0, 2, header}, {2, 4, payload}}));
}

TEST(ProvenanceTag, UntaggedBytesTakeTheGivenProvenance)
{
    const Provenance payload{Layer::Payload, false, 3};
    const Provenance other{Layer::Security, false, 0};
    Ptr<Packet> packet = Create<Packet>(2);
    packet->AddAtEnd(ToPacket(SpannedBytes(Bytes{1, 2, 3}, payload)));
    packet->AddAtEnd(Create<Packet>(1));
    EXPECT_EQ(ToSpannedBytes(packet, other).GetSpans(),
              (std::vector<Span>{{0, 2, other}, {2, 5, payload}, {5, 6, other}}));
}

TEST(PeerAddress, ConvertsBothFamiliesThereAndBack)
{
    Address inet = InetSocketAddress("10.1.2.3", 1883);
    Address inet6 = Inet6SocketAddress("fd00::7", 5683);
    EXPECT_EQ(ToSocketAddress(ToPeerAddress(inet)), inet);
    EXPECT_EQ(ToSocketAddress(ToPeerAddress(inet6)), inet6);
    EXPECT_EQ(ToPeerAddress(inet).port, 1883);
    EXPECT_EQ(ToPeerAddress(inet).ip[10], 0xff);
    EXPECT_EQ(ToPeerAddress(Address()), sansio::PeerAddress());
}
