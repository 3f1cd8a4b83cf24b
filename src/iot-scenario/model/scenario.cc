// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/scenario.h"

#include "iot-device/helper/device-helper.h"
#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-device/model/profile-store.h"
#include "iot-metrics/model/atomic-file.h"
#include "iot-metrics/model/pending-file.h"
#include "iot-scenario/model/event-log.h"
#include "low-power-links/helper/tcp-profile.h"
#include "low-power-links/model/frame-tag.h"
#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <chrono>
#include <iostream>

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
constexpr int64_t STREAM_STACK = 30000;
constexpr int64_t STREAM_INCIDENT = 40000;

// A service on Linux with the default limit of file descriptors (RLIMIT_NOFILE), of which Mosquitto
// has 9 in use before the first client (gianluca2414/MQTT_SlowITe: 1015 of 1024 were accepted).
constexpr uint32_t DESCRIPTORS = 1024;
constexpr uint32_t DESCRIPTORS_IN_USE = 9;

/// A sensor has a radio, and a supply of its own.
void
CheckSensorDevice(const std::string& device)
{
    auto store = CreateObject<ProfileStore>();
    std::string known;
    for (const std::string& name : store->GetDevices())
    {
        const DeviceProfile profile = store->Load(name);
        if (profile.radio && !profile.mcu.mains)
        {
            if (name == device)
            {
                return;
            }
            known += (known.empty() ? "" : ", ") + name;
        }
    }
    throw ParameterError("--device=" + device + ": expected one of " + known);
}

} // namespace

Scenario::Scenario(const ScenarioParameters& parameters)
    : m_parameters(parameters)
{
    CheckOutputs();
    BuildNetwork();
    InstallDevices();
    InstallDefences();
    InstallStack();
    ConnectMeters();
    InstallIncident();
}

Scenario::~Scenario()
{
    m_stack.reset(); // the ports of a stack leave their sockets before the simulator goes
    m_events.reset();
    m_network = nullptr;
    Simulator::Destroy(); // closes the captures
    m_incident.reset();   // nobody tells it anything any more
    for (const auto& output : m_outputs)
    {
        if (m_complete && !output->Commit())
        {
            std::cerr << output->GetPart() << ": could not be completed\n";
        }
    }
}

void
Scenario::CheckOutputs() const
{
    // Each is opened and left again, before anything is made that would stay behind.
    for (const std::string& path :
         {m_parameters.json,
          m_parameters.keylog,
          m_parameters.events,
          m_parameters.pcap + (m_parameters.pcap.empty() ? "" : "-air.pcap")})
    {
        if (!path.empty())
        {
            AtomicFile probe(path);
        }
    }
}

void
Scenario::BuildNetwork()
{
    TcpProfile::Apply(m_parameters.tcp);
    m_network = CreateObject<LowPowerStarHelper>();
    m_network->SetAttribute("Sensors", UintegerValue(m_parameters.nodes));
    m_network->SetAttribute("Collectors", UintegerValue(m_parameters.collectors));
    m_network->SetAttribute("Loss", DoubleValue(m_parameters.loss));
    m_network->SetDeviceAttribute("MacMaxFrameRetries", UintegerValue(m_parameters.macRetries));
    m_network->SetDeviceAttribute("PollPeriod", TimeValue(m_parameters.pollPeriod));
    m_network->SetAttribute("Sleepy", BooleanValue(m_parameters.radio == "sleepy"));
    m_network->SetAttribute("WiredDelay", TimeValue(m_parameters.wiredDelay));
    m_network->SetAttribute("NeighborDiscovery", BooleanValue(m_parameters.neighborDiscovery));
    m_network->Build();
    m_network->AssignStreams(STREAM_LINKS);
    EnableCaptures();
    m_places.sensors = m_network->GetSensors();
    m_places.host = m_network->GetHost();
    m_places.hostAddress = m_network->GetHostAddress();
    m_places.collectorAddress = m_network->GetCollectorAddress();
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        m_places.sensorAddresses.push_back(m_network->GetSensorAddress(i));
    }
    for (uint32_t i = 0; i < m_parameters.collectors; i++)
    {
        m_places.collectors.Add(m_network->GetCollector(i));
    }
}

void
Scenario::EnableCaptures()
{
    if (m_parameters.pcap.empty())
    {
        return;
    }
    const std::string part = m_parameters.pcap + ".part";
    for (const char* name : {"-lln.pcap", "-wired.pcap", "-air.pcap"})
    {
        m_outputs.push_back(std::make_unique<PendingFile>(part + name, m_parameters.pcap + name));
    }
    m_network->EnablePcap(part);
    m_network->EnableAirPcap(part + "-air.pcap");
}

void
Scenario::InstallDevices()
{
    CheckSensorDevice(m_parameters.device);
    DeviceHelper sensors(m_parameters.device);
    DeviceHelper hosts(m_parameters.hostDevice);
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        sensors.Install(m_places.sensors.Get(i), m_network->GetSensorDevice(i)->GetPhy());
    }
    hosts.Install(m_places.host);
}

void
Scenario::InstallDefences()
{
    auto listeners = CreateObject<HostTcpSocketFactory>();
    listeners->SetAttribute("MaxConnections", UintegerValue(DESCRIPTORS - DESCRIPTORS_IN_USE));
    m_places.host->AggregateObject(listeners);
    m_defences = CreateObject<DefenceSetup>();
    m_defences->SetNames(m_parameters.attacks.GetDefences());
    m_defences->ApplyTo(listeners);
}

void
Scenario::InstallIncident()
{
    for (uint32_t i = 0; i < m_places.host->GetNApplications(); i++)
    {
        m_defences->ApplyTo(m_places.host->GetApplication(i));
    }
    if (m_parameters.attacks.IsCalm())
    {
        return;
    }
    std::string capture;
    if (!m_parameters.pcap.empty() && m_parameters.attacks.HasAttack())
    {
        capture = m_parameters.pcap + ".part-attacker.pcap";
        m_outputs.push_back(
            std::make_unique<PendingFile>(capture, m_parameters.pcap + "-attacker.pcap"));
    }
    m_incident = std::make_unique<Incident>(Incident::Setting{m_parameters,
                                                              m_network,
                                                              m_places,
                                                              *m_stack,
                                                              m_defences,
                                                              m_workload->GetStart(),
                                                              m_workload->GetEnd(),
                                                              m_workload->GetEnd() + Seconds(DRAIN),
                                                              STREAM_INCIDENT,
                                                              capture});
}

void
Scenario::InstallStack()
{
    std::string keyLog;
    if (!m_parameters.keylog.empty() && m_parameters.GetStack().secure)
    {
        keyLog = m_parameters.keylog + ".part";
        m_outputs.push_back(std::make_unique<PendingFile>(keyLog, m_parameters.keylog));
    }
    m_security = std::make_unique<SecuritySetup>(m_parameters, m_defences, keyLog);
    m_security->Install(m_places, STREAM_SECURITY);
    m_stack = MakeStack(m_parameters,
                        m_security->GetStreamFactory(),
                        m_security->GetDatagramFactory(),
                        MakeObserver());

    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(STREAM_STARTS);
    std::vector<Time> starts;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        starts.push_back(Seconds(uniform->GetValue(0, m_parameters.startSpread.GetSeconds())));
        m_results.sessions.push_back({starts.back(), {}, 0, 0});
    }
    m_energyAtStart.resize(m_parameters.nodes);
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        Simulator::Schedule(starts[i],
                            [this, i] { m_energyAtStart[i] = GetLedger(i)->Snapshot(); });
    }
    m_stack->Install(m_places, starts);
    m_stack->AssignStreams(STREAM_STACK);

    Workload::Settings workload;
    workload.sensors = m_parameters.nodes;
    workload.reports = m_parameters.GetReportCount();
    workload.start = Seconds(WARM_UP);
    workload.interval = m_parameters.interval;
    workload.poisson = m_parameters.arrivals == "poisson";
    m_workload = std::make_unique<Workload>(workload, STREAM_WORKLOAD);
    m_workload->Start([this](const Report& report) { Generate(report); });
}

StackObserver
Scenario::MakeObserver()
{
    StackObserver observer;
    observer.ready = [this](uint32_t sensor) { HandleReady(sensor); };
    observer.broken = [this](uint32_t sensor) { HandleBroken(sensor); };
    observer.served = [this](uint64_t id) { HandleServed(id); };
    observer.collected = [this](uint64_t id) { HandleCollected(id); };
    observer.refused = [this](uint64_t id) { HandleRefused(id); };
    observer.retransmitted = [this](uint64_t) { m_applicationRetransmissions++; };
    return observer;
}

void
Scenario::ConnectMeters()
{
    m_link.Attach(m_network->GetLowPowerDevices());
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        m_tcp.Attach(m_places.sensors.Get(i));
    }
    m_tcp.Attach(m_places.host);
    if (m_parameters.dropFrame > 0)
    {
        m_network->GetSensorDevice(0)->TraceConnectWithoutContext(
            "FrameSent",
            MakeCallback(&Scenario::DropChosenFrame, this));
    }
    if (!m_parameters.events.empty())
    {
        m_events = std::make_unique<EventLog>(m_parameters.events, m_parameters.GetStack());
        m_events->Attach(*m_network);
    }
}

void
Scenario::HandleBroken(uint32_t sensor)
{
    m_results.sessions[sensor].broken++;
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
Scenario::HandleCollected(uint64_t report)
{
    if (m_incident && !m_incident->Collected(report))
    {
        return;
    }
    m_ledger.Collected(report, Simulator::Now());
    if (m_events)
    {
        m_events->LogReport("delivered", report);
    }
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
    if (m_events)
    {
        m_events->LogReport("generated", report.GetId());
    }
    if (m_incident)
    {
        m_incident->Generated(report.GetId());
    }
    m_stack->Send(report);
}

void
Scenario::HandleReady(uint32_t sensor)
{
    SessionResult& session = m_results.sessions[sensor];
    if (!session.ready)
    {
        session.ready = Simulator::Now();
        session.energy = (GetLedger(sensor)->Snapshot() - m_energyAtStart[sensor]).GetTotal();
    }
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
        m_network->GetBorderRouterDevice()->GetLossModel()->Drop(tag.GetSender(), tag.GetNumber());
    }
}

Ptr<EnergyLedger>
Scenario::GetLedger(uint32_t sensor) const
{
    return m_places.sensors.Get(sensor)->GetObject<EnergyLedger>();
}

MemoryResult
Scenario::GetMemory() const
{
    auto security = [](Ptr<Node> node) {
        auto factory = node->GetObject<SecureSocketFactory>();
        return factory ? factory->GetPeakMemory() : 0;
    };
    MemoryResult memory;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        uint64_t held = m_stack->GetSensorMemory(i) + security(m_places.sensors.Get(i));
        memory.node = std::max(memory.node, held);
    }
    memory.broker = m_stack->GetServiceMemory() + security(m_places.host);
    return memory;
}

Retransmissions
Scenario::GetRetransmissions() const
{
    Retransmissions counted;
    counted.mac = m_link.GetCounters().retransmissions;
    counted.tcp = m_tcp.GetCount();
    counted.dtls = m_security->GetSensorCounters().retransmissions +
                   m_security->GetHostCounters().retransmissions;
    const std::string& protocol = m_parameters.GetStack().protocol;
    counted.coap = protocol == "coap" ? m_applicationRetransmissions : 0;
    counted.mqtt = protocol == "mqtt" ? m_applicationRetransmissions : 0;
    return counted;
}

void
Scenario::BeginWindow()
{
    m_inWindow = true;
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        EnergyAccount now = GetLedger(i)->Snapshot();
        if (!m_results.sessions[i].ready)
        {
            m_results.sessions[i].energy = (now - m_energyAtStart[i]).GetTotal();
        }
        m_energyAtStart[i] = now;
    }
    m_results.setup = m_link.GetCounters();
    m_results.setupRetransmissions = GetRetransmissions();
    m_results.security = m_security->GetSensorCounters();
    m_results.host = m_security->GetHostCounters();
}

void
Scenario::EndWindow()
{
    for (uint32_t i = 0; i < m_parameters.nodes; i++)
    {
        m_results.energy.push_back(GetLedger(i)->Snapshot() - m_energyAtStart[i]);
        if (m_events)
        {
            m_events->LogEnergy(i, m_results.energy.back());
        }
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

    const auto wallStart = std::chrono::steady_clock::now();
    Simulator::Run();
    m_results.wallTime =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - wallStart).count();

    m_results.reports =
        m_ledger.Summarize(end, m_parameters.deadline, Seconds(DRAIN), begin, windowEnd);
    m_results.unknownReports = m_ledger.GetUnknown();
    m_results.window = m_link.GetCounters() - m_results.setup;
    m_results.windowRetransmissions = GetRetransmissions() - m_results.setupRetransmissions;
    if (m_incident)
    {
        m_results.incident = m_incident->GetResult();
    }
    m_complete = true;
    m_results.windowBegin = begin;
    m_results.windowLength = windowEnd - begin;
    m_results.memory = GetMemory();
    m_results.simulated = end;
    m_results.events = Simulator::GetEventCount();
    if (m_events)
    {
        m_events->Commit();
    }
    return m_results;
}

} // namespace ns3
