// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/check-frame.h"

#include <algorithm>

namespace attacks
{

namespace
{

constexpr size_t UDP_BEGINNING = IPV6_HEADER_SIZE + UDP_HEADER_SIZE;

/// A frame taken apart as far as 6LoWPAN is concerned.
struct Parts
{
    std::optional<std::string> reason; ///< why it must not be sent
    std::optional<LowPanFraming> framing;
    size_t length{0}; ///< bytes of the uncompressed datagram in it
};

Parts
Refuse(const std::string& reason)
{
    Parts parts;
    parts.reason = reason;
    return parts;
}

/// Every context is known to somebody: which address it gives does not matter here.
const LowPanContexts&
GetAllContexts()
{
    static const LowPanContexts contexts = [] {
        LowPanContexts all;
        all.fill(LowPanContext{0xfd});
        return all;
    }();
    return contexts;
}

/// Reserved encodings of IPHC end the process; the same header cut short reads beyond its end.
std::optional<std::string>
CheckIphc(sansio::ByteView bytes)
{
    if (bytes.size() < 2)
    {
        return "truncated IPHC";
    }
    bool multicast = bytes[1] & 8;
    bool stateful = bytes[1] & 4;
    unsigned mode = bytes[1] & 3;
    if (stateful && multicast == (mode != 0))
    {
        return "reserved IPHC destination encoding";
    }
    return std::nullopt;
}

/// What follows the framing: the beginning of a datagram.
std::optional<std::string>
CheckBeginning(const LowPanFraming& framing, size_t& length)
{
    sansio::ByteView bytes = framing.rest;
    if (bytes.empty())
    {
        return framing.fragmented ? std::optional<std::string>("FRAG1 without a datagram")
                                  : std::nullopt;
    }
    bool iphc = (bytes[0] & 0xe0) == 0x60;
    bool plain = bytes[0] == 0x41;
    if (!iphc && !plain)
    {
        return "dispatch that 6LoWPAN of ns-3 cannot read";
    }
    if (iphc)
    {
        if (auto reason = CheckIphc(bytes))
        {
            return reason;
        }
    }
    std::optional<sansio::Bytes> datagram =
        Decompress(bytes, framing.size, framing.link, GetAllContexts());
    if (!datagram)
    {
        return "truncated or compressed extension header";
    }
    length = datagram->size();
    if (framing.fragmented)
    {
        size_t header = length > UDP_BEGINNING && (*datagram)[6] == NEXT_HEADER_TCP
                            ? IPV6_HEADER_SIZE + ((*datagram)[52] >> 4) * 4
                            : UDP_BEGINNING;
        if (length < header || length < UDP_BEGINNING || length > framing.size)
        {
            return "first fragment that does not hold the headers";
        }
        datagram->resize(framing.size);
    }
    return CheckDatagram(*datagram);
}

Parts
TakeApart(sansio::ByteView frame)
{
    std::optional<lowpower::MacHeader> header = lowpower::ParseMacHeader(frame);
    if (!header)
    {
        return Refuse("malformed MAC header");
    }
    sansio::ByteView payload = frame.First(frame.size() - lowpower::FCS_SIZE).From(header->length);
    if (header->type == lowpower::FrameType::Acknowledgement)
    {
        return {};
    }
    constexpr uint8_t dataRequest = static_cast<uint8_t>(lowpower::CommandId::DataRequest);
    if (header->type == lowpower::FrameType::Command)
    {
        return payload.size() == 1 && payload[0] == dataRequest ? Parts{} : Refuse("MAC command");
    }
    if (header->type != lowpower::FrameType::Data)
    {
        return Refuse("beacon");
    }
    constexpr uint8_t lastNotLowpan = 0x3f; // RFC 4944 section 5.1: not a LoWPAN frame
    if (payload.empty() || payload[0] <= lastNotLowpan)
    {
        return {};
    }
    Parts parts;
    parts.framing = ReadFraming(payload, {header->source, header->destination});
    if (!parts.framing)
    {
        return Refuse("truncated 6LoWPAN header");
    }
    const LowPanFraming& framing = *parts.framing;
    if (framing.mesh)
    {
        return Refuse("mesh header");
    }
    if (!framing.fragmented || framing.first)
    {
        parts.reason = CheckBeginning(framing, parts.length);
        return parts;
    }
    parts.length = framing.rest.size();
    if (framing.offset == 0)
    {
        parts.reason = "FRAGN in the place of FRAG1";
    }
    else if (parts.length == 0 || framing.offset + parts.length > framing.size)
    {
        parts.reason = "fragment outside of its datagram";
    }
    return parts;
}

} // namespace

std::optional<std::string>
CheckFrame(sansio::ByteView frame)
{
    return TakeApart(frame).reason;
}

FrameChecker::FrameChecker(sansio::Duration memory)
    : m_memory(memory)
{
}

void
FrameChecker::Forget(sansio::TimePoint now)
{
    for (auto entry = m_fragments.begin(); entry != m_fragments.end();)
    {
        bool over = now - entry->second.last > m_memory;
        entry = over ? m_fragments.erase(entry) : std::next(entry);
    }
}

void
FrameChecker::Hear(sansio::TimePoint now, sansio::ByteView frame)
{
    Forget(now);
    Parts parts = TakeApart(frame);
    if (!parts.framing || !parts.framing->fragmented)
    {
        return;
    }
    const LowPanFraming& framing = *parts.framing;
    Fragments& fragments = m_fragments[FragmentKey(framing)];
    fragments.last = now;
    size_t& size = fragments.sizes[framing.offset];
    size = std::max(size, parts.length);
}

std::optional<std::string>
FrameChecker::Check(sansio::TimePoint now, sansio::ByteView frame)
{
    Parts parts = TakeApart(frame);
    if (parts.reason || !parts.framing || !parts.framing->fragmented)
    {
        return parts.reason;
    }
    Forget(now);
    const LowPanFraming& framing = *parts.framing;
    auto known = m_fragments.find(FragmentKey(framing));
    if (known == m_fragments.end())
    {
        return std::nullopt;
    }
    size_t begin = framing.offset;
    size_t end = begin + parts.length;
    for (auto [offset, size] : known->second.sizes)
    {
        bool same = offset == begin && size == parts.length;
        if (!same && offset < end && begin < offset + size)
        {
            return "fragment that overlaps others of its datagram";
        }
    }
    return std::nullopt;
}

} // namespace attacks
