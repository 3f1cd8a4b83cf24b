// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/check-frame.h"
#include "iot-attacks/protocol/sniffer.h"
#include "iot-attacks/test/frames.h"

#include <cstdlib>

namespace attacks::test
{

/// Ends the process where something that must hold does not, in every kind of build.
inline void
Require(bool condition)
{
    if (!condition)
    {
        std::abort();
    }
}

inline Sniffer::Settings
GetFuzzSettings()
{
    Sniffer::Settings settings;
    settings.lowPan.contexts = GetContexts();
    settings.lowPan.reassemblies = 4;
    settings.lowPan.senders = 4;
    settings.leak = {4, 2, 16, 4};
    settings.flows = 8;
    settings.messages = 16;
    settings.streamBytes = 256;
    return settings;
}

/**
 * Any bytes as a row of frames and datagrams, each with a byte for its length and one for its kind:
 * raw, a payload in a good frame, or the contents of a good UDP or TCP flow. Nothing may crash, and
 * every bound holds.
 */
inline void
FuzzSniffer(ByteView data)
{
    Sniffer sniffer(GetFuzzSettings());
    FrameChecker checker;
    TimePoint now;
    uint32_t sequence = 1;
    sniffer.HearFrame(now, data);
    sniffer.HearDatagram(now, data);
    FindSubjectNames(data);
    while (data.size() > 2)
    {
        size_t length = data[0];
        uint8_t control = data[1];
        Bytes bytes = data.From(2).First(length).ToBytes();
        data = data.From(2 + length);
        Bytes frame = control & 1 ? MakeFrame(control, bytes) : AddFcs(bytes);
        checker.Check(now, frame);
        checker.Hear(now, frame);
        sniffer.HearFrame(now, frame);
        sniffer.HearDatagram(now, BuildUdp(MakeFlow(1, 2, Transport::Udp), bytes));
        Flow flow = MakeFlow(control & 2, 1883, Transport::Tcp);
        TcpHeader header{sequence, 1, TCP_ACK, 1, {}};
        header.flags = control & 0x40 ? TCP_SYN : TCP_ACK;
        sniffer.HearDatagram(now, BuildTcp(control & 4 ? flow.Reversed() : flow, header, bytes));
        sequence += control & 8 ? static_cast<uint32_t>(bytes.size()) : control;
        now += std::chrono::seconds(control & 16 ? 61 : 0);
    }
    Require(sniffer.GetMessages().size() <= 16);
    Require(sniffer.GetReport().flows.size() <= 8);
    for (const FlowLeak& leak : sniffer.GetReport().flows)
    {
        Require(leak.topics.size() <= 4 && leak.samples.size() <= 2);
    }
    sniffer.GetReport().ToTable();
}

} // namespace attacks::test
