// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-scenario/model/auth-parameters.h"
#include "iot-scenario/model/emulation-address.h"
#include "sans-io/model/parameter-table.h"

#include "ns3/type-id.h"

#include <optional>

namespace ns3
{

/// What can be set about an emulation, with its defaults; times are ns-3 times.
struct EmulationParameters
{
    std::string role{"mqtt-broker"};
    std::string tap{"iot0"};
    std::string address; ///< of the simulation's end of the TAP device
    std::string behind{"nothing"};
    Time wiredDelay{MilliSeconds(20)};
    double loss{0};
    std::string radio{"always-on"};
    std::string tcp{"fitting"};
    Time duration{0};

    uint32_t port{0};
    std::string version{"fitting"};
    bool tls{false};
    std::string tlsVersion{"1.2"};
    std::string cert;
    std::string key;
    std::string ca;
    std::string psk;
    AuthParameters auth; ///< of clients that make their credentials themselves

    std::string broker; ///< whom the sensors report to
    uint32_t nodes{3};
    uint32_t reports{0};
    Time interval{Seconds(10)};
    std::string payloadFormat{"binary"};
    uint32_t payload{32};
    bool payloadGiven{false};
    uint32_t qos{1};
    std::string user;
    std::string password;

    std::string pcap;
    std::string keylog;

    /**
     * Words that ns-3's command line would take for others: --version=X becomes --mqttVersion=X,
     * --attribute=NAME=VALUE the attribute of the role's application.
     * \throw ParameterError for what no emulation has: attacks, faults and defences
     */
    static std::vector<std::string> Translate(int argc, char* argv[]);

    /// Adds all of them to the table; the values follow on ParameterTable::Parse().
    void AddTo(ParameterTable& table);

    /// Refuses combinations that make no sense. \throw ParameterError
    void CheckTogether() const;

    bool IsBroker() const;
    EmulationAddress GetAddress() const;
    uint16_t GetPort() const;

    /// The broker of the machine that the sensors report to: at its end of the TAP device, where
    /// none is named.
    EmulationAddress GetBroker() const;

    /// 4 or 5; 0 where a broker speaks both.
    uint8_t GetProtocolLevel() const;

    /// The name of the TCP settings.
    std::string GetTcpProfile() const;

  private:
    void AddLinks(ParameterTable& table);
    void AddSecurity(ParameterTable& table);
    void AddAuth(ParameterTable& table);
    void AddSensors(ParameterTable& table);
    static void Reserve(ParameterTable& table);
    void CheckTls() const;
    void CheckAuth() const;
};

} // namespace ns3
