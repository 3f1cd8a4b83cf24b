// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/frame-dissector.h"

#include "sans-io/protocol/byte-reader.h"

namespace lowpower
{

namespace
{

constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;
constexpr uint8_t ICMPV6 = 58;

/// A reader over the MAC payload that knows how many bytes belong to the layers it went through.
struct Walk
{
    sansio::ByteReader reader;
    FrameDissection& out;
    size_t mark{0};

    /// Counts what was read since the last call as \p layer.
    void Count(size_t& layer)
    {
        layer += reader.GetPosition() - mark;
        mark = reader.GetPosition();
    }
};

/// RFC 4944 section 5.2: V and F tell a short address, hops left 15 an extra byte.
void
ReadMeshHeader(uint8_t dispatch, Walk& walk)
{
    bool originatorShort = dispatch & 0x20;
    bool finalShort = dispatch & 0x10;
    if ((dispatch & 0x0f) == 0x0f)
    {
        walk.reader.ReadU8();
    }
    walk.reader.ReadBytes(originatorShort ? 2 : 8);
    walk.reader.ReadBytes(finalShort ? 2 : 8);
}

/// RFC 4944 section 5.3; the first five bits were the dispatch.
void
ReadFragmentHeader(uint8_t dispatch, bool first, Walk& walk)
{
    FragmentHeader fragment;
    fragment.datagramSize = static_cast<uint16_t>((dispatch & 7) << 8 | walk.reader.ReadU8());
    fragment.tag = walk.reader.ReadU16();
    fragment.offset = first ? 0 : walk.reader.ReadU8() * 8;
    walk.out.fragment = fragment;
}

/// Bytes of an IPHC source address that are carried inline, RFC 6282 section 3.1.1 (SAC, SAM).
size_t
GetSourceSize(unsigned encoding)
{
    constexpr size_t stateless[] = {16, 8, 2, 0};
    constexpr size_t stateful[] = {0, 8, 2, 0};
    unsigned mode = (encoding >> 4) & 3;
    return encoding & 0x40 ? stateful[mode] : stateless[mode];
}

/// The same for the destination (M, DAC, DAM); nothing where the encoding is reserved.
std::optional<size_t>
GetDestinationSize(unsigned encoding)
{
    constexpr size_t unicast[] = {16, 8, 2, 0};
    constexpr size_t multicast[] = {16, 6, 4, 1};
    unsigned mode = encoding & 3;
    bool stateful = encoding & 4;
    if (encoding & 8)
    {
        if (stateful)
        {
            return mode == 0 ? std::optional<size_t>(6) : std::nullopt;
        }
        return multicast[mode];
    }
    return stateful && mode == 0 ? std::nullopt : std::optional<size_t>(unicast[mode]);
}

/// UDP by NHC, RFC 6282 section 4.3.
void
ReadCompressedUdp(uint8_t encoding, Walk& walk)
{
    constexpr size_t portBytes[] = {4, 3, 3, 1};
    bool checksumElided = encoding & 4;
    walk.reader.ReadBytes(portBytes[encoding & 3] + (checksumElided ? 0 : 2));
    walk.out.nextHeader = UDP;
    walk.Count(walk.out.transport);
}

/// Headers after IPv6 that are carried as they are; extension headers first (RFC 8200 section 4).
void
ReadPlainHeaders(uint8_t nextHeader, Walk& walk)
{
    constexpr uint8_t fragmentHeader = 44;
    while (nextHeader == 0 || nextHeader == 43 || nextHeader == fragmentHeader || nextHeader == 60)
    {
        bool fixed = nextHeader == fragmentHeader;
        nextHeader = walk.reader.ReadU8();
        size_t length = walk.reader.ReadU8();
        walk.reader.ReadBytes(fixed ? 6 : 6 + 8 * length);
        if (walk.reader.Failed())
        {
            return;
        }
    }
    walk.Count(walk.out.network);
    walk.out.nextHeader = nextHeader;
    if (nextHeader == ICMPV6)
    {
        walk.reader.ReadRest();
        walk.Count(walk.out.network);
    }
    else if (nextHeader == UDP)
    {
        walk.reader.ReadBytes(8);
        walk.Count(walk.out.transport);
    }
    else if (nextHeader == TCP)
    {
        sansio::ByteView fixed = walk.reader.ReadBytes(20);
        size_t length = fixed.empty() ? 0 : (fixed[12] >> 4) * 4;
        // A data offset below five words makes no header (RFC 9293 section 3.1).
        walk.reader.ReadBytes(length < 20 ? MAX_FRAME_SIZE : length - 20);
        walk.Count(walk.out.transport);
    }
}

/// The chain of compressed next headers, RFC 6282 section 4; false at a reserved encoding.
bool
ReadCompressedHeaders(Walk& walk)
{
    while (!walk.reader.Failed())
    {
        sansio::ByteReader ahead = walk.reader;
        uint8_t encoding = ahead.ReadU8();
        if ((encoding & 0xf8) == 0xf0) // 11110CPP
        {
            walk.Count(walk.out.network);
            walk.reader.ReadU8();
            ReadCompressedUdp(encoding, walk);
            return true;
        }
        unsigned extension = (encoding >> 1) & 7;
        if ((encoding & 0xf0) != 0xe0 || extension > 4) // 1110EIDN; no IPv6 in IPv6 here
        {
            return false;
        }
        walk.reader.ReadU8();
        bool compressedNext = encoding & 1;
        uint8_t nextHeader = compressedNext ? 0 : walk.reader.ReadU8();
        walk.reader.ReadBytes(walk.reader.ReadU8());
        if (!compressedNext)
        {
            ReadPlainHeaders(nextHeader, walk);
            return true;
        }
    }
    return true;
}

/// IPHC, RFC 6282 section 3.1: 011 TF NH HLIM CID SAC SAM M DAC DAM.
bool
ReadIphc(uint8_t first, Walk& walk)
{
    constexpr size_t trafficClassBytes[] = {4, 3, 1, 0};
    uint8_t second = walk.reader.ReadU8();
    bool nextHeaderCompressed = first & 4;
    bool hopLimitInline = (first & 3) == 0;
    bool contextIdentifiers = second & 0x80;
    std::optional<size_t> destinationSize = GetDestinationSize(second);
    if (!destinationSize)
    {
        return false;
    }
    walk.reader.ReadBytes(contextIdentifiers ? 1 : 0);
    walk.reader.ReadBytes(trafficClassBytes[(first >> 3) & 3]);
    uint8_t nextHeader = nextHeaderCompressed ? 0 : walk.reader.ReadU8();
    walk.reader.ReadBytes(hopLimitInline ? 1 : 0);
    walk.reader.ReadBytes(GetSourceSize(second));
    walk.reader.ReadBytes(*destinationSize);
    if (nextHeaderCompressed)
    {
        return ReadCompressedHeaders(walk);
    }
    ReadPlainHeaders(nextHeader, walk);
    return true;
}

/// 6LoWPAN from its dispatch on (RFC 4944 section 5.1, RFC 6282 section 2); false where it is
/// reserved.
bool
ReadLowpan(Walk& walk)
{
    uint8_t dispatch = walk.reader.ReadU8();
    if ((dispatch & 0xc0) == 0x80)
    {
        ReadMeshHeader(dispatch, walk);
        dispatch = walk.reader.ReadU8();
    }
    if (dispatch == 0x50) // LOWPAN_BC0
    {
        walk.reader.ReadU8();
        dispatch = walk.reader.ReadU8();
    }
    if ((dispatch & 0xf8) == 0xe0) // FRAGN
    {
        ReadFragmentHeader(dispatch, false, walk);
        return true;
    }
    if ((dispatch & 0xf8) == 0xc0) // FRAG1
    {
        ReadFragmentHeader(dispatch, true, walk);
        dispatch = walk.reader.ReadU8();
    }
    if ((dispatch & 0xe0) == 0x60)
    {
        return ReadIphc(dispatch, walk);
    }
    if (dispatch != 0x41) // uncompressed IPv6
    {
        return false;
    }
    sansio::ByteView header = walk.reader.ReadBytes(40);
    if (header.empty() || header[0] >> 4 != 6)
    {
        return false;
    }
    ReadPlainHeaders(header[6], walk);
    return true;
}

} // namespace

std::optional<FrameDissection>
DissectFrame(sansio::ByteView frame)
{
    std::optional<MacHeader> mac = ParseMacHeader(frame);
    if (!mac)
    {
        return std::nullopt;
    }
    FrameDissection out;
    out.mac = *mac;
    sansio::ByteView payload = frame.First(frame.size() - FCS_SIZE).From(mac->length);
    out.upperBegin = mac->length + payload.size();
    if (mac->type != FrameType::Data)
    {
        out.link = PHY_HEADER_SIZE + frame.size();
        if (mac->type == FrameType::Command)
        {
            if (payload.empty())
            {
                return std::nullopt;
            }
            out.command = payload[0];
        }
        return out;
    }
    out.link = PHY_HEADER_SIZE + mac->length + FCS_SIZE;
    if (payload.empty()) // a data frame without data answers a poll
    {
        return out;
    }
    Walk walk{sansio::ByteReader(payload), out};
    if (!ReadLowpan(walk) || walk.reader.Failed())
    {
        return std::nullopt;
    }
    walk.Count(out.network);
    out.upper = walk.reader.GetRemaining();
    out.upperBegin = mac->length + walk.reader.GetPosition();
    return out;
}

} // namespace lowpower
