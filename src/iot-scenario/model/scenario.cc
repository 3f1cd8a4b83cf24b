// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario.h"

#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-scenario/model/event-log.h"
#include "low-power-links/model/frame-tag.h"
#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <chrono>

namespace ns3
{

namespace
{

// First random stream of each part, far enough apart that no part reaches the next: so a part that
// draws more, or another stack, changes nothing for the others.
constexpr int64_t STREAM_WORKLOAD = 1000;
constexpr int64_t STREAM_STARTS = 5000;
constexpr int64_t STREAM_LINKS = 10000;
constexpr int64_t STREAM_SECURITY = 20000;
constexpr int64_t STREAM_AUTH = 25000;
constexpr int64_t STREAM_STACK = 30000;
constexpr int64_t STREAM_INCIDENT = 40000;

} // namespace

Scenario::Scenario(const ScenarioParameters& parameters)
    : m_parameters(parameters),
      m_outputs(parameters),
      m_network(BuildNetwork(parameters, STREAM_LINKS)),
      m_meters(parameters, m_network),
      m_auth(parameters, STREAM_AUTH),
      m_codec(parameters.MakePayloadCodec()),
      m_fanOut(parameters.collectors > 1 ? parameters.collectors : 0)
{
    m_outputs.AddNetwork(*m_network.star);
    InstallDefences();
    InstallStack();
    ConnectMeters();
    InstallIncident();
}

Scenario::~Scenario()
{
    m_stack.reset(); // the ports of a stack leave their sockets before the simulator goes
    m_events.reset();
    m_network.star = nullptr;
    Simulator::Destroy();
    m_incident.reset(); // nobody tells it anything any more
}

void
Scenario::InstallDefences()
{
    auto listeners = CreateObject<HostTcpSocketFactory>();
    listeners->SetAttribute("MaxConnections", UintegerValue(m_parameters.GetMaxConnections()));
    m_network.places.host->AggregateObject(listeners);
    m_defences = CreateObject<DefenceSetup>();
    m_defences->SetNames(m_parameters.attacks.GetDefences());
    m_defences->ApplyTo(listeners);
}

void
Scenario::InstallIncident()
{
    for (uint32_t i = 0; i < m_network.places.host->GetNApplications(); i++)
    {
        m_defences->ApplyTo(m_network.places.host->GetApplication(i));
    }
    if (m_parameters.attacks.IsCalm())
    {
        return;
    }
    m_incident = std::make_unique<Incident>(Incident::Setting{m_parameters,
                                                              m_network.star,
                                                              m_network.places,
                                                              *m_stack,
                                                              m_defences,
                                                              m_workload->GetStart(),
                                                              m_workload->GetEnd(),
                                                              m_workload->GetEnd() + Seconds(DRAIN),
                                                              STREAM_INCIDENT,
                                                              m_outputs});
}

void
Scenario::InstallStack()
{
    m_security = std::make_unique<SecuritySetup>(m_parameters, m_defences, m_outputs.AddKeyLog());
    m_security->Install(m_network.places, STREAM_SECURITY);
    m_stack = MakeStack(m_parameters,
                        m_auth,
                        m_security->GetStreamFactory(),
                        m_security->GetDatagramFactory(),
                        MakeObserver());

    Workload::Settings workload;
    workload.sensors = m_parameters.nodes;
    workload.reports = m_parameters.GetReportCount();
    workload.start = Seconds(WARM_UP);
    workload.interval = m_parameters.interval;
    workload.poisson = m_parameters.arrivals == "poisson";
    m_workload = std::make_unique<Workload>(workload, STREAM_WORKLOAD);

    const std::vector<Time> starts = DrawStarts();
    m_meters.BeginSessions(starts);
    m_meters.Watch(*m_security, *m_stack);
    if (m_parameters.apart)
    {
        m_stack->SetParting(m_workload->GetEnd());
    }
    m_stack->Install(m_network.places, starts);
    m_stack->AssignStreams(STREAM_STACK);
    m_workload->Start([this](const Report& report) { Generate(report); });
}

std::vector<Time>
Scenario::DrawStarts() const
{
    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(STREAM_STARTS);
    const Time first = Seconds(m_parameters.apart ? Stack::COLLECTORS_LEAVE + 1 : 0);
    std::vector<Time> starts;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        starts.push_back(first +
                         Seconds(uniform->GetValue(0, m_parameters.startSpread.GetSeconds())));
    }
    return starts;
}

StackObserver
Scenario::MakeObserver()
{
    StackObserver observer;
    observer.ready = [this](uint32_t sensor) { m_meters.Ready(sensor); };
    observer.broken = [this](uint32_t sensor) { HandleBroken(sensor); };
    observer.served = [this](uint64_t id) { HandleServed(id); };
    observer.collected = [this](uint32_t collector, uint64_t id) {
        HandleCollected(collector, id);
    };
    observer.filtered = [this](uint32_t collector, uint64_t id, uint32_t bytes) {
        HandleFiltered(collector, id, bytes);
    };
    observer.refused = [this](uint64_t id) { HandleRefused(id); };
    observer.retransmitted = [this](uint64_t) { m_meters.Retransmitted(); };
    return observer;
}

void
Scenario::ConnectMeters()
{
    WatchFilters();
    if (m_parameters.dropFrame > 0)
    {
        m_network.star->GetSensorDevice(0)->TraceConnectWithoutContext(
            "FrameSent",
            MakeCallback(&Scenario::DropChosenFrame, this));
    }
    if (!m_parameters.events.empty())
    {
        m_events = std::make_unique<EventLog>(m_parameters.events, m_parameters.GetStack());
        m_events->Attach(*m_network.star);
    }
}

void
Scenario::WatchFilters()
{
    if (!m_parameters.HasFilter())
    {
        return;
    }
    m_filter.emplace();
    for (uint32_t i = 0; i < m_parameters.collectors; i++)
    {
        m_network.star->GetCollectorDevices(i).Get(0)->TraceConnectWithoutContext(
            "PhyTxBegin",
            MakeCallback(&Scenario::HandleCollectorFrame, this));
    }
}

void
Scenario::HandleCollectorFrame(Ptr<const Packet> frame)
{
    m_filter->linkBytes += frame->GetSize();
}

void
Scenario::HandleFiltered(uint32_t collector, uint64_t report, uint32_t bytes)
{
    m_filter->messages++;
    m_filter->bytes += bytes;
    if (!m_fanOut.empty())
    {
        m_fanOut[collector].Filtered(report);
    }
    if (collector == 0)
    {
        m_ledger.Filtered(report);
    }
}

void
Scenario::HandleBroken(uint32_t sensor)
{
    m_meters.Broken(sensor);
    if (m_incident)
    {
        m_incident->Broken(sensor);
    }
}

void
Scenario::HandleServed(uint64_t report)
{
    if (!m_incident || m_incident->Served(report))
    {
        m_ledger.Served(report, Simulator::Now());
    }
}

void
Scenario::HandleCollected(uint32_t collector, uint64_t report)
{
    if (!m_fanOut.empty())
    {
        m_fanOut[collector].Collected(report, Simulator::Now());
    }
    if (collector == 0)
    {
        if (m_incident && !m_incident->Collected(report))
        {
            return;
        }
        m_ledger.Collected(report, Simulator::Now());
    }
    if (m_events)
    {
        m_events->LogReport("delivered", report, GetReceiver(collector, report));
    }
}

std::string
Scenario::GetSender(const Report& report) const
{
    return !m_parameters.IsCommand()          ? GetSensorName(report.sensor)
           : m_parameters.AreSensorsServers() ? "host"
                                              : GetCollectorName(0);
}

std::string
Scenario::GetReceiver(uint32_t collector, uint64_t report) const
{
    return m_parameters.IsCommand() ? GetSensorName(Report::GetSensor(report))
                                    : GetCollectorName(collector);
}

void
Scenario::HandleRefused(uint64_t report)
{
    if (!m_incident || m_incident->Refused(report))
    {
        m_ledger.Refused(report);
    }
}

void
Scenario::Generate(const Report& report)
{
    m_ledger.Generated(report.GetId(), report.sensor, Simulator::Now());
    for (ReportLedger& ledger : m_fanOut)
    {
        ledger.Generated(report.GetId(), report.sensor, Simulator::Now());
    }
    if (m_events)
    {
        m_events->LogReport("generated", report.GetId(), GetSender(report));
    }
    if (m_incident)
    {
        m_incident->Generated(report.GetId());
    }
    m_payloadBytes += m_codec.GetSize() ? *m_codec.GetSize() : m_codec.Encode(report).size();
    m_stack->Send(report);
}

void
Scenario::DropChosenFrame(Ptr<const Packet> frame, Time start, Time duration, uint32_t attempt)
{
    auto dissection = lowpower::DissectFrame(ToBytes(frame));
    bool counts = m_inWindow && attempt == 1 && dissection &&
                  dissection->mac.type == lowpower::FrameType::Data;
    if (counts && ++m_dataFrames == m_parameters.dropFrame)
    {
        FrameTag tag;
        frame->PeekPacketTag(tag);
        m_network.star->GetBorderRouterDevice()->GetLossModel()->Drop(tag.GetSender(),
                                                                      tag.GetNumber());
    }
}

void
Scenario::BeginWindow()
{
    m_inWindow = true;
    m_meters.BeginWindow();
}

void
Scenario::EndWindow()
{
    const std::vector<EnergyAccount>& energy = m_meters.EndWindow();
    for (uint32_t i = 0; m_events && i < energy.size(); i++)
    {
        m_events->LogEnergy(i, energy[i]);
    }
}

RunResults
Scenario::Run()
{
    const Time begin = m_workload->GetStart();
    const Time windowEnd = m_workload->GetEnd();
    const Time end = windowEnd + Seconds(DRAIN);
    Simulator::Schedule(begin, &Scenario::BeginWindow, this);
    Simulator::Schedule(windowEnd, &Scenario::EndWindow, this);
    Simulator::Stop(end);

    RunResults results;
    const auto wallStart = std::chrono::steady_clock::now();
    Simulator::Run();
    results.wallTime =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - wallStart).count();

    if (m_dataFrames < m_parameters.dropFrame)
    {
        throw ParameterError("--dropFrame=" + std::to_string(m_parameters.dropFrame) +
                             ": expected at most " + std::to_string(m_dataFrames) +
                             ", the data frames that the first sensor sent");
    }
    m_meters.AddTo(results);
    results.reports =
        m_ledger.Summarize(end, m_parameters.deadline, Seconds(DRAIN), begin, windowEnd);
    for (const ReportLedger& ledger : m_fanOut)
    {
        results.fanOut.push_back(
            ledger.Summarize(end, m_parameters.deadline, Seconds(DRAIN), begin, windowEnd));
    }
    results.filter = m_filter;
    results.unknownReports = m_ledger.GetUnknown();
    if (!m_codec.GetSize() && results.reports.generated > 0)
    {
        results.payloadSize = static_cast<double>(m_payloadBytes) / results.reports.generated;
    }
    if (m_incident)
    {
        results.incident = m_incident->GetResult();
    }
    if (m_auth.IsOn())
    {
        results.auth = m_auth.GetResult();
    }
    results.windowBegin = begin;
    results.windowLength = windowEnd - begin;
    results.simulated = end;
    results.events = Simulator::GetEventCount();
    return results;
}

void
Scenario::Commit(const RunResults& results)
{
    m_outputs.AddRecord(results);
    if (m_events)
    {
        m_events->Commit();
    }
    m_outputs.Commit();
}

} // namespace ns3
