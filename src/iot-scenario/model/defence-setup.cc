// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/defence-setup.h"

#include "coap/model/coap-server.h"
#include "iot-device/model/host-tcp-socket-factory.h"
#include "mqtt/model/mqtt-broker.h"
#include "tls/model/dtls-socket-factory.h"
#include "tls/model/tls-socket-factory.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <map>
#include <set>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(DefenceSetup);

namespace
{

/// A defence, and the stacks that have what it sets.
struct DefenceInfo
{
    std::string name;
    std::vector<std::string> stacks;
};

const std::vector<DefenceInfo>&
GetDefenceTable()
{
    static const std::vector<DefenceInfo> TABLE{
        {"cookie", {"coaps"}},
        {"connect-timeout", {"mqtt", "mqtts"}},
        {"handshake-timeout", {"mqtts"}},
        {"keep-alive-bound", {"mqtt", "mqtts"}},
        {"half-open-eviction", {"mqtt", "mqtts", "tcp"}},
        {"address-limit", {"mqtt", "mqtts", "tcp"}},
        {"connection-rate", {"mqtt", "mqtts", "tcp"}},
        {"request-rate", {"mqtt", "mqtts", "coap", "coaps"}},
    };
    return TABLE;
}

} // namespace

TypeId
DefenceSetup::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DefenceSetup")
            .SetParent<Object>()
            .SetGroupName("IotScenario")
            .AddConstructor<DefenceSetup>()
            .AddAttribute("ConnectTimeout",
                          "connect-timeout: how long a connection may be open without a CONNECT.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&DefenceSetup::m_connectTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("HandshakeTimeout",
                          "handshake-timeout: how long a TLS handshake may take.",
                          TimeValue(Seconds(180)),
                          MakeTimeAccessor(&DefenceSetup::m_handshakeTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("KeepAliveBound",
                          "keep-alive-bound: the most Keep Alive of a CONNECT, whole seconds.",
                          TimeValue(Seconds(120)),
                          MakeTimeAccessor(&DefenceSetup::m_keepAliveBound),
                          MakeTimeChecker(Seconds(1), Seconds(65535)))
            .AddAttribute("ConnectionsPerAddress",
                          "address-limit: the most TCP connections of one address.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&DefenceSetup::m_connectionsPerAddress),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("ConnectionRate",
                          "connection-rate: new TCP connections per second of one address.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&DefenceSetup::m_connectionRate),
                          MakeDoubleChecker<double>(1e-6))
            .AddAttribute("ConnectionBurst",
                          "connection-rate: new TCP connections of one address at once.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&DefenceSetup::m_connectionBurst),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("RequestRate",
                          "request-rate: reports or requests per second of one sender.",
                          DoubleValue(2),
                          MakeDoubleAccessor(&DefenceSetup::m_requestRate),
                          MakeDoubleChecker<double>(1e-6))
            .AddAttribute("RequestBurst",
                          "request-rate: reports or requests of one sender at once. A collector "
                          "that observes every sensor asks for all of them at once.",
                          UintegerValue(256),
                          MakeUintegerAccessor(&DefenceSetup::m_requestBurst),
                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

DefenceSetup::DefenceSetup() = default;

DefenceSetup::~DefenceSetup() = default;

std::vector<std::string>
DefenceSetup::GetNames()
{
    std::vector<std::string> names;
    for (const DefenceInfo& row : GetDefenceTable())
    {
        names.push_back(row.name);
    }
    return names;
}

const std::vector<std::string>&
DefenceSetup::GetStacks(const std::string& name)
{
    const auto& table = GetDefenceTable();
    return std::find_if(table.begin(),
                        table.end(),
                        [&](const DefenceInfo& row) { return row.name == name; })
        ->stacks;
}

Time
DefenceSetup::GetKeepAliveBound()
{
    return CreateObject<DefenceSetup>()->m_keepAliveBound;
}

void
DefenceSetup::SetNames(std::vector<std::string> names)
{
    m_names = std::move(names);
}

bool
DefenceSetup::Has(const std::string& name) const
{
    return std::find(m_names.begin(), m_names.end(), name) != m_names.end();
}

void
DefenceSetup::ApplyTo(Ptr<Object> part) const
{
    ApplyToSockets(part);
    ApplyToServices(part);
}

void
DefenceSetup::ApplyToSockets(Ptr<Object> part) const
{
    if (auto dtls = DynamicCast<DtlsSocketFactory>(part))
    {
        dtls->SetAttribute("CookieExchange", BooleanValue(Has("cookie")));
    }
    auto tls = DynamicCast<TlsSocketFactory>(part);
    if (tls && Has("handshake-timeout"))
    {
        tls->SetAttribute("HandshakeTimeout", TimeValue(m_handshakeTimeout));
    }
    auto tcp = DynamicCast<HostTcpSocketFactory>(part);
    if (tcp && Has("half-open-eviction"))
    {
        tcp->SetAttribute("EvictOldest", BooleanValue(true));
    }
    if (tcp && Has("address-limit"))
    {
        tcp->SetAttribute("MaxConnectionsPerAddress", UintegerValue(m_connectionsPerAddress));
    }
    if (tcp && Has("connection-rate"))
    {
        tcp->SetAttribute("ConnectionRatePerAddress", DoubleValue(m_connectionRate));
        tcp->SetAttribute("ConnectionBurstPerAddress", UintegerValue(m_connectionBurst));
    }
}

void
DefenceSetup::ApplyToServices(Ptr<Object> part) const
{
    auto broker = DynamicCast<MqttBroker>(part);
    if (broker && Has("connect-timeout"))
    {
        broker->SetAttribute("ConnectTimeout", TimeValue(m_connectTimeout));
    }
    if (broker && Has("keep-alive-bound"))
    {
        broker->SetAttribute("MaxKeepAlive", TimeValue(m_keepAliveBound));
    }
    if (broker && Has("request-rate"))
    {
        broker->SetAttribute("MaxPublishRate", DoubleValue(m_requestRate));
        broker->SetAttribute("PublishBurst", UintegerValue(m_requestBurst));
    }
    auto server = DynamicCast<CoapServer>(part);
    if (server && Has("request-rate"))
    {
        server->SetAttribute("MaxRequestRate", DoubleValue(m_requestRate));
        server->SetAttribute("RequestBurst", UintegerValue(m_requestBurst));
    }
}

Time
DefenceSetup::GetAgeAtRefusal(const std::string& text) const
{
    if (!IsRefusal(text))
    {
        return Time(0);
    }
    return text == "mqtt connect-timeout"      ? m_connectTimeout
           : text == "tls handshake timed out" ? m_handshakeTimeout
                                               : Time(0);
}

bool
DefenceSetup::IsRefusal(const std::string& text) const
{
    static const std::set<std::string> BOUNDS{"dtls half-open",
                                              "dtls sessions",
                                              "dtls per-address",
                                              "dtls rate",
                                              "dtls handshake-evicted",
                                              "dtls session-evicted",
                                              "tcp evicted",
                                              "tcp per-address",
                                              "tcp rate",
                                              "tls half-open",
                                              "tls sessions",
                                              "tls evicted"};
    static const std::multimap<std::string, std::string> BY{
        {"connect-timeout", "mqtt connect-timeout"},
        {"handshake-timeout", "tls handshake timed out"},
        {"keep-alive-bound", "mqtt keep-alive"},
        {"request-rate", "mqtt publish-rate"},
        {"request-rate", "coap request-rate"},
    };
    return BOUNDS.count(text) > 0 || std::any_of(BY.begin(), BY.end(), [&](const auto& row) {
               return Has(row.first) && row.second == text;
           });
}

} // namespace ns3
