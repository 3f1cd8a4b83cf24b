// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/incident-record.h"
#include "iot-scenario/model/run-results.h"

#include <iomanip>
#include <ostream>

namespace ns3
{

namespace
{

/// "12.3 ms" or "1.20 s", or "never" for a quantile that too few reports reached.
std::string
WriteLatency(std::optional<double> seconds)
{
    if (!seconds)
    {
        return "never";
    }
    char text[32];
    std::snprintf(text,
                  sizeof text,
                  *seconds < 1 ? "%.1f ms" : "%.2f s",
                  *seconds < 1 ? *seconds * 1000 : *seconds);
    return text;
}

/// "; handshakes failed: timeout 2", or nothing.
std::string
WriteReasons(const std::string& what, const std::map<std::string, uint64_t>& counts)
{
    std::string text;
    for (const auto& [reason, count] : counts)
    {
        text += (text.empty() ? "; " + what + ": " : ", ") + reason + " " + std::to_string(count);
    }
    return text;
}

} // namespace

void
WriteSummary(const RunResults& results, std::ostream& os)
{
    const ReportSummary& reports = results.reports;
    uint32_t ready = 0;
    const double energy = results.GetEnergy().GetTotal();
    for (const auto& session : results.sessions)
    {
        ready += results.IsSetUp(session);
    }
    auto quantile = [&](double q) {
        return WriteLatency(LatencyQuantile(reports.latencies, reports.generated, q));
    };
    const Retransmissions& again = results.windowRetransmissions;
    const auto& auth = results.auth;
    os << "sessions         " << ready << " of " << results.sessions.size() << " set up"
       << WriteReasons("handshakes failed", results.security.failures)
       << WriteReasons("peers refused at", results.host.refusals) << "\n"
       << (auth ? "access           " + auth->method + WriteReasons("refused", auth->refused) + "\n"
                : "")
       << "reports          " << reports.generated << " generated, " << reports.delivered
       << " delivered (" << reports.onTime << " on time), " << reports.lost << " lost, "
       << reports.inFlight << " in flight, " << reports.refused << " refused; "
       << reports.duplicates << " duplicates\n"
       << "latency          median " << quantile(0.5) << ", 95 % " << quantile(0.95) << ", 99 % "
       << quantile(0.99) << " of all generated\n"
       << "retransmissions  mac " << again.mac << ", tcp " << again.tcp << ", dtls " << again.dtls
       << ", coap " << again.coap << ", mqtt " << again.mqtt << "\n"
       << "bytes on air     " << results.window.bytesSent << " in " << results.window.frames
       << " frames\n"
       << "energy           " << std::fixed << std::setprecision(3)
       << 1000 * energy / (reports.onTime ? reports.onTime : 1)
       << (reports.onTime ? " mJ per on-time report\n" : " mJ, and no report on time\n");
    if (results.incident)
    {
        WriteIncidentSummary(*results.incident, os);
    }
    os << "--json=FILE writes the whole record.\n";
}

} // namespace ns3
