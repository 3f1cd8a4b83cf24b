// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/report.h"

#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

namespace ns3
{

sansio::Bytes
Report::Encode(size_t size) const
{
    sansio::ByteWriter writer;
    writer.WriteU16(sensor);
    writer.WriteU32(sequence);
    writer.WriteU16(flags);
    for (size_t i = HEADER_SIZE; i < size; i++)
    {
        writer.WriteU8(static_cast<uint8_t>(i - HEADER_SIZE));
    }
    return writer.Take();
}

std::optional<Report>
Report::Decode(sansio::ByteView payload)
{
    sansio::ByteReader reader(payload);
    Report report;
    report.sensor = reader.ReadU16();
    report.sequence = reader.ReadU32();
    report.flags = reader.ReadU16();
    sansio::ByteView filler = reader.ReadRest();
    bool intact = !reader.Failed() && report.sequence > 0;
    for (size_t i = 0; intact && i < filler.size(); i++)
    {
        intact = filler[i] == static_cast<uint8_t>(i);
    }
    return intact ? std::optional(report) : std::nullopt;
}

} // namespace ns3
