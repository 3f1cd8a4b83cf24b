// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/payload-codec.h"

#include "iot-scenario/model/payload-senml.h"
#include "iot-scenario/model/stack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace ns3
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr uint8_t SDC_JSON = 0xa1; ///< first byte of records in JSON, before the first of them
constexpr const char* UNIT = "Cel";

sansio::Bytes
ToBytes(const std::string& text)
{
    return sansio::ByteView(text).ToBytes();
}

/// "s03" and 17 as a report.
std::optional<Report>
MakeReport(const std::string& sensor, double sequence)
{
    const std::string digits = sensor.substr(std::min<size_t>(sensor.size(), 1));
    const bool isNumber = !digits.empty() && digits.size() <= 5 &&
                          std::all_of(digits.begin(), digits.end(), [](char digit) {
                              return digit >= '0' && digit <= '9';
                          });
    const uint32_t number = isNumber ? std::stoul(digits) : 0;
    const bool inRange = sequence >= 1 && sequence <= std::numeric_limits<uint32_t>::max();
    if (!isNumber || number > std::numeric_limits<uint16_t>::max() || !inRange)
    {
        return std::nullopt;
    }
    return Report{static_cast<uint16_t>(number), static_cast<uint32_t>(sequence), 0};
}

// json

sansio::Bytes
EncodeJson(const Report& report, double time)
{
    return ToBytes(Json{{"sensor", report.sensor},
                        {"sequence", report.sequence},
                        {"time", time},
                        {"value", report.GetValue()}}
                       .dump());
}

std::optional<double>
FindNumber(const Json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                       : std::nullopt;
}

std::optional<Report>
DecodeJson(sansio::ByteView payload, double& time)
{
    const Json object = Json::parse(payload.begin(), payload.end(), nullptr, false);
    const auto sensor = FindNumber(object, "sensor");
    const auto sequence = FindNumber(object, "sequence");
    if (!sensor || *sensor < 0 || *sensor > std::numeric_limits<uint16_t>::max() || !sequence)
    {
        return std::nullopt;
    }
    time = FindNumber(object, "time").value_or(0);
    return MakeReport(GetSensorName(static_cast<uint16_t>(*sensor)), *sequence);
}

// text

sansio::Bytes
EncodeText(const Report& report, double time)
{
    char text[80];
    std::snprintf(text,
                  sizeof text,
                  "%s %u %.3f %.1f %s",
                  GetSensorName(report.sensor).c_str(),
                  report.sequence,
                  time,
                  report.GetValue(),
                  UNIT);
    return ToBytes(text);
}

std::optional<Report>
DecodeText(sansio::ByteView payload, double& time)
{
    std::istringstream text(payload.ToString());
    std::string sensor;
    double sequence = 0;
    text >> sensor >> sequence >> time;
    return text ? MakeReport(sensor, sequence) : std::nullopt;
}

// SenML: the name of the reading is its topic, "s/03/t"

Json
MakePack(const Report& report, double time)
{
    const std::string path = GetReportPath(report.sensor);
    const size_t end = path.rfind('/') + 1;
    return {{{"bn", path.substr(0, end)},
             {"bt", time},
             {"n", path.substr(end)},
             {"u", UNIT},
             {"v", report.GetValue()}},
            {{"n", "seq"}, {"u", "count"}, {"v", report.sequence}}};
}

std::optional<Report>
ReadPack(const std::optional<Json>& pack, double& time)
{
    const auto records = pack ? ResolveSenml(*pack) : std::nullopt;
    if (!records || records->size() != 2 || !records->back().value)
    {
        return std::nullopt;
    }
    const std::string& name = records->front().name;
    const size_t begin = std::min<size_t>(name.size(), 1); // where "/03/t" begins
    time = records->front().time;
    return MakeReport(name.substr(begin, name.rfind('/') - begin), *records->back().value);
}

sansio::Bytes
EncodeSenmlJson(const Report& report, double time)
{
    return ToBytes(MakePack(report, time).dump());
}

std::optional<Report>
DecodeSenmlJson(sansio::ByteView payload, double& time)
{
    return ReadPack(Json::parse(payload.begin(), payload.end(), nullptr, false), time);
}

sansio::Bytes
EncodeSenmlCbor(const Report& report, double time)
{
    return WriteSenmlCbor(MakePack(report, time));
}

std::optional<Report>
DecodeSenmlCbor(sansio::ByteView payload, double& time)
{
    return ReadPack(ReadSenmlCbor(payload), time);
}

// SDC Record

Json
MakeTyped(const std::string& type, const Json& value)
{
    return {{"type", type}, {"value", value}};
}

sansio::Bytes
EncodeSdcRecord(const Report& report, double time)
{
    const std::string sensor = GetSensorName(report.sensor);
    const std::string id = sensor + "::" + std::to_string(report.sequence);
    const Json header{{"stageCreator", sensor},
                      {"sourceId", id},
                      {"stagesPath", sensor},
                      {"trackingId", id},
                      {"values", Json::object()}};
    const Json value{{"sensor", MakeTyped("STRING", sensor)},
                     {"sequence", MakeTyped("LONG", std::to_string(report.sequence))},
                     {"time", MakeTyped("DATETIME", static_cast<int64_t>(std::round(time * 1000)))},
                     {"value", MakeTyped("DOUBLE", Json(report.GetValue()).dump())}};
    sansio::Bytes bytes =
        ToBytes(Json{{"header", header}, {"value", MakeTyped("MAP", value)}}.dump());
    bytes.insert(bytes.begin(), SDC_JSON);
    return bytes;
}

std::optional<Report>
DecodeSdcRecord(sansio::ByteView payload, double& time)
{
    if (payload.empty() || payload[0] != SDC_JSON)
    {
        return std::nullopt;
    }
    const Json record = Json::parse(payload.begin() + 1, payload.end(), nullptr, false);
    const Json none;
    auto find = [&record, &none](const char* field) -> const Json& {
        const Json::json_pointer place("/value/value/" + std::string(field) + "/value");
        return record.is_object() && record.contains(place) ? record[place] : none;
    };
    const Json& sensor = find("sensor");
    const Json& sequence = find("sequence");
    if (!sensor.is_string() || !sequence.is_string() || !find("time").is_number())
    {
        return std::nullopt;
    }
    time = find("time").get<double>() / 1000;
    return MakeReport(sensor, std::strtod(sequence.get<std::string>().c_str(), nullptr));
}

} // namespace

const std::vector<PayloadFormat>&
GetPayloadFormats()
{
    static const std::vector<PayloadFormat> TABLE{
        {"binary", "", false, {}, nullptr, nullptr},
        {"json", "application/json", true, 50, EncodeJson, DecodeJson},
        {"text", "text/plain;charset=utf-8", true, 0, EncodeText, DecodeText},
        {"senml-json", "application/senml+json", true, 110, EncodeSenmlJson, DecodeSenmlJson},
        {"senml-cbor", "application/senml+cbor", false, 112, EncodeSenmlCbor, DecodeSenmlCbor},
        {"sdc-record", "application/octet-stream", false, 42, EncodeSdcRecord, DecodeSdcRecord},
    };
    return TABLE;
}

std::vector<std::string>
GetPayloadFormatNames()
{
    std::vector<std::string> names;
    for (const auto& row : GetPayloadFormats())
    {
        names.push_back(row.name);
    }
    return names;
}

PayloadCodec::PayloadCodec(const std::string& format, size_t size, double startDate)
    : m_format(*std::find_if(GetPayloadFormats().begin(),
                             GetPayloadFormats().end(),
                             [&format](const PayloadFormat& row) { return row.name == format; })),
      m_size(size),
      m_startDate(startDate)
{
}

sansio::Bytes
PayloadCodec::Encode(const Report& report) const
{
    if (!m_format.encode)
    {
        return report.Encode(m_size);
    }
    const double milliseconds = static_cast<double>(report.taken.GetMilliSeconds());
    return m_format.encode(report, m_startDate + milliseconds / 1000);
}

std::optional<Report>
PayloadCodec::Decode(sansio::ByteView payload) const
{
    if (!m_format.decode)
    {
        return Report::Decode(payload);
    }
    double time = 0;
    std::optional<Report> report = m_format.decode(payload, time);
    const double since = (time - m_startDate) * 1000;
    constexpr double LATEST = 1e12; // ms, which ns-3's Time can hold
    if (!report || !(std::abs(since) < LATEST))
    {
        return std::nullopt;
    }
    report->taken = MilliSeconds(std::llround(since));
    return Encode(*report) == payload ? report : std::nullopt;
}

std::optional<size_t>
PayloadCodec::GetSize() const
{
    return m_format.encode ? std::nullopt : std::optional(m_size);
}

} // namespace ns3
