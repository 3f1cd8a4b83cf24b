// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-account.h"
#include "iot-metrics/model/atomic-file.h"
#include "iot-metrics/model/segment-label.h"
#include "low-power-links/helper/low-power-star-helper.h"
#include "low-power-links/protocol/frame-dissector.h"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace ns3
{

struct StackInfo;

/**
 * A diary of a run for ladder diagrams, as lines of JSON in the order of time: every frame on air
 * with what became of it at its addressee, every message on the wire between border router and
 * host, every state of a sensor's radio, every report. It keeps everything in memory until
 * Commit(), so it is for small runs.
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

    /// \param what "generated" or "delivered"
    void LogReport(const std::string& what, uint64_t report);

    /// What a sensor spent in the window.
    void LogEnergy(uint32_t sensor, const EnergyAccount& energy);

    /// Writes the file.
    void Commit();

  private:
    void HandleSent(std::string node,
                    Ptr<const Packet> frame,
                    Time start,
                    Time duration,
                    uint32_t attempt);
    void HandleReceived(std::string node, Ptr<const Packet> frame);
    void HandleLost(std::string node, Ptr<const Packet> frame, std::string reason);
    void HandleWire(std::string hop, Ptr<const Packet> packet);
    void HandleRadio(std::string node, RadioState oldState, RadioState newState);

    void AttachDevice(Ptr<LowPowerNetDevice> device, const std::string& name);
    void Label(nlohmann::ordered_json& line,
               const std::string& node,
               Ptr<const Packet> frame,
               uint32_t attempt);
    bool IsTcpResent(const std::string& node, sansio::ByteView header, size_t length);
    void SetOutcome(const std::string& node, Ptr<const Packet> frame, const std::string& outcome);
    nlohmann::ordered_json& AddLine(const std::string& type);

    AtomicFile m_file;
    const StackInfo& m_stack;
    std::vector<nlohmann::ordered_json> m_lines;
    std::map<uint64_t, std::string> m_names;    ///< by short address
    std::map<std::string, std::string> m_ackTo; ///< who waits for the acknowledgement of a node
    std::map<std::pair<uint32_t, uint64_t>, size_t> m_onAir; ///< line of a frame, by its FrameTag
    std::map<std::pair<std::string, uint32_t>, uint32_t>
        m_highest; ///< end of TCP data, by sender and ports
};

} // namespace ns3
