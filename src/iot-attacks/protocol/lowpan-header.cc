// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/lowpan-header.h"

#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

#include <algorithm>

namespace attacks
{

namespace
{

constexpr uint8_t DISPATCH_IPV6 = 0x41;
constexpr uint8_t DISPATCH_BC0 = 0x50;

void
CopyTo(IpAddress& address, size_t at, sansio::ByteView bytes)
{
    std::copy(bytes.begin(), bytes.end(), address.begin() + at);
}

void
SetIdentifier(IpAddress& address, const std::array<uint8_t, 8>& identifier)
{
    std::copy(identifier.begin(), identifier.end(), address.begin() + 8);
}

/// What the fields of the IPHC encoding say (section 3.1.1).
struct Encoding
{
    explicit Encoding(uint16_t bits)
        : trafficClass((bits >> 11) & 3),
          nextHeader(bits & 0x0400),
          hopLimit((bits >> 8) & 3),
          contexts(bits & 0x80),
          sourceStateful(bits & 0x40),
          sourceMode((bits >> 4) & 3),
          multicast(bits & 8),
          destinationStateful(bits & 4),
          destinationMode(bits & 3)
    {
    }

    unsigned trafficClass;
    bool nextHeader;
    unsigned hopLimit;
    bool contexts;
    bool sourceStateful;
    unsigned sourceMode;
    bool multicast;
    bool destinationStateful;
    unsigned destinationMode;
};

/// A unicast address by its mode 0 to 3: all of it, 64 bits, 16 bits or nothing inline. The prefix
/// is that of the context, or fe80::/64.
IpAddress
ReadUnicast(sansio::ByteReader& reader,
            unsigned mode,
            const LowPanContext* context,
            const lowpower::MacAddress& link)
{
    IpAddress address{};
    if (context)
    {
        CopyTo(address, 0, {context->data(), context->size()});
    }
    else
    {
        address[0] = 0xfe;
        address[1] = 0x80;
    }
    switch (mode)
    {
    case 0:
        CopyTo(address, 0, reader.ReadBytes(16));
        break;
    case 1:
        CopyTo(address, 8, reader.ReadBytes(8));
        break;
    case 2:
        address[11] = 0xff;
        address[12] = 0xfe;
        CopyTo(address, 14, reader.ReadBytes(2));
        break;
    default:
        SetIdentifier(address, ToInterfaceIdentifier(link));
    }
    return address;
}

/// Section 3.1.1, M = 1 and DAC = 0.
IpAddress
ReadMulticast(sansio::ByteReader& reader, unsigned mode)
{
    IpAddress address{};
    address[0] = 0xff;
    switch (mode)
    {
    case 0:
        CopyTo(address, 0, reader.ReadBytes(16));
        break;
    case 1: // ffXX::00XX:XXXX:XXXX
        address[1] = reader.ReadU8();
        CopyTo(address, 11, reader.ReadBytes(5));
        break;
    case 2: // ffXX::00XX:XXXX
        address[1] = reader.ReadU8();
        CopyTo(address, 13, reader.ReadBytes(3));
        break;
    default: // ff02::00XX
        address[1] = 0x02;
        address[15] = reader.ReadU8();
    }
    return address;
}

/// Section 3.1.1, M = 1, DAC = 1 and DAM = 0: an address of RFC 3306 with the context's prefix.
IpAddress
ReadPrefixMulticast(sansio::ByteReader& reader, const LowPanContext& context)
{
    IpAddress address{};
    address[0] = 0xff;
    CopyTo(address, 1, reader.ReadBytes(2));
    address[3] = 64;
    CopyTo(address, 4, {context.data(), context.size()});
    CopyTo(address, 12, reader.ReadBytes(4));
    return address;
}

/// Reads an IPHC header, its UDP header if it is compressed, and writes both out.
class IphcReader
{
  public:
    IphcReader(sansio::ByteView payload, const LinkAddresses& link, const LowPanContexts& contexts)
        : m_reader(payload),
          m_encoding(m_reader.ReadU16()),
          m_link(link),
          m_contexts(contexts)
    {
    }

    std::optional<sansio::Bytes> Read(size_t size)
    {
        uint8_t identifiers = m_encoding.contexts ? m_reader.ReadU8() : 0;
        ReadTrafficClass();
        m_nextHeader = m_encoding.nextHeader ? NEXT_HEADER_UDP : m_reader.ReadU8();
        ReadHopLimit();
        if (!ReadSource(identifiers >> 4) || !ReadDestination(identifiers & 0x0f) ||
            (m_encoding.nextHeader && !ReadUdp()) || m_reader.Failed())
        {
            return std::nullopt;
        }
        sansio::ByteView rest = m_reader.ReadRest();
        size_t length = size ? size - IPV6_HEADER_SIZE : m_udpSize + rest.size();
        if (size && size < IPV6_HEADER_SIZE + m_udpSize)
        {
            return std::nullopt;
        }
        Write(length, rest);
        return m_out.Take();
    }

  private:
    /// Section 3.2.1: ECN comes first here and last in IPv6.
    void ReadTrafficClass()
    {
        bool flowLabel = m_encoding.trafficClass < 2;
        if (m_encoding.trafficClass == 3)
        {
            return;
        }
        uint8_t first = m_reader.ReadU8();
        uint8_t ecn = first >> 6;
        uint32_t label = 0;
        m_trafficClass = ecn;
        if (m_encoding.trafficClass == 1)
        {
            label = first & 0x0f;
        }
        else
        {
            m_trafficClass |= (first & 0x3f) << 2;
            label = flowLabel ? m_reader.ReadU8() & 0x0f : 0;
        }
        m_flowLabel = flowLabel ? label << 16 | m_reader.ReadU16() : 0;
    }

    void ReadHopLimit()
    {
        constexpr uint8_t limits[] = {0, 1, 64, 255};
        m_hopLimit = m_encoding.hopLimit ? limits[m_encoding.hopLimit] : m_reader.ReadU8();
    }

    const LowPanContext* FindContext(unsigned identifier) const
    {
        return m_contexts[identifier] ? &*m_contexts[identifier] : nullptr;
    }

    bool ReadSource(unsigned context)
    {
        bool unspecified = m_encoding.sourceStateful && m_encoding.sourceMode == 0;
        if (unspecified)
        {
            return true;
        }
        const LowPanContext* prefix = m_encoding.sourceStateful ? FindContext(context) : nullptr;
        if (m_encoding.sourceStateful && !prefix)
        {
            return false;
        }
        m_source = ReadUnicast(m_reader, m_encoding.sourceMode, prefix, m_link.source);
        return true;
    }

    bool ReadDestination(unsigned context)
    {
        const LowPanContext* prefix =
            m_encoding.destinationStateful ? FindContext(context) : nullptr;
        bool modeReserved = m_encoding.multicast ? m_encoding.destinationMode != 0
                                                 : m_encoding.destinationMode == 0;
        if (m_encoding.destinationStateful && (!prefix || modeReserved))
        {
            return false;
        }
        if (!m_encoding.multicast)
        {
            m_destination =
                ReadUnicast(m_reader, m_encoding.destinationMode, prefix, m_link.destination);
        }
        else if (prefix)
        {
            m_destination = ReadPrefixMulticast(m_reader, *prefix);
        }
        else
        {
            m_destination = ReadMulticast(m_reader, m_encoding.destinationMode);
        }
        return true;
    }

    /// Section 4.3: 11110CPP.
    bool ReadUdp()
    {
        uint8_t encoding = m_reader.ReadU8();
        if ((encoding & 0xf8) != 0xf0)
        {
            return false;
        }
        switch (encoding & 3)
        {
        case 0:
            m_sourcePort = m_reader.ReadU16();
            m_destinationPort = m_reader.ReadU16();
            break;
        case 1:
            m_sourcePort = m_reader.ReadU16();
            m_destinationPort = 0xf000 | m_reader.ReadU8();
            break;
        case 2:
            m_sourcePort = 0xf000 | m_reader.ReadU8();
            m_destinationPort = m_reader.ReadU16();
            break;
        default: {
            uint8_t both = m_reader.ReadU8();
            m_sourcePort = 0xf0b0 | both >> 4;
            m_destinationPort = 0xf0b0 | (both & 0x0f);
        }
        }
        m_checksumElided = encoding & 4;
        m_checksum = m_checksumElided ? 0 : m_reader.ReadU16();
        m_udpSize = UDP_HEADER_SIZE;
        return true;
    }

    void Write(size_t length, sansio::ByteView rest)
    {
        m_out.WriteU32(0x60000000 | m_trafficClass << 20 | m_flowLabel);
        m_out.WriteU16(static_cast<uint16_t>(length));
        m_out.WriteU8(m_nextHeader);
        m_out.WriteU8(m_hopLimit);
        m_out.WriteBytes({m_source.data(), m_source.size()});
        m_out.WriteBytes({m_destination.data(), m_destination.size()});
        if (m_udpSize)
        {
            m_out.WriteU16(m_sourcePort);
            m_out.WriteU16(m_destinationPort);
            m_out.WriteU16(static_cast<uint16_t>(length));
            m_out.WriteU16(GetChecksum(length, rest));
        }
        m_out.WriteBytes(rest);
    }

    /// Section 4.3.2: an elided checksum is computed anew, where all that it covers is here.
    uint16_t GetChecksum(size_t length, sansio::ByteView rest) const
    {
        if (!m_checksumElided || length != UDP_HEADER_SIZE + rest.size())
        {
            return m_checksum;
        }
        sansio::ByteWriter udp;
        udp.WriteU16(m_sourcePort);
        udp.WriteU16(m_destinationPort);
        udp.WriteU16(static_cast<uint16_t>(length));
        udp.WriteU16(0);
        udp.WriteBytes(rest);
        uint16_t checksum = ComputeChecksum(m_source, m_destination, m_nextHeader, udp.GetView());
        return checksum ? checksum : 0xffff;
    }

    sansio::ByteReader m_reader;
    Encoding m_encoding;
    const LinkAddresses& m_link;
    const LowPanContexts& m_contexts;
    sansio::ByteWriter m_out;
    uint32_t m_trafficClass{0};
    uint32_t m_flowLabel{0};
    uint8_t m_nextHeader{0};
    uint8_t m_hopLimit{0};
    IpAddress m_source{};
    IpAddress m_destination{};
    uint16_t m_sourcePort{0};
    uint16_t m_destinationPort{0};
    uint16_t m_checksum{0};
    bool m_checksumElided{false};
    size_t m_udpSize{0};
};

/// Addresses of RFC 4944 section 5.2; the bit V or F says that one is short.
lowpower::MacAddress
ReadMeshAddress(sansio::ByteReader& reader, bool isShort)
{
    if (isShort)
    {
        return {lowpower::AddressMode::Short, reader.ReadU16()};
    }
    return {lowpower::AddressMode::Extended, reader.ReadU64()};
}

} // namespace

std::array<uint8_t, 8>
ToInterfaceIdentifier(const lowpower::MacAddress& address)
{
    std::array<uint8_t, 8> identifier{};
    if (address.mode == lowpower::AddressMode::Extended)
    {
        for (size_t i = 0; i < identifier.size(); i++)
        {
            identifier[i] = static_cast<uint8_t>(address.value >> (56 - 8 * i));
        }
        identifier[0] ^= 0x02;
        return identifier;
    }
    identifier[3] = 0xff;
    identifier[4] = 0xfe;
    identifier[6] = static_cast<uint8_t>(address.value >> 8);
    identifier[7] = static_cast<uint8_t>(address.value);
    return identifier;
}

std::optional<sansio::Bytes>
Decompress(sansio::ByteView payload,
           size_t size,
           const LinkAddresses& link,
           const LowPanContexts& contexts)
{
    if (payload.empty())
    {
        return std::nullopt;
    }
    if (payload[0] == DISPATCH_IPV6)
    {
        return payload.From(1).ToBytes();
    }
    if ((payload[0] & 0xe0) != 0x60 || (size && size < IPV6_HEADER_SIZE))
    {
        return std::nullopt;
    }
    return IphcReader(payload, link, contexts).Read(size);
}

std::optional<LowPanFraming>
ReadFraming(sansio::ByteView payload, const LinkAddresses& link)
{
    LowPanFraming framing;
    framing.link = link;
    sansio::ByteReader reader(payload);
    uint8_t dispatch = payload.empty() ? 0 : payload[0];
    if ((dispatch & 0xc0) == 0x80)
    {
        framing.mesh = true;
        reader.ReadU8();
        if ((dispatch & 0x0f) == 0x0f)
        {
            reader.ReadU8(); // deep hops left
        }
        framing.link.source = ReadMeshAddress(reader, dispatch & 0x20);
        framing.link.destination = ReadMeshAddress(reader, dispatch & 0x10);
        dispatch = sansio::ByteReader(reader).ReadU8();
    }
    if (dispatch == DISPATCH_BC0)
    {
        framing.broadcast = true;
        reader.ReadU16();
        dispatch = sansio::ByteReader(reader).ReadU8();
    }
    if ((dispatch & 0xf8) == 0xc0 || (dispatch & 0xf8) == 0xe0)
    {
        framing.fragmented = true;
        framing.first = (dispatch & 0xf8) == 0xc0;
        framing.size = reader.ReadU16() & 0x07ff;
        framing.tag = reader.ReadU16();
        framing.offset = framing.first ? 0 : reader.ReadU8() * 8;
    }
    framing.rest = reader.ReadRest();
    return reader.Failed() ? std::nullopt : std::optional<LowPanFraming>(framing);
}

} // namespace attacks
