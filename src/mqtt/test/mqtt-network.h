// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/helper/mqtt-helper.h"
#include "mqtt/model/mqtt-broker.h"
#include "mqtt/model/mqtt-client.h"

#include "ns3/boolean.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/string.h"

namespace ns3
{

/// What the traces of one client said.
struct ClientRecord
{
    explicit ClientRecord(Ptr<MqttClient> client)
    {
        client->TraceConnectWithoutContext("Connected",
                                           MakeCallback(&ClientRecord::HandleConnected, this));
        client->TraceConnectWithoutContext("Disconnected",
                                           MakeCallback(&ClientRecord::HandleDisconnected, this));
        client->TraceConnectWithoutContext("Message",
                                           MakeCallback(&ClientRecord::HandleMessage, this));
        client->TraceConnectWithoutContext("Published",
                                           MakeCallback(&ClientRecord::HandlePublished, this));
        client->TraceConnectWithoutContext("Refused",
                                           MakeCallback(&ClientRecord::HandleRefused, this));
        client->TraceConnectWithoutContext("Redelivered",
                                           MakeCallback(&ClientRecord::HandleRedelivered, this));
    }

    void HandleConnected(bool sessionPresent)
    {
        sessionsPresent.push_back(sessionPresent);
    }

    void HandleDisconnected(std::string reason)
    {
        reasons.push_back(reason);
    }

    void HandleMessage(const mqtt::Message& message)
    {
        payloads.emplace_back(message.payload.begin(), message.payload.end());
    }

    void HandlePublished(uint64_t report)
    {
        published.push_back(report);
    }

    void HandleRefused(uint64_t report, std::string reason)
    {
        refused.push_back(report);
    }

    void HandleRedelivered(uint16_t packetId)
    {
        redelivered++;
    }

    std::vector<bool> sessionsPresent;
    std::vector<std::string> reasons;
    std::vector<std::string> payloads;
    std::vector<uint64_t> published;
    std::vector<uint64_t> refused;
    uint32_t redelivered{0};
};

/// A broker and clients, each on a link of its own.
class MqttNetwork
{
  public:
    MqttNetwork(uint32_t clients, bool ipv6, double loss)
    {
        RngSeedManager::SetRun(1);
        m_nodes.Create(clients + 1);
        InternetStackHelper internet;
        internet.Install(m_nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("250kbps"));
        link.SetChannelAttribute("Delay", StringValue("10ms"));
        for (uint32_t i = 1; i <= clients; i++)
        {
            NetDeviceContainer devices = link.Install(m_nodes.Get(0), m_nodes.Get(i));
            Address(devices, ipv6);
            for (uint32_t end : {0, 1})
            {
                auto errors = CreateObject<RateErrorModel>();
                errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
                errors->SetRate(loss);
                errors->AssignStreams(10 * i + end);
                devices.Get(end)->SetAttribute("ReceiveErrorModel", PointerValue(errors));
                m_errors.push_back(errors);
            }
            m_devices.Add(devices);
        }
        MqttBrokerHelper helper(GetAnyAddress(ipv6));
        m_broker = DynamicCast<MqttBroker>(helper.Install(m_nodes.Get(0)).Get(0));
        m_broker->TraceConnectWithoutContext("Message",
                                             MakeCallback(&MqttNetwork::HandleAccepted, this));
        m_broker->TraceConnectWithoutContext("SessionClosed",
                                             MakeCallback(&MqttNetwork::HandleSessionClosed, this));
    }

    ~MqttNetwork()
    {
        Simulator::Destroy();
    }

    /// The client on the link \p number, from 1 on, starting after duplicate address detection.
    Ptr<MqttClient> AddClient(uint32_t number,
                              bool cleanSession = false,
                              Time keepAlive = Seconds(60))
    {
        MqttClientHelper helper(m_addresses[number - 1]);
        helper.SetAttribute("ClientId", StringValue("c" + std::to_string(number)));
        helper.SetAttribute("CleanSession", BooleanValue(cleanSession));
        helper.SetAttribute("KeepAlive", TimeValue(keepAlive));
        ApplicationContainer clients = helper.Install(m_nodes.Get(number));
        clients.Start(Seconds(3));
        MqttClientHelper::AssignStreams(clients, 1000 + number);
        return DynamicCast<MqttClient>(clients.Get(0));
    }

    void SetLoss(double loss)
    {
        for (const Ptr<RateErrorModel>& errors : m_errors)
        {
            errors->SetRate(loss);
        }
    }

    void HandleAccepted(std::string clientId, const mqtt::Message& message)
    {
        m_accepted++;
    }

    void HandleSessionClosed(std::string clientId, std::string reason)
    {
        m_closed.push_back({Simulator::Now(), clientId, reason});
    }

    struct Closed
    {
        Time at;
        std::string clientId;
        std::string reason;
    };

    NodeContainer m_nodes;
    NetDeviceContainer m_devices;
    std::vector<Ptr<RateErrorModel>> m_errors;
    std::vector<ns3::Address> m_addresses; ///< the broker's, by link
    Ptr<MqttBroker> m_broker;
    uint32_t m_accepted{0};
    std::vector<Closed> m_closed;

  private:
    void Address(const NetDeviceContainer& devices, bool ipv6)
    {
        std::string number = std::to_string(m_addresses.size() + 1);
        if (ipv6)
        {
            Ipv6AddressHelper addresses;
            addresses.SetBase(Ipv6Address(("fd00:" + number + "::").c_str()), Ipv6Prefix(64));
            auto interfaces = addresses.Assign(devices);
            m_addresses.push_back(Inet6SocketAddress(interfaces.GetAddress(0, 1), 1883));
        }
        else
        {
            Ipv4AddressHelper addresses(("10.0." + number + ".0").c_str(), "255.255.255.0");
            auto interfaces = addresses.Assign(devices);
            m_addresses.push_back(InetSocketAddress(interfaces.GetAddress(0), 1883));
        }
    }

    static ns3::Address GetAnyAddress(bool ipv6)
    {
        return ipv6 ? ns3::Address(Inet6SocketAddress(Ipv6Address::GetAny(), 1883))
                    : ns3::Address(InetSocketAddress(Ipv4Address::GetAny(), 1883));
    }
};

inline void
PublishText(Ptr<MqttClient> client, std::string text, uint8_t qos, uint64_t report)
{
    client->Publish({"t", sansio::Bytes(text.begin(), text.end()), qos}, report);
}

} // namespace ns3
