// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/ipv6.h"

#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

#include <algorithm>

namespace attacks
{

namespace
{

constexpr uint8_t NEXT_HEADER_HOP_BY_HOP = 0;
constexpr uint8_t NEXT_HEADER_ROUTING = 43;
constexpr uint8_t NEXT_HEADER_DESTINATION = 60;
constexpr size_t UDP_CHECKSUM_AT = 6;
constexpr size_t TCP_CHECKSUM_AT = 16;

IpAddress
ToAddress(sansio::ByteView bytes)
{
    IpAddress address{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), address.size()), address.begin());
    return address;
}

void
AddWords(uint32_t& sum, sansio::ByteView bytes)
{
    for (size_t i = 0; i < bytes.size(); i++)
    {
        sum += i % 2 ? bytes[i] : bytes[i] << 8;
    }
}

/// RFC 768: the length counts the header too and may be shorter than what IPv6 carries.
bool
ReadUdp(Datagram& datagram, sansio::ByteView payload)
{
    sansio::ByteReader reader(payload);
    Flow flow{{datagram.source, reader.ReadU16()}, {datagram.destination, reader.ReadU16()}};
    flow.transport = Transport::Udp;
    size_t length = reader.ReadU16();
    reader.ReadU16();
    if (reader.Failed() || length < UDP_HEADER_SIZE || length > payload.size())
    {
        return false;
    }
    datagram.flow = flow;
    datagram.data = payload.First(length).From(UDP_HEADER_SIZE);
    payload = payload.First(length);
    datagram.checksumValid =
        ComputeChecksum(datagram.source, datagram.destination, NEXT_HEADER_UDP, payload) == 0;
    return true;
}

/// RFC 9293 section 3.1.
bool
ReadTcp(Datagram& datagram, sansio::ByteView payload)
{
    sansio::ByteReader reader(payload);
    Flow flow{{datagram.source, reader.ReadU16()}, {datagram.destination, reader.ReadU16()}};
    TcpHeader header;
    header.sequence = reader.ReadU32();
    header.acknowledgment = reader.ReadU32();
    size_t size = (reader.ReadU8() >> 4) * 4;
    header.flags = reader.ReadU8();
    header.window = reader.ReadU16();
    reader.ReadU32(); // checksum and urgent pointer
    if (reader.Failed() || size < TCP_HEADER_SIZE)
    {
        return false;
    }
    header.options = reader.ReadBytes(size - TCP_HEADER_SIZE);
    datagram.data = reader.ReadRest();
    datagram.flow = flow;
    datagram.tcp = header;
    datagram.checksumValid =
        ComputeChecksum(datagram.source, datagram.destination, NEXT_HEADER_TCP, payload) == 0;
    return !reader.Failed();
}

/// Extension headers that all have the same shape (RFC 8200 section 4).
bool
SkipExtensions(sansio::ByteReader& reader, uint8_t& nextHeader)
{
    while (nextHeader == NEXT_HEADER_HOP_BY_HOP || nextHeader == NEXT_HEADER_ROUTING ||
           nextHeader == NEXT_HEADER_DESTINATION)
    {
        nextHeader = reader.ReadU8();
        reader.ReadBytes(6 + 8 * reader.ReadU8());
        if (reader.Failed())
        {
            return false;
        }
    }
    return true;
}

sansio::ByteWriter
BeginDatagram(const Flow& flow, uint8_t nextHeader, size_t length, uint8_t hopLimit)
{
    sansio::ByteWriter writer;
    writer.WriteU32(0x60000000);
    writer.WriteU16(static_cast<uint16_t>(length));
    writer.WriteU8(nextHeader);
    writer.WriteU8(hopLimit);
    writer.WriteBytes({flow.source.ip.data(), flow.source.ip.size()});
    writer.WriteBytes({flow.destination.ip.data(), flow.destination.ip.size()});
    writer.WriteU16(flow.source.port);
    writer.WriteU16(flow.destination.port);
    return writer;
}

/// Fills the checksum in at \p at behind the IPv6 header.
sansio::Bytes
EndDatagram(sansio::ByteWriter& writer, const Flow& flow, uint8_t nextHeader, size_t at)
{
    sansio::Bytes bytes = writer.Take();
    sansio::ByteView payload = sansio::ByteView(bytes).From(IPV6_HEADER_SIZE);
    uint16_t checksum = ComputeChecksum(flow.source.ip, flow.destination.ip, nextHeader, payload);
    if (checksum == 0 && nextHeader == NEXT_HEADER_UDP)
    {
        checksum = 0xffff; // zero would say that there is none (RFC 768)
    }
    bytes[IPV6_HEADER_SIZE + at] = static_cast<uint8_t>(checksum >> 8);
    bytes[IPV6_HEADER_SIZE + at + 1] = static_cast<uint8_t>(checksum);
    return bytes;
}

/// RFC 9293 section 3.2: each option but the one-byte ones tells its length.
bool
AreOptionsWellFormed(sansio::ByteView options)
{
    constexpr uint8_t endOfList = 0;
    constexpr uint8_t noOperation = 1;
    while (!options.empty() && options[0] != endOfList)
    {
        size_t size = options[0] == noOperation ? 1 : options.size() > 1 ? options[1] : 0;
        if (size == 0 || (size == 1 && options[0] != noOperation) || size > options.size())
        {
            return false;
        }
        options = options.From(size);
    }
    return true;
}

/// The options ns-3 knows have one length each, which it takes for granted.
bool
HaveKnownLengths(sansio::ByteView options)
{
    while (!options.empty() && options[0] != 0)
    {
        uint8_t kind = options[0];
        size_t size = kind == 1 ? 1 : options[1];
        bool sack = kind == 5;
        size_t expected = kind == 2 ? 4 : kind == 3 ? 3 : kind == 4 ? 2 : kind == 8 ? 10 : size;
        if (size != expected || (sack && (size < 10 || (size - 2) % 8 != 0)))
        {
            return false;
        }
        options = options.From(size);
    }
    return true;
}

} // namespace

uint16_t
ComputeChecksum(const IpAddress& source,
                const IpAddress& destination,
                uint8_t nextHeader,
                sansio::ByteView payload)
{
    uint32_t sum = nextHeader + static_cast<uint32_t>(payload.size());
    AddWords(sum, {source.data(), source.size()});
    AddWords(sum, {destination.data(), destination.size()});
    AddWords(sum, payload);
    while (sum >> 16)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

std::optional<Datagram>
ParseDatagram(sansio::ByteView ipv6)
{
    sansio::ByteReader reader(ipv6);
    Datagram datagram;
    uint32_t first = reader.ReadU32();
    size_t length = reader.ReadU16();
    datagram.trafficClass = static_cast<uint8_t>(first >> 20);
    datagram.flowLabel = first & 0xfffff;
    datagram.nextHeader = reader.ReadU8();
    datagram.hopLimit = reader.ReadU8();
    datagram.source = ToAddress(reader.ReadBytes(16));
    datagram.destination = ToAddress(reader.ReadBytes(16));
    if (reader.Failed() || first >> 28 != 6 || length != reader.GetRemaining() ||
        !SkipExtensions(reader, datagram.nextHeader))
    {
        return std::nullopt;
    }
    datagram.data = reader.ReadRest();
    bool valid = true;
    if (datagram.nextHeader == NEXT_HEADER_UDP)
    {
        valid = ReadUdp(datagram, datagram.data);
    }
    else if (datagram.nextHeader == NEXT_HEADER_TCP)
    {
        valid = ReadTcp(datagram, datagram.data);
    }
    return valid ? std::optional<Datagram>(datagram) : std::nullopt;
}

sansio::Bytes
BuildUdp(const Flow& flow, sansio::ByteView data, uint8_t hopLimit)
{
    size_t length = UDP_HEADER_SIZE + data.size();
    sansio::ByteWriter writer = BeginDatagram(flow, NEXT_HEADER_UDP, length, hopLimit);
    writer.WriteU16(static_cast<uint16_t>(length));
    writer.WriteU16(0);
    writer.WriteBytes(data);
    return EndDatagram(writer, flow, NEXT_HEADER_UDP, UDP_CHECKSUM_AT);
}

sansio::Bytes
BuildTcp(const Flow& flow, const TcpHeader& header, sansio::ByteView data, uint8_t hopLimit)
{
    size_t size = TCP_HEADER_SIZE + header.options.size();
    sansio::ByteWriter writer = BeginDatagram(flow, NEXT_HEADER_TCP, size + data.size(), hopLimit);
    writer.WriteU32(header.sequence);
    writer.WriteU32(header.acknowledgment);
    writer.WriteU8(static_cast<uint8_t>(size / 4 << 4));
    writer.WriteU8(header.flags);
    writer.WriteU16(header.window);
    writer.WriteU32(0);
    writer.WriteBytes(header.options);
    writer.WriteBytes(data);
    return EndDatagram(writer, flow, NEXT_HEADER_TCP, TCP_CHECKSUM_AT);
}

std::optional<std::string>
CheckDatagram(sansio::ByteView ipv6)
{
    std::optional<Datagram> datagram = ParseDatagram(ipv6);
    if (!datagram)
    {
        return "not an IPv6 datagram";
    }
    if (datagram->source[0] == 0xff || datagram->source == IpAddress{})
    {
        return "source that no host has";
    }
    uint8_t direct = ipv6[6];
    if (direct != NEXT_HEADER_TCP && direct != NEXT_HEADER_UDP && direct != NEXT_HEADER_ICMPV6)
    {
        return "next header " + std::to_string(direct);
    }
    if (datagram->tcp &&
        !(AreOptionsWellFormed(datagram->tcp->options) && HaveKnownLengths(datagram->tcp->options)))
    {
        return "malformed TCP options";
    }
    constexpr uint8_t echoRequest = 128;
    constexpr uint8_t echoReply = 129;
    constexpr size_t echoSize = 8;
    if (direct == NEXT_HEADER_ICMPV6 &&
        (datagram->data.size() < echoSize ||
         (datagram->data[0] != echoRequest && datagram->data[0] != echoReply)))
    {
        return "ICMPv6 other than echo";
    }
    return std::nullopt;
}

} // namespace attacks
