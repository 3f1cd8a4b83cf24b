// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/coap-sensor.h"

#include "iot-scenario/model/scenario-parameters.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{

namespace
{

// Between the streams of a sensor's sessions, beyond those of all other parts of a run.
constexpr int64_t STREAMS_OF_A_SESSION = 1000000;

} // namespace

void
AddContentFormat(const PayloadCodec& codec, coap::Options& options)
{
    if (const auto format = codec.GetFormat().contentFormat)
    {
        options.AddUint(coap::OptionNumber::ContentFormat, *format);
    }
}

bool
IsRefused(const CoapResult& result)
{
    return result.failure == coap::Failure::LimitReached ||
           result.failure == coap::Failure::NotStarted;
}

CoapSensor::CoapSensor(const ScenarioParameters& parameters,
                       const StackObserver& observer,
                       uint32_t sensor,
                       Maker maker)
    : m_parameters(parameters),
      m_observer(observer),
      m_codec(parameters.MakePayloadCodec()),
      m_sensor(sensor),
      m_maker(std::move(maker))
{
}

void
CoapSensor::Begin(Time delay)
{
    Open(delay);
}

void
CoapSensor::Open(Time delay)
{
    m_client = m_maker(delay);
    m_client->TraceConnectWithoutContext(
        "Connected",
        Callback<void, bool>(
            [this, session = m_session](bool success) { HandleConnected(session, success); }));
    m_client->TraceConnectWithoutContext(
        "Retransmitted",
        Callback<void, uint16_t, uint8_t, uint64_t>(
            [this](uint16_t, uint8_t, uint64_t report) { HandleRetransmitted(report); }));
    if (!m_parameters.sessionLength.IsZero())
    {
        const Time end = delay + m_parameters.sessionLength;
        m_client->SetStopTime(end + Seconds(PAUSE));
        Simulator::Schedule(end, &CoapSensor::Pause, this);
        Simulator::Schedule(end + Seconds(PAUSE), &CoapSensor::Renew, this);
    }
}

void
CoapSensor::Pause()
{
    m_paused = true;
}

void
CoapSensor::Renew()
{
    m_observer.broken(m_sensor);
    m_peakMemory = GetPeakMemory();
    m_ready = false;
    m_repeated.clear();
    m_session++;
    Open(Seconds(0));
    m_client->AssignStreams(m_stream + m_session * STREAMS_OF_A_SESSION);
    // The client starts at this instant, in an event of its own.
    Simulator::Schedule(TimeStep(1), &CoapSensor::Resume, this);
}

void
CoapSensor::Resume()
{
    m_paused = false;
    for (const Report& report : std::exchange(m_waiting, {}))
    {
        Request(report);
    }
}

void
CoapSensor::HandleConnected(uint32_t session, bool success)
{
    if (session != m_session)
    {
        return;
    }
    (success ? m_observer.ready : m_observer.broken)(m_sensor);
    m_ready = success;
    for (uint64_t report : std::exchange(m_repeated, {}))
    {
        if (success)
        {
            m_observer.retransmitted(report);
        }
    }
}

void
CoapSensor::HandleRetransmitted(uint64_t report)
{
    if (m_ready)
    {
        m_observer.retransmitted(report);
    }
    else
    {
        m_repeated.push_back(report);
    }
}

void
CoapSensor::Send(const Report& report)
{
    if (m_paused)
    {
        m_waiting.push_back(report);
    }
    else
    {
        Request(report);
    }
}

void
CoapSensor::Request(const Report& report)
{
    coap::Request request(coap::Code::Put, GetReportPath(m_sensor), m_codec.Encode(report));
    AddContentFormat(m_codec, request.options);
    request.confirmable = m_parameters.confirmable;
    m_client->Request(
        request,
        [this, id = report.GetId()](const CoapResult& result) {
            if (IsRefused(result))
            {
                m_observer.refused(id);
            }
        },
        report.GetId());
}

int64_t
CoapSensor::AssignStreams(int64_t stream)
{
    m_stream = stream;
    return m_client->AssignStreams(stream);
}

uint64_t
CoapSensor::GetPeakMemory() const
{
    return std::max(m_peakMemory, m_client->GetPeakMemory());
}

} // namespace ns3
