// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/report.h"

#include <string>
#include <vector>

namespace ns3
{

/// A form that the payload of a report can have, and what MQTT 5.0 and CoAP call it.
struct PayloadFormat
{
    std::string name;        ///< as --payloadFormat has it
    std::string contentType; ///< media type, the Content Type of MQTT 5.0; empty: not told
    bool isText{false};      ///< UTF-8: Payload Format Indicator 1 (5.0: section 3.3.2.3.2)
    std::optional<uint16_t> contentFormat; ///< of CoAP (RFC 7252 section 12.3); none: not told

    /// \param time when the reading was taken, seconds since 1970 in whole milliseconds
    sansio::Bytes (*encode)(const Report& report, double time);

    /// What the payload says of sensor, sequence and time (written to \p time), not yet checked.
    std::optional<Report> (*decode)(sansio::ByteView payload, double& time);
};

/// The rows of the table of formats, the default first.
const std::vector<PayloadFormat>& GetPayloadFormats();

/// Their names, as a parameter offers them.
std::vector<std::string> GetPayloadFormatNames();

/**
 * Reports as payloads of one format and back. All formats but binary carry the reading: sensor,
 * sequence, time and value; their size follows from it.
 *
 * - binary: Report::Encode(), of a size that is chosen; no time, no value
 * - json: {"sensor":3,"sequence":17,"time":1767225661.25,"value":21.5}
 * - text: "s03 17 1767225661.250 21.5 Cel"
 * - senml-json, senml-cbor: a SenML pack (RFC 8428) of the reading and the sequence as a counter
 * - sdc-record: a record of StreamSets Data Collector in JSON: the byte 0xa1, a header with the
 *   fields that its reader requires, and a map of typed values (numbers are texts there)
 */
class PayloadCodec
{
  public:
    /**
     * \param format the name of one in the table
     * \param size bytes of a binary payload, at least Report::HEADER_SIZE; ignored by the others
     * \param startDate seconds since 1970 at simulated time 0
     */
    PayloadCodec(const std::string& format, size_t size, double startDate);

    sansio::Bytes Encode(const Report& report) const;

    /// The report in a payload; nothing unless every byte is what Encode() writes.
    std::optional<Report> Decode(sansio::ByteView payload) const;

    /// Bytes of every payload; nothing where they differ.
    std::optional<size_t> GetSize() const;

    const PayloadFormat& GetFormat() const
    {
        return m_format;
    }

  private:
    const PayloadFormat& m_format;
    size_t m_size;
    double m_startDate;
};

} // namespace ns3
