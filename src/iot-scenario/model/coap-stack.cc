// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/coap-stack.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/simulator.h"

namespace ns3
{

CoapStack::CoapStack(const ScenarioParameters& parameters,
                     TypeId factory,
                     const StackObserver& observer)
    : m_parameters(parameters),
      m_factory(factory),
      m_observer(observer),
      m_codec(parameters.MakePayloadCodec()),
      m_port(parameters.GetStack().port),
      m_latest(parameters.nodes),
      m_own(parameters.nodes)
{
}

void
CoapStack::Install(const Places& places, const std::vector<Time>& starts)
{
    if (!m_parameters.IsCommand())
    {
        InstallHost(places);
        InstallCollectors(places);
    }
    for (uint32_t sensor = 0; sensor < places.sensors.GetN(); sensor++)
    {
        if (m_parameters.IsCommand())
        {
            InstallActuator(sensor, places, starts[sensor]);
        }
        else if (m_parameters.pattern == "observe")
        {
            InstallObservedSensor(sensor, places, starts[sensor]);
        }
        else
        {
            InstallPushingSensor(sensor, places, starts[sensor]);
        }
    }
}

Ptr<CoapServer>
CoapStack::MakeServer(Ptr<Node> node, const Ipv6Address& address, Time start)
{
    auto server = CreateObject<CoapServer>();
    server->SetAttribute("Protocol", TypeIdValue(m_factory));
    server->SetAttribute("Local", AddressValue(Inet6SocketAddress(address, m_port)));
    server->SetStartTime(start);
    node->AddApplication(server);
    return server;
}

Ptr<CoapClient>
CoapStack::MakeClient(Ptr<Node> node, const Address& server, Time start)
{
    auto client = CreateObject<CoapClient>();
    client->SetAttribute("Protocol", TypeIdValue(m_factory));
    client->SetAttribute("Remote", AddressValue(server));
    client->SetStartTime(start);
    node->AddApplication(client);
    return client;
}

coap::Resource
CoapStack::MakeResource(uint32_t sensor) const
{
    coap::Resource resource;
    resource.path = GetReportPath(sensor);
    resource.methods = {coap::Code::Get, coap::Code::Put};
    resource.observable = true;
    resource.confirmableNotifications = m_parameters.confirmable;
    return resource;
}

coap::Response
CoapStack::MakeContent(const Latest& latest) const
{
    coap::Response response(coap::Code::Content, latest.payload);
    if (!latest.payload.empty())
    {
        AddContentFormat(m_codec, response.options);
    }
    response.report = latest.report;
    return response;
}

void
CoapStack::InstallHost(const Places& places)
{
    m_host = MakeServer(places.host, places.hostAddress, Seconds(0));
    for (uint32_t sensor = 0; sensor < places.sensors.GetN(); sensor++)
    {
        m_host->AddResource(
            MakeResource(sensor),
            [this, sensor](const CoapRequestContext&, const coap::Request& request) {
                if (request.method == coap::Code::Put)
                {
                    Serve(sensor, request.payload);
                    return coap::Response(coap::Code::Changed);
                }
                return MakeContent(m_latest[sensor]);
            });
    }
}

void
CoapStack::Serve(uint32_t sensor, const sansio::Bytes& payload)
{
    if (auto report = m_codec.Decode(payload))
    {
        m_observer.served(report->GetId());
        m_latest[sensor] = {payload, report->GetId()};
        m_host->Notify(GetReportPath(sensor));
    }
}

void
CoapStack::InstallCollectors(const Places& places)
{
    const Address host = Inet6SocketAddress(places.hostAddress, m_port);
    const Time start = m_parting ? *m_parting + Seconds(AWAY) : Seconds(0);
    for (uint32_t i = 0; i < places.collectors.GetN(); i++)
    {
        auto collector = MakeClient(places.collectors.Get(i), host, start);
        Simulator::Schedule(start + Seconds(1), [this, collector, i] {
            for (uint32_t sensor = 0; sensor < m_parameters.nodes; sensor++)
            {
                collector->Observe(GetReportPath(sensor), [this, i](const CoapResult& result) {
                    auto report =
                        result.response ? m_codec.Decode(result.response->payload) : std::nullopt;
                    if (report)
                    {
                        m_observer.collected(i, report->GetId());
                    }
                });
            }
        });
        m_collectors.push_back(collector);
    }
}

void
CoapStack::InstallPushingSensor(uint32_t sensor, const Places& places, Time start)
{
    const Address host = Inet6SocketAddress(places.hostAddress, m_port);
    Ptr<Node> node = places.sensors.Get(sensor);
    m_pushing.push_back(std::make_unique<CoapSensor>(
        m_parameters,
        m_observer,
        sensor,
        [this, node, host](Time delay) { return MakeClient(node, host, delay); }));
    m_pushing.back()->Begin(start);
}

void
CoapStack::InstallObservedSensor(uint32_t sensor, const Places& places, Time start)
{
    auto server = MakeServer(places.sensors.Get(sensor), places.sensorAddresses[sensor], start);
    server->AddResource(MakeResource(sensor),
                        [this, sensor](const CoapRequestContext&, const coap::Request&) {
                            return MakeContent(m_own[sensor]);
                        });
    server->TraceConnectWithoutContext(
        "ObserverChanged",
        Callback<void, const sansio::PeerAddress&, std::string, bool>(
            [this, sensor](const sansio::PeerAddress&, std::string, bool added) {
                (added ? m_observer.ready : m_observer.broken)(sensor);
            }));
    server->TraceConnectWithoutContext(
        "Retransmitted",
        Callback<void, uint16_t, uint8_t, uint64_t>(
            [this](uint16_t, uint8_t, uint64_t report) { m_observer.retransmitted(report); }));
    m_serving.push_back(server);

    const Address address = LetHostAsk(sensor, places);
    // The host learns of a sensor when it comes up; here it asks a little later.
    Simulator::Schedule(start + Seconds(1), [this, sensor, address] {
        m_hostClient->RequestTo(address,
                                coap::Request::MakeObserve(GetReportPath(sensor)),
                                [this, sensor](const CoapResult& result) {
                                    if (result.response)
                                    {
                                        Serve(sensor, result.response->payload);
                                    }
                                });
    });
}

Address
CoapStack::LetHostAsk(uint32_t sensor, const Places& places)
{
    const Address address = Inet6SocketAddress(places.sensorAddresses[sensor], m_port);
    m_addresses.push_back(address);
    if (!m_hostClient)
    {
        m_hostClient = MakeClient(places.host, address, Seconds(0));
        m_hostClient->TraceConnectWithoutContext(
            "Retransmitted",
            Callback<void, uint16_t, uint8_t, uint64_t>(
                [this](uint16_t, uint8_t, uint64_t report) { HandleHostRepeats(report); }));
    }
    return address;
}

void
CoapStack::HandleHostRepeats(uint64_t command)
{
    if (command != 0) // a registration or a question after the state is none
    {
        m_observer.retransmitted(command);
    }
}

void
CoapStack::InstallActuator(uint32_t sensor, const Places& places, Time start)
{
    auto server = MakeServer(places.sensors.Get(sensor), places.sensorAddresses[sensor], start);
    coap::Resource resource(GetCommandPath(sensor));
    resource.methods = {coap::Code::Get, coap::Code::Put};
    server->AddResource(resource, [this](const CoapRequestContext&, const coap::Request& request) {
        if (request.method == coap::Code::Get)
        {
            return coap::Response(coap::Code::Content);
        }
        if (auto command = m_codec.Decode(request.payload))
        {
            m_observer.served(command->GetId());
            m_observer.collected(0, command->GetId());
        }
        return coap::Response(coap::Code::Changed);
    });
    m_serving.push_back(server);
    // The host learns of an actuator when it comes up; here it asks for its state a little later.
    const Address address = LetHostAsk(sensor, places);
    Simulator::Schedule(start + Seconds(1), [this, sensor, address] {
        m_hostClient->RequestTo(address,
                                coap::Request(coap::Code::Get, GetCommandPath(sensor)),
                                [this, sensor](const CoapResult& result) {
                                    (result.response ? m_observer.ready
                                                     : m_observer.broken)(sensor);
                                });
    });
}

void
CoapStack::SendCommand(const Report& command)
{
    coap::Request request(coap::Code::Put, GetCommandPath(command.sensor), m_codec.Encode(command));
    AddContentFormat(m_codec, request.options);
    request.confirmable = m_parameters.confirmable;
    m_hostClient->RequestTo(
        m_addresses[command.sensor],
        request,
        [this, id = command.GetId()](const CoapResult& result) {
            if (IsRefused(result))
            {
                m_observer.refused(id);
            }
        },
        command.GetId());
}

void
CoapStack::Send(const Report& report)
{
    if (m_parameters.IsCommand())
    {
        SendCommand(report);
        return;
    }
    if (m_parameters.pattern == "observe")
    {
        m_own[report.sensor] = {m_codec.Encode(report), report.GetId()};
        m_serving[report.sensor]->Notify(GetReportPath(report.sensor));
        return;
    }
    m_pushing[report.sensor]->Send(report);
}

int64_t
CoapStack::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    if (m_host)
    {
        stream += m_host->AssignStreams(stream);
    }
    for (const auto& sensor : m_pushing)
    {
        stream += sensor->AssignStreams(stream);
    }
    for (const auto& server : m_serving)
    {
        stream += server->AssignStreams(stream);
    }
    for (const auto& collector : m_collectors)
    {
        stream += collector->AssignStreams(stream);
    }
    if (m_hostClient)
    {
        stream += m_hostClient->AssignStreams(stream);
    }
    return stream - first;
}

uint64_t
CoapStack::GetSensorMemory(uint32_t sensor) const
{
    return m_serving.empty() ? m_pushing[sensor]->GetPeakMemory()
                             : m_serving[sensor]->GetPeakMemory();
}

uint64_t
CoapStack::GetServiceMemory() const
{
    return (m_host ? m_host->GetPeakMemory() : 0) +
           (m_hostClient ? m_hostClient->GetPeakMemory() : 0);
}

} // namespace ns3
