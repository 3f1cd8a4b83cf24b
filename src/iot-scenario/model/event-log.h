// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-account.h"
#include "iot-scenario/model/frame-labeler.h"
#include "low-power-links/helper/low-power-star-helper.h"
#include "sans-io/model/atomic-file.h"

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ns3
{

struct StackInfo;

/**
 * A diary of a run for ladder diagrams, as lines of JSON in the order of time: every frame on air
 * with what became of it at its addressee, every message on the wires between border router, host
 * and collectors, every state of a sensor's radio, every report. It is written as the simulation
 * goes and holds no more than the lines of the last SETTLED.
 */
class EventLog
{
  public:
    /**
     * \param path of the file, see AtomicFile
     * \param stack what the labels are to be read as; it must outlive the log
     */
    EventLog(const std::string& path, const StackInfo& stack);
    ~EventLog();

    /// Listens to all devices of the network; the sensors have their energy ledgers already.
    void Attach(const LowPowerStarHelper& network);

    /// \param what "generated" or "delivered" \param node where
    void LogReport(const std::string& what, uint64_t report, const std::string& node);

    /// What a sensor spent in the window.
    void LogEnergy(uint32_t sensor, const EnergyAccount& energy);

    /// Writes what is held and gives the file its name, see AtomicFile.
    void Commit();

    /// Seconds after which no line is added any more and of no frame the outcome changes: both are
    /// known when its last bit has arrived, milliseconds after its first.
    static constexpr double SETTLED = 1;

  private:
    /// Of a line: its time in seconds, and its number among all.
    using Place = std::pair<double, uint64_t>;
    /// Sender and number of a FrameTag.
    using FrameName = std::pair<uint32_t, uint64_t>;

    void HandleSent(std::string node,
                    Ptr<const Packet> frame,
                    Time start,
                    Time duration,
                    uint32_t attempt);
    void HandleReceived(std::string node, Ptr<const Packet> frame);
    void HandleLost(std::string node, Ptr<const Packet> frame, std::string reason);
    /// A wire between two nodes, the devices of both in this order.
    void AttachWire(Ptr<NetDevice> a,
                    Ptr<NetDevice> b,
                    const std::string& from,
                    const std::string& to);
    void HandleWire(std::string hop, Ptr<const Packet> packet);
    void HandleRadio(std::string node, RadioState oldState, RadioState newState);

    void AttachDevice(Ptr<LowPowerNetDevice> device, const std::string& name);
    void SetOutcome(const std::string& node, Ptr<const Packet> frame, const std::string& outcome);
    /// \return the new line, which is the last one by its number
    nlohmann::ordered_json& AddLine(const std::string& type, Time time);
    nlohmann::ordered_json& AddLine(const std::string& type); ///< of now
    /// Writes the lines before an instant, in seconds.
    void WriteUpTo(double end);

    AtomicFile m_file;
    const StackInfo& m_stack;
    FrameLabeler m_labeler;
    std::map<Place, nlohmann::ordered_json> m_lines; ///< those not written yet, in their order
    uint64_t m_lineCount{0};
    std::map<uint64_t, std::string> m_names;        ///< by short address
    std::map<std::string, std::string> m_ackTo;     ///< who waits for the acknowledgement of a node
    std::map<FrameName, Place> m_onAir;             ///< lines of frames that have no outcome yet
    std::deque<std::pair<FrameName, Place>> m_sent; ///< those in the order in which they were sent
};

} // namespace ns3
