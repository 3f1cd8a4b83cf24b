// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-setup.h"
#include "iot-scenario/model/defence-setup.h"
#include "iot-scenario/model/incident.h"
#include "iot-scenario/model/run-meters.h"
#include "iot-scenario/model/workload.h"

#include <memory>

namespace ns3
{

class EventLog;

/**
 * One run of the comparison: network, devices, stack, workload, and the meters that listen.
 *
 *     0 ... 10 s   sensors start their sessions (--startSpread)
 *     60 s         the window begins: reports
 *     + window     the window ends; energy is accounted for exactly the window
 *     + 100 s      the drain (beyond MAX_TRANSMIT_WAIT of CoAP, 93 s): what arrives now still
 *                  counts, what arrives later is lost
 *
 * A program makes one scenario, calls Run() once and takes the results, then Commit() where it has
 * outputs.
 */
class Scenario
{
  public:
    /**
     * Builds everything. \p parameters must outlive the scenario.
     * \throw std::runtime_error with one line when something the parameters name cannot be used
     */
    explicit Scenario(const ScenarioParameters& parameters);
    ~Scenario();

    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;

    /**
     * Simulates.
     *
     * \return what was measured (without the texts of the parameters)
     * \throw std::runtime_error with one line when there was nothing to do for a parameter
     */
    RunResults Run();

    /**
     * Writes the record of \p results, with --json, and gives all outputs their names.
     * \throw std::runtime_error with one line naming the one that could not be written
     */
    void Commit(const RunResults& results);

    static constexpr double WARM_UP = ScenarioParameters::WARM_UP;
    static constexpr double DRAIN = ScenarioParameters::DRAIN;

  private:
    void InstallStack();
    /// When each sensor begins its session.
    std::vector<Time> DrawStarts() const;
    void InstallDefences();
    void InstallIncident();
    void ConnectMeters();
    void BeginWindow();
    void EndWindow();
    void Generate(const Report& report);
    void HandleBroken(uint32_t sensor);
    void HandleServed(uint64_t report);
    void HandleCollected(uint32_t collector, uint64_t report);
    void WatchFilters();
    void HandleFiltered(uint32_t collector, uint64_t report, uint32_t bytes);
    void HandleCollectorFrame(Ptr<const Packet> frame);
    void HandleRefused(uint64_t report);
    void DropChosenFrame(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt);

    StackObserver MakeObserver();
    /// Names of the nodes at the ends of a report.
    std::string GetSender(const Report& report) const;
    std::string GetReceiver(uint32_t collector, uint64_t report) const;

    const ScenarioParameters& m_parameters;
    OutputFiles m_outputs;
    RunNetwork m_network;
    RunMeters m_meters;
    Ptr<DefenceSetup> m_defences;
    std::unique_ptr<SecuritySetup> m_security;
    AuthSetup m_auth;
    std::unique_ptr<Stack> m_stack;
    std::unique_ptr<Workload> m_workload;
    std::unique_ptr<EventLog> m_events;
    std::unique_ptr<Incident> m_incident; ///< none where nothing goes wrong

    PayloadCodec m_codec;
    uint64_t m_payloadBytes{0};
    ReportLedger m_ledger;
    std::optional<FilterResult> m_filter; ///< where the collectors filter
    std::vector<ReportLedger> m_fanOut;   ///< by collector, where there are several
    uint32_t m_dataFrames{0};
    bool m_inWindow{false};
};

} // namespace ns3
