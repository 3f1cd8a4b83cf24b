// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/attack-parameters.h"
#include "iot-scenario/model/auth-parameters.h"
#include "iot-scenario/model/payload-codec.h"
#include "sans-io/model/parameter-table.h"

#include "ns3/nstime.h"

#include <string>

namespace ns3
{

/// What carries the bytes of a stack, by its URI scheme name.
struct StackInfo
{
    std::string scheme;
    std::string protocol; ///< "mqtt", "coap" or "raw"
    bool stream{false};   ///< TCP below, otherwise UDP
    bool secure{false};   ///< TLS or DTLS in between
    uint16_t port{0};     ///< of the service
};

/// The rows of the stack table, in the order of the figures.
const std::vector<StackInfo>& GetStackTable();

/**
 * The parameters of one simulation run, with the defaults of the comparison. The help text of
 * each is in AddTo(); units are SI.
 */
struct ScenarioParameters
{
    std::string stack{"mqtt"};
    std::string tlsVersion{"1.2"};
    std::string credential{"psk"};
    std::string certificate;  ///< of the host; empty: one is made, as are key and trust anchor
    std::string privateKey;   ///< of the host
    std::string trustAnchors; ///< of the sensors and collectors
    std::string tlsProfile{"lean"};
    std::string mqttVersion{"3.1.1"};
    uint32_t topicAliases{1}; ///< of a sensor, with MQTT 5
    uint32_t qos{1};
    bool confirmable{true};
    std::string pattern{"push"};
    std::string typeFilter;    ///< of the collectors; empty: none
    std::string contentFilter; ///< of the collectors; empty: none
    std::string user;          ///< of the sensors at the broker; empty: none
    std::string password;      ///< empty: none
    Time keepAlive{Seconds(0)};
    Time startSpread{Seconds(START_SPREAD)};
    bool apart{false};              ///< publishers and subscribers are never online together
    Time sessionLength{Seconds(0)}; ///< of a sensor's session; 0: the whole run

    uint32_t nodes{10};
    uint32_t collectors{1};
    std::string payloadFormat{"binary"};
    uint32_t payload{32}; ///< bytes, of a binary one
    Time interval{Seconds(10)};
    uint32_t reports{60};
    Time duration{Seconds(0)};
    std::string arrivals{"periodic"};
    Time deadline{Seconds(10)};

    double loss{0};
    uint32_t macRetries{3};
    std::string radio{"sleepy"};
    Time pollPeriod{Seconds(2)};
    bool neighborDiscovery{false};
    std::string tcp{"lln"};
    Time wiredDelay{MilliSeconds(20)};
    std::string device{"nrf52840-software"};
    std::string hostDevice{"server"};
    uint32_t hostDescriptors{DESCRIPTORS};
    uint32_t dropFrame{0};
    AttackParameters attacks;
    AuthParameters auth;

    static constexpr double START_SPREAD = 10;       ///< seconds
    static constexpr double WARM_UP = 60;            ///< seconds before the window
    static constexpr double DRAIN = 100;             ///< seconds after the window
    static constexpr uint32_t MAX_REPORTS = 1000000; ///< of a sensor
    static constexpr uint32_t DESCRIPTORS = 1024;    ///< Linux's default for a process
    static constexpr uint32_t DESCRIPTORS_USED = 9;  ///< by a broker before its first client

    std::string json;
    std::string pcap;
    std::string keylog;
    std::string events;

    /// Makes every parameter one of the command line.
    void AddTo(ParameterTable& table);

    /// Refuses the attributes that these parameters, or the scenario itself, set anyway.
    static void Reserve(ParameterTable& table);

    /// Refuses parameters where the others leave them without effect.
    static void TellWhereTheyCount(ParameterTable& table);
    static void TellWhereAttributesCount(ParameterTable& table);

    /// What no single parameter can check: combinations. Throws ParameterError.
    void CheckTogether() const;

    const StackInfo& GetStack() const;

    /// Reports are commands to the sensors.
    bool IsCommand() const;

    /// Collectors want some of the reports only.
    bool HasFilter() const;

    /// CoAP servers are on the sensors, and the host is their client.
    bool AreSensorsServers() const;

    /// Seconds from 1970 to simulated time 0: what SecureSocketFactory::StartDate says, for
    /// certificates, tokens and times in payloads alike.
    static int64_t GetStartDate();

    /// How reports become payloads; times count from GetStartDate().
    PayloadCodec MakePayloadCodec() const;

    /// Keep Alive of the honest clients: where the broker bounds it, one that asks for none would
    /// be refused, so they ask for what it allows by default.
    Time GetKeepAlive() const;

    /// The most clients that a service on the host can have over TCP at a time.
    uint32_t GetMaxConnections() const;

    /// Reports per sensor: --reports, or what fits --duration.
    uint32_t GetReportCount() const;

  private:
    void CheckTimes() const;
    void CheckLength() const;
    void CheckCommand() const;
    void CheckApart() const;
    void CheckFilter() const;
};

} // namespace ns3
