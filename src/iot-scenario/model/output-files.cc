// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/output-files.h"

#include "iot-scenario/model/run-results.h"
#include "low-power-links/helper/low-power-star-helper.h"
#include "sans-io/model/atomic-file.h"

#include <filesystem>
#include <fstream>
#include <map>

namespace ns3
{

namespace
{

constexpr const char* LINK = "-lln.pcap";
constexpr const char* WIRE = "-wired.pcap";
constexpr const char* AIR = "-air.pcap";
constexpr const char* ATTACKER = "-attacker.pcap";

} // namespace

OutputFiles::OutputFiles(const ScenarioParameters& parameters)
    : m_parameters(parameters)
{
    CheckNames();
}

std::string
OutputFiles::GetCapturePart() const
{
    return m_parameters.pcap + ".part";
}

void
OutputFiles::CheckNames() const
{
    struct Name
    {
        std::string option;
        std::string path;
        std::string part;
    };

    std::vector<Name> names{{"--json", m_parameters.json, m_parameters.json + ".part"},
                            {"--keylog", m_parameters.keylog, m_parameters.keylog + ".part"},
                            {"--events", m_parameters.events, m_parameters.events + ".part"}};
    for (const char* suffix : {AIR, LINK, WIRE, ATTACKER})
    {
        const bool wanted = !m_parameters.pcap.empty();
        names.push_back(
            {"--pcap", wanted ? m_parameters.pcap + suffix : "", GetCapturePart() + suffix});
    }
    std::map<std::filesystem::path, std::string> taken; // by which option
    for (const Name& name : names)
    {
        if (name.path.empty())
        {
            continue;
        }
        for (const std::string& path : {name.path, name.part})
        {
            std::error_code error;
            const auto file =
                std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
            if (error)
            {
                throw ParameterError(name.option + "=" + path +
                                     ": expected a file that can be written (" + error.message() +
                                     ")");
            }
            auto [entry, isNew] = taken.emplace(file, name.option);
            if (!isNew)
            {
                throw ParameterError(name.option + ": expected another file than " + entry->second +
                                     ", which writes " + path + " too");
            }
        }
        // Opened and left again, before anything is made that would stay behind.
        AtomicFile probe(name.path);
    }
}

void
OutputFiles::AddCapture(const std::string& suffix, Ptr<PcapFileWrapper> capture)
{
    m_files.AddCapture(GetCapturePart() + suffix, m_parameters.pcap + suffix, capture);
}

void
OutputFiles::AddNetwork(LowPowerStarHelper& network)
{
    if (!m_parameters.pcap.empty())
    {
        const auto captures = network.EnablePcap(GetCapturePart());
        AddCapture(LINK, captures[0]);
        AddCapture(WIRE, captures[1]);
        AddCapture(AIR, network.EnableAirPcap(GetCapturePart() + AIR));
    }
}

void
OutputFiles::AddAttacker(const Capture& begin)
{
    if (!m_parameters.pcap.empty())
    {
        AddCapture(ATTACKER, begin(GetCapturePart() + ATTACKER));
    }
}

std::string
OutputFiles::AddKeyLog()
{
    if (m_parameters.keylog.empty() || !m_parameters.GetStack().secure)
    {
        return {};
    }
    return m_files.AddKeyLog(m_parameters.keylog);
}

void
OutputFiles::AddRecord(const RunResults& results)
{
    if (!m_parameters.json.empty())
    {
        const std::string part = m_parameters.json + ".part";
        auto stream = std::make_shared<std::ofstream>(part, std::ios::binary | std::ios::trunc);
        m_files.Add(part, m_parameters.json, [stream] {
            stream->close();
            return !stream->fail();
        });
        WriteRecord(results, *stream);
    }
}

void
OutputFiles::Commit()
{
    m_files.Commit();
}

} // namespace ns3
