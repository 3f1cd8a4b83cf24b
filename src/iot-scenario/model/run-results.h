// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/energy-account.h"
#include "iot-metrics/model/link-meter.h"
#include "iot-metrics/model/report-ledger.h"
#include "iot-metrics/model/security-meter.h"
#include "iot-scenario/model/attack-results.h"
#include "iot-scenario/model/auth-result.h"
#include "sans-io/model/parameter-table.h"

#include <optional>
#include <vector>

namespace ns3
{

/// The session of one sensor, from the start of its application to the first report possible.
struct SessionResult
{
    Time started;
    std::optional<Time> ready;
    double energy{0}; ///< joule the sensor spent meanwhile; up to the window where never ready
    uint32_t broken{0};
};

/// Messages that a layer sent again.
struct Retransmissions
{
    uint64_t mac{0};
    uint64_t tcp{0};
    uint64_t dtls{0};
    uint64_t coap{0};
    uint64_t mqtt{0};

    friend Retransmissions operator-(const Retransmissions& a, const Retransmissions& b)
    {
        return {a.mac - b.mac, a.tcp - b.tcp, a.dtls - b.dtls, a.coap - b.coap, a.mqtt - b.mqtt};
    }
};

/**
 * The most that the bounded tables and buffers of a node have held, as they would count on a device
 * (sans-io/protocol/memory.h): the peak of the protocol and that of the security sockets together,
 * also where they were not at the same time. Bytes.
 */
struct MemoryResult
{
    uint64_t node{0};   ///< of the sensor that needed most
    uint64_t broker{0}; ///< of the host
};

/// What filters of the collectors' subscriptions spared their links.
struct FilterResult
{
    uint64_t messages{0};  ///< that were not sent to a collector
    uint64_t bytes{0};     ///< of the PUBLISH packets that these would have been
    uint64_t linkBytes{0}; ///< that were sent to collectors, frames as a whole
};

/// Everything a run measured, before it becomes a record.
struct RunResults
{
    std::vector<std::pair<std::string, ParameterValue>> parameters;
    ReportSummary reports;
    std::vector<ReportSummary> fanOut; ///< by collector, where there are several
    std::optional<double> payloadSize; ///< mean bytes of a report, where the format decides them
    uint64_t unknownReports{0};
    std::vector<SessionResult> sessions;
    SecurityCounters security; ///< of the sensors before the window
    SecurityCounters host;     ///< the same of the host

    LinkCounters setup;  ///< before the window
    LinkCounters window; ///< from its begin to the end of the run
    Retransmissions setupRetransmissions;
    Retransmissions windowRetransmissions;

    MemoryResult memory;               ///< from the beginning of the run to its end
    std::vector<EnergyAccount> energy; ///< of each sensor in the window
    Time windowBegin;
    Time windowLength;

    /// The sensor could report before the window began.
    bool IsSetUp(const SessionResult& session) const
    {
        return session.ready && *session.ready < windowBegin;
    }

    /// Of all sensors together in the window.
    EnergyAccount GetEnergy() const
    {
        EnergyAccount sum;
        for (const EnergyAccount& sensor : energy)
        {
            sum += sensor;
        }
        return sum;
    }

    std::optional<FilterResult> filter;     ///< none where the collectors want everything
    std::optional<AuthResult> auth;         ///< none where the broker lets anybody do everything
    std::optional<IncidentResult> incident; ///< none where nothing went wrong

    Time simulated;
    uint64_t events{0};
    double wallTime{0};
};

/**
 * Writes the record: one JSON object with stable keys, SI units, null where a value does not
 * exist. Apart from the wall time and the memory of the simulator it depends on the parameters
 * and the run number only.
 */
void WriteRecord(const RunResults& results, std::ostream& os);

/// The same in a few lines for a person.
void WriteSummary(const RunResults& results, std::ostream& os);

} // namespace ns3
