// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/protocol/mac-header.h"

#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

#include <boost/crc.hpp>

namespace lowpower
{

namespace
{

/// 802.15.4 puts the least significant byte first.
uint64_t
ReadLittleEndian(sansio::ByteReader& reader, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
    {
        value |= static_cast<uint64_t>(reader.ReadU8()) << (8 * i);
    }
    return value;
}

void
WriteLittleEndian(sansio::ByteWriter& writer, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
    {
        writer.WriteU8(static_cast<uint8_t>(value >> (8 * i)));
    }
}

size_t
GetSize(AddressMode mode)
{
    return mode == AddressMode::Extended ? 8 : mode == AddressMode::Short ? 2 : 0;
}

/// Frame control field, section 7.2.1.1; false where a value is reserved or security is on.
bool
ReadFrameControl(uint16_t control, MacHeader& header)
{
    constexpr uint16_t securityEnabled = 0x0008;
    unsigned type = control & 7;
    unsigned destinationMode = (control >> 10) & 3;
    unsigned sourceMode = (control >> 14) & 3;
    header.version = (control >> 12) & 3;
    if (type > 3 || (control & securityEnabled) || header.version > 1 || destinationMode == 1 ||
        sourceMode == 1)
    {
        return false;
    }
    header.type = static_cast<FrameType>(type);
    header.framePending = control & 0x0010;
    header.ackRequest = control & 0x0020;
    header.panIdCompression = control & 0x0040;
    header.destination.mode = static_cast<AddressMode>(destinationMode);
    header.source.mode = static_cast<AddressMode>(sourceMode);
    return true;
}

/// Section 7.2.1.1.5: PAN ID compression needs both addresses and leaves one PAN identifier.
bool
ReadAddresses(sansio::ByteReader& reader, MacHeader& header)
{
    bool hasDestination = header.destination.mode != AddressMode::None;
    bool hasSource = header.source.mode != AddressMode::None;
    if (header.panIdCompression && !(hasDestination && hasSource))
    {
        return false;
    }
    if (hasDestination)
    {
        header.destinationPan = ReadLittleEndian(reader, 2);
        header.destination.value = ReadLittleEndian(reader, GetSize(header.destination.mode));
    }
    if (hasSource)
    {
        header.sourcePan =
            header.panIdCompression ? header.destinationPan : ReadLittleEndian(reader, 2);
        header.source.value = ReadLittleEndian(reader, GetSize(header.source.mode));
    }
    return true;
}

} // namespace

std::optional<MacHeader>
ParseMacHeader(sansio::ByteView frame)
{
    if (frame.size() > MAX_FRAME_SIZE || frame.size() < ACK_FRAME_SIZE)
    {
        return std::nullopt;
    }
    MacHeader header;
    sansio::ByteReader reader(frame.First(frame.size() - FCS_SIZE));
    if (!ReadFrameControl(ReadLittleEndian(reader, 2), header))
    {
        return std::nullopt;
    }
    header.sequence = reader.ReadU8();
    if (!ReadAddresses(reader, header) || reader.Failed())
    {
        return std::nullopt;
    }
    header.length = reader.GetPosition();
    if (header.type == FrameType::Acknowledgement && frame.size() != ACK_FRAME_SIZE)
    {
        return std::nullopt;
    }
    return header;
}

sansio::Bytes
SerializeMacHeader(const MacHeader& header)
{
    sansio::ByteWriter writer;
    unsigned control = static_cast<unsigned>(header.type);
    control |= header.framePending ? 0x0010 : 0;
    control |= header.ackRequest ? 0x0020 : 0;
    control |= header.panIdCompression ? 0x0040 : 0;
    control |= static_cast<unsigned>(header.destination.mode) << 10;
    control |= static_cast<unsigned>(header.version) << 12;
    control |= static_cast<unsigned>(header.source.mode) << 14;
    WriteLittleEndian(writer, control, 2);
    writer.WriteU8(header.sequence);
    if (header.destination.mode != AddressMode::None)
    {
        WriteLittleEndian(writer, header.destinationPan, 2);
        WriteLittleEndian(writer, header.destination.value, GetSize(header.destination.mode));
    }
    if (header.source.mode != AddressMode::None)
    {
        if (!header.panIdCompression)
        {
            WriteLittleEndian(writer, header.sourcePan, 2);
        }
        WriteLittleEndian(writer, header.source.value, GetSize(header.source.mode));
    }
    return writer.Take();
}

uint16_t
ComputeFcs(sansio::ByteView bytes)
{
    boost::crc_optimal<16, 0x1021, 0, 0, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

bool
HasValidFcs(sansio::ByteView frame)
{
    if (frame.size() < FCS_SIZE)
    {
        return false;
    }
    sansio::ByteView end = frame.From(frame.size() - FCS_SIZE);
    return ComputeFcs(frame.First(frame.size() - FCS_SIZE)) == (end[0] | end[1] << 8);
}

} // namespace lowpower
