// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/pending-files.h"
#include "iot-scenario/model/scenario-parameters.h"

#include <functional>

namespace ns3
{

class LowPowerStarHelper;
struct RunResults;

/**
 * Captures, key log and record of a run, which have their names only once they are complete. The
 * names of all outputs, the diary too, are checked before a long run rather than after it.
 */
class OutputFiles
{
  public:
    /// Begins a capture in the file of that name.
    using Capture = std::function<Ptr<PcapFileWrapper>(const std::string& part)>;

    /**
     * \param parameters outlive the files
     * \throw std::runtime_error with one line naming the output that cannot be written, or that
     * has the name of another
     */
    explicit OutputFiles(const ScenarioParameters& parameters);

    /// The link and the wire of a network, with --pcap.
    void AddNetwork(LowPowerStarHelper& network);

    /// What an attacker hears and sends, with --pcap.
    void AddAttacker(const Capture& begin);

    /// Where the secrets of a secured stack are to be written; empty without --keylog.
    std::string AddKeyLog();

    /// The record of the run, with --json.
    void AddRecord(const RunResults& results);

    /**
     * Closes all files and gives them their names.
     * \throw std::runtime_error with one line naming the first that could not be written; none of
     * them has its name then
     */
    void Commit();

  private:
    void CheckNames() const;
    void AddCapture(const std::string& suffix, Ptr<PcapFileWrapper> capture);
    std::string GetCapturePart() const;

    const ScenarioParameters& m_parameters;
    PendingFiles m_files;
};

} // namespace ns3
