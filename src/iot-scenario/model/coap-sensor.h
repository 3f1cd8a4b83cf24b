// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/model/coap-client.h"
#include "iot-scenario/model/stack.h"

namespace ns3
{

/// Says of what form the payload is, where it has a number (RFC 7252 section 5.10.3).
void AddContentFormat(const PayloadCodec& codec, coap::Options& options);

/// Whether the sender itself did not take a request.
bool IsRefused(const CoapResult& result);

/**
 * A sensor that pushes its reports by PUT. Over DTLS it has one session for the whole run or, with
 * --sessionLength, ends each after that time and begins the next a second later, for what is under
 * way to come to its end; what it has to report in that second waits.
 */
class CoapSensor
{
  public:
    /// Makes a CoAP client on the sensor that starts after \p delay, or a new one at run time.
    using Maker = std::function<Ptr<CoapClient>(Time delay)>;

    /// \param parameters \param observer outlive the sensor
    CoapSensor(const ScenarioParameters& parameters,
               const StackObserver& observer,
               uint32_t sensor,
               Maker maker);
    CoapSensor(const CoapSensor&) = delete;
    CoapSensor& operator=(const CoapSensor&) = delete;

    /// Begins the first session after \p delay; before the simulation runs.
    void Begin(Time delay);

    void Send(const Report& report);

    /// Fixes the random streams; \return how many were used.
    int64_t AssignStreams(int64_t stream);

    uint64_t GetPeakMemory() const;

    static constexpr double PAUSE = 1; ///< seconds from the end of a session to the next

  private:
    void Open(Time delay);
    void Pause();
    void Renew();
    void Resume();
    void HandleConnected(uint32_t session, bool success);
    void HandleRetransmitted(uint64_t report);
    void Request(const Report& report);

    const ScenarioParameters& m_parameters;
    const StackObserver& m_observer;
    PayloadCodec m_codec;
    uint32_t m_sensor;
    Maker m_maker;
    Ptr<CoapClient> m_client; ///< of the session that lasts
    uint32_t m_session{0};    ///< how many there were before it
    int64_t m_stream{0};
    uint64_t m_peakMemory{0}; ///< of the sessions before
    bool m_paused{false};
    std::vector<Report> m_waiting; ///< while paused
    /// What is repeated while the handshake lasts waits for its end, and is never sent where that
    /// fails.
    bool m_ready{false};
    std::vector<uint64_t> m_repeated; ///< reports
};

} // namespace ns3
