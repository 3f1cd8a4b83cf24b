// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <optional>

namespace lowpower
{

/// Bytes in front of each frame on air: preamble and SFD (5) and PHR (1), IEEE 802.15.4-2011
/// section 8.1.
constexpr size_t PHY_HEADER_SIZE = 6;
/// Frame check sequence at the end of each frame.
constexpr size_t FCS_SIZE = 2;
/// The longest frame, FCS included (aMaxPHYPacketSize).
constexpr size_t MAX_FRAME_SIZE = 127;
/// Frame control, sequence number, one PAN identifier and two short addresses.
constexpr size_t SHORT_MHR_SIZE = 9;
/// Length of an acknowledgement: frame control, sequence number and FCS.
constexpr size_t ACK_FRAME_SIZE = 5;
/// Short address that every device accepts.
constexpr uint16_t BROADCAST_ADDRESS = 0xffff;

/// IEEE 802.15.4-2006 section 7.2.1.1.1.
enum class FrameType : uint8_t
{
    Beacon = 0,
    Data = 1,
    Acknowledgement = 2,
    Command = 3,
};

/// Section 7.2.1.1.6; the value 1 is reserved.
enum class AddressMode : uint8_t
{
    None = 0,
    Short = 2,
    Extended = 3,
};

/// Command frame identifiers of section 7.3 that the model knows by name.
enum class CommandId : uint8_t
{
    AssociationRequest = 1,
    AssociationResponse = 2,
    DataRequest = 4,
    BeaconRequest = 7,
};

struct MacAddress
{
    AddressMode mode{AddressMode::None};
    uint64_t value{0}; ///< 16 bits of it where the address is short

    friend bool operator==(const MacAddress& a, const MacAddress& b)
    {
        return a.mode == b.mode && a.value == b.value;
    }

    friend bool operator<(const MacAddress& a, const MacAddress& b)
    {
        return a.mode != b.mode ? a.mode < b.mode : a.value < b.value;
    }
};

/// The MAC header (MHR) of a frame without security, sections 7.2.1 and 7.2.2.
struct MacHeader
{
    FrameType type{FrameType::Data};
    bool framePending{false};
    bool ackRequest{false};
    bool panIdCompression{false};
    uint8_t version{0};
    uint8_t sequence{0};
    uint16_t destinationPan{0xffff};
    MacAddress destination;
    uint16_t sourcePan{0xffff};
    MacAddress source;
    size_t length{0}; ///< bytes of the MHR

    bool IsBroadcast() const
    {
        return destination.mode == AddressMode::Short && destination.value == BROADCAST_ADDRESS;
    }
};

/**
 * Reads the MHR of \p frame, a whole frame with its FCS (whose value is not looked at).
 *
 * Nothing is returned for a frame that is shorter than its header says, longer than MAX_FRAME_SIZE,
 * of a reserved type, version or address mode, an acknowledgement that is not exactly its five
 * bytes, or secured at the MAC (which this project does not use).
 */
std::optional<MacHeader> ParseMacHeader(sansio::ByteView frame);

/// The bytes of an MHR (little endian, as on air); MacHeader::length is not used.
sansio::Bytes SerializeMacHeader(const MacHeader& header);

/// The FCS over \p bytes: ITU-T CRC of 16 bits, section 7.2.1.9.
uint16_t ComputeFcs(sansio::ByteView bytes);

/// Whether the last two bytes of \p frame are the FCS of what is before them.
bool HasValidFcs(sansio::ByteView frame);

} // namespace lowpower
