// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/tcp-listener.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace attacks::test
{

namespace
{

constexpr uint32_t INITIAL = 0xfffffff0; // the sequence numbers wrap after 15 bytes

/// Collects what becomes readable.
struct Reader
{
    explicit Reader(size_t limit = 65536)
        : listener(limit)
    {
    }

    void Take(const std::vector<TcpListener::Piece>& pieces)
    {
        for (const TcpListener::Piece& piece : pieces)
        {
            text += piece.afterGap ? "|" : "";
            text += sansio::ByteView(piece.bytes).ToString();
        }
    }

    void Hear(uint32_t offset, std::string_view data, uint8_t flags = TCP_ACK)
    {
        TcpHeader header;
        header.sequence = INITIAL + 1 + offset;
        header.flags = flags;
        Take(listener.Hear(header, sansio::ByteView(data)));
    }

    void HearSyn()
    {
        TcpHeader header;
        header.sequence = INITIAL;
        header.flags = TCP_SYN;
        Take(listener.Hear(header, {}));
    }

    void Acknowledge(uint32_t offset)
    {
        Take(listener.HearAcknowledgment(INITIAL + 1 + offset));
    }

    TcpListener listener;
    std::string text;
};

TEST(TcpListener, InOrder)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(0, "MQTT over ");
    reader.Hear(10, "TCP, wrapped");
    EXPECT_EQ(reader.text, "MQTT over TCP, wrapped");
    EXPECT_EQ(reader.listener.GetNext(), INITIAL + 1 + 22);
}

TEST(TcpListener, OutOfOrderRepeatedAndOverlapping)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(10, "klmno");
    reader.Hear(5, "fghij");
    EXPECT_EQ(reader.text, "");
    reader.Hear(5, "fghij");
    reader.Hear(0, "abcdefg"); // overlaps what waits
    EXPECT_EQ(reader.text, "abcdefghijklmno");
    reader.Hear(3, "defghij"); // nothing new
    reader.Hear(12, "mnopq");  // its end is new
    EXPECT_EQ(reader.text, "abcdefghijklmnopq");
    EXPECT_EQ(reader.listener.GetWaiting(), 0u);
    EXPECT_EQ(reader.listener.GetRepeated(), 2u);
}

TEST(TcpListener, WhatArrivedFirstCounts)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(0, "honest");
    reader.Hear(0, "forged, longer");
    EXPECT_EQ(reader.text, "honest, longer");
}

TEST(TcpListener, FinTakesASequenceNumber)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(3, "d", TCP_ACK | TCP_FIN);
    reader.Hear(0, "abc");
    EXPECT_EQ(reader.listener.GetNext(), INITIAL + 1 + 5);
    reader.Acknowledge(5);
    EXPECT_EQ(reader.text, "abcd");
    EXPECT_EQ(reader.listener.GetLost(), 0u);
}

TEST(TcpListener, WhatWasAcknowledgedUnheardIsAGap)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(0, "abc");
    reader.Hear(6, "ghi");
    EXPECT_EQ(reader.text, "abc");
    reader.Acknowledge(9);
    EXPECT_EQ(reader.text, "abc|ghi");
    EXPECT_EQ(reader.listener.GetLost(), 3u);
    reader.Acknowledge(12); // three more that nobody heard
    reader.Hear(12, "mno");
    EXPECT_EQ(reader.text, "abc|ghi|mno");
    EXPECT_EQ(reader.listener.GetLost(), 6u);
}

TEST(TcpListener, WhatWaitsIsBounded)
{
    Reader reader(100);
    reader.HearSyn();
    for (uint32_t i = 1; i < 100; i++)
    {
        reader.Hear(10 * i, "0123456789");
        EXPECT_LE(reader.listener.GetWaiting(), 110u);
    }
    EXPECT_EQ(reader.listener.GetLost(), 10u);
}

TEST(TcpListener, AConnectionHeardFromItsMiddle)
{
    Reader reader;
    reader.Hear(500, "later");
    reader.Hear(505, " on");
    EXPECT_EQ(reader.text, "later on");
}

TEST(TcpListener, ANumberFarAwayIsOfAnotherStream)
{
    Reader reader;
    reader.HearSyn();
    reader.Hear(0x60000000, "far");
    EXPECT_EQ(reader.listener.GetWaiting(), 0u);
}

/// Segments of a stream, lost, repeated and out of order on their way, are sent until all arrived.
TEST(TcpListener, ReadsTheStreamThroughAnyLoss)
{
    std::mt19937 random(1);
    for (int run = 0; run < 200; run++)
    {
        std::string stream;
        for (int i = 0; i < 400; i++)
        {
            stream += static_cast<char>('a' + random() % 26);
        }

        struct Segment
        {
            uint32_t begin;
            std::string data;
        };

        std::vector<Segment> segments;
        for (uint32_t at = 0; at < stream.size();)
        {
            uint32_t size = 1 + random() % 40;
            segments.push_back({at, stream.substr(at, size)});
            at += size;
        }
        std::vector<Segment> air;
        for (const Segment& segment : segments)
        {
            for (uint32_t copies = 1 + random() % 3; copies > 0; copies--)
            {
                uint32_t longer = random() % 20; // repeated together with what follows
                air.push_back(
                    {segment.begin, stream.substr(segment.begin, segment.data.size() + longer)});
            }
        }
        std::shuffle(air.begin(), air.end(), random);
        Reader reader;
        reader.HearSyn();
        for (const Segment& segment : air)
        {
            reader.Hear(segment.begin, segment.data);
        }
        ASSERT_EQ(reader.text, stream) << "run " << run;
    }
}

} // namespace

} // namespace attacks::test
