// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation.h"

#include "iot-scenario/model/stop-signal.h"

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/realtime-simulator-impl.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"

#include <ctime>

namespace ns3
{

namespace
{

constexpr int64_t STREAM_SECURITY = 20000;

/// The wall clock, as attributes take it.
std::string
GetDate()
{
    const std::time_t now = std::time(nullptr);
    char text[sizeof("2026-01-01T00:00:00Z")];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    return text;
}

/// All suites of the version that the credentials allow: a real peer may know few.
std::string
GetCipherSuites(const EmulationParameters& parameters)
{
    const bool tls13 = parameters.tlsVersion == "1.3";
    const bool certificate = !(parameters.IsBroker() ? parameters.cert : parameters.ca).empty();
    std::string names;
    for (const auto& suite : tls::GetCipherSuites())
    {
        const bool usable = suite.tls13 == tls13 && (!suite.psk || !parameters.psk.empty()) &&
                            (!suite.certificate || certificate);
        if (usable)
        {
            names += (names.empty() ? "" : ",") + std::string(suite.openSslName);
        }
    }
    return names;
}

} // namespace

void
Emulation::Prepare()
{
    GlobalValue::Bind("SimulatorImplementationType", StringValue("ns3::RealtimeSimulatorImpl"));
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true)); // or the kernel drops every packet
}

Emulation::Emulation(const EmulationParameters& parameters, std::ostream& stream)
    : m_parameters(parameters),
      m_stream(stream),
      m_log(stream),
      m_network(parameters),
      m_role(MakeRole(parameters, m_log))
{
    const TypeId factory = InstallSecurity();
    // Not at once: a role may be in the middle of what its last event calls for.
    m_role->Install(m_network, factory, [this] {
        Simulator::ScheduleNow(&Emulation::Shutdown, this);
    });
    m_network.OpenTap();
    m_network.GetTapDevice()->TraceConnectWithoutContext(
        "MacRx",
        MakeCallback(&Emulation::HandlePacket, this));
    if (!parameters.pcap.empty())
    {
        m_network.EnablePcap(parameters.pcap, m_files);
    }
}

Emulation::~Emulation()
{
    Simulator::Destroy();
}

TypeId
Emulation::InstallSecurity()
{
    if (!m_parameters.tls)
    {
        return TcpSocketFactory::GetTypeId();
    }
    const std::string keyLog =
        m_parameters.keylog.empty() ? "" : m_files.AddKeyLog(m_parameters.keylog);
    const NodeContainer nodes = m_network.GetNodes();
    int64_t stream = STREAM_SECURITY;
    for (uint32_t i = 0; i < nodes.GetN(); i++)
    {
        auto factory = CreateObject<TlsSocketFactory>();
        SetCredentials(factory, keyLog);
        stream += factory->AssignStreams(stream);
        factory->TraceConnectWithoutContext("HandshakeFailed",
                                            MakeCallback(&Emulation::HandleHandshakeFailed, this));
        nodes.Get(i)->AggregateObject(factory);
        CheckCredentials(factory);
    }
    return TlsSocketFactory::GetTypeId();
}

void
Emulation::SetCredentials(Ptr<TlsSocketFactory> factory, const std::string& keyLog) const
{
    factory->SetAttribute("Version", StringValue(m_parameters.tlsVersion));
    factory->SetAttribute("StartDate", StringValue(GetDate()));
    factory->SetAttribute("CertificateFile", StringValue(m_parameters.cert));
    factory->SetAttribute("PrivateKeyFile", StringValue(m_parameters.key));
    factory->SetAttribute("TrustAnchorsFile", StringValue(m_parameters.ca));
    factory->SetAttribute("PskTable", StringValue(m_parameters.psk));
    factory->SetAttribute("KeyLogFile", StringValue(keyLog));
    factory->SetAttribute("RequireClientCertificate",
                          BooleanValue(m_parameters.IsBroker() && !m_parameters.ca.empty()));
    StringValue suites;
    factory->GetAttribute("CipherSuites", suites);
    if (suites.Get().empty())
    {
        factory->SetAttribute("CipherSuites", StringValue(GetCipherSuites(m_parameters)));
    }
}

void
Emulation::CheckCredentials(Ptr<TlsSocketFactory> factory) const
{
    try
    {
        factory->GetContext();
    }
    catch (const std::runtime_error& error)
    {
        // Named by the setting, for a user by the parameter that gave it.
        const std::string line = error.what();

        struct Setting
        {
            std::string attribute;
            std::string name;
            std::string parameter;
            std::string value;
        };

        const Setting settings[] = {{"CertificateFile '", "certificate", "cert", m_parameters.cert},
                                    {"PrivateKeyFile '", "privateKey", "key", m_parameters.key},
                                    {"TrustAnchorsFile '", "trustAnchors", "ca", m_parameters.ca},
                                    {"PskTable '", "PSK identity", "psk", m_parameters.psk}};
        for (const Setting& setting : settings)
        {
            const bool isAttribute = line.rfind(setting.attribute, 0) == 0;
            if (isAttribute || line.rfind(setting.name, 0) == 0)
            {
                throw ParameterError("--" + setting.parameter + "=" + setting.value + ": " +
                                     (isAttribute ? line.substr(line.rfind("': ") + 3) : line));
            }
        }
        throw;
    }
}

void
Emulation::PrintTitle()
{
    m_stream << m_role->GetTitle() << ", simulated behind " << m_parameters.behind << " on "
             << m_parameters.tap << ".\nFor this machine to reach it, as root:\n";
    for (const std::string& command : m_network.GetCommands())
    {
        m_stream << "  " << command << "\n";
    }
    m_log.Write("running in real time; Ctrl-C ends it");
}

void
Emulation::HandlePacket(Ptr<const Packet>)
{
    auto simulator = DynamicCast<RealtimeSimulatorImpl>(Simulator::GetImplementation());
    m_behind = Max(m_behind, simulator->RealtimeNow() - Simulator::Now());
    if (m_behind > Max(MilliSeconds(100), 2 * m_told))
    {
        m_told = m_behind;
        m_log.Write("behind real time by " + std::to_string(m_behind.GetMilliSeconds()) + " ms");
    }
}

void
Emulation::HandleHandshakeFailed(const tls::HandshakeFailed& failed, const Address& peer)
{
    m_log.Write("TLS handshake with " + ToText(peer) + " failed: " + failed.reason);
}

void
Emulation::Shutdown()
{
    if (!m_ending)
    {
        m_ending = true;
        m_role->Shutdown();
        Simulator::Stop(m_network.GetGrace());
    }
}

void
Emulation::Run()
{
    StopSignal signal([this] {
        Simulator::ScheduleWithContext(Simulator::NO_CONTEXT, Time(0), &Emulation::Shutdown, this);
    });
    PrintTitle();
    if (!m_parameters.duration.IsZero())
    {
        Simulator::Schedule(m_parameters.duration, &Emulation::Shutdown, this);
    }
    Simulator::Stop(Days(3650)); // the simulator waits for an event and would spin without one
    Simulator::Run();
    m_files.Commit();
    m_stream << "Ended: " << m_role->GetSummary() << "; at most " << m_behind.GetMilliSeconds()
             << " ms behind real time." << std::endl;
}

} // namespace ns3
