// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/model/device-manager.h"

#include "crypto/protocol/scope.h"
#include "sans-io/model/release-later.h"
#include "sans-io/model/text-file.h"

#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <unistd.h>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("DeviceManager");
NS_OBJECT_ENSURE_REGISTERED(DeviceManager);

TypeId
DeviceManager::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DeviceManager")
            .SetParent<Application>()
            .SetGroupName("IotAuth")
            .AddConstructor<DeviceManager>()
            .AddAttribute("Protocol",
                          "The factory of the stream sockets to use.",
                          StringValue("ns3::TcpSocketFactory"),
                          MakeTypeIdAccessor(&DeviceManager::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Local",
                          "The address and port to listen on, IPv4 or IPv6.",
                          AddressValue(InetSocketAddress(Ipv4Address::GetAny(), 8080)),
                          MakeAddressAccessor(&DeviceManager::m_local),
                          MakeAddressChecker())
            .AddAttribute("ApiKey",
                          "What a request has to name; empty: anybody may create devices.",
                          StringValue(""),
                          MakeStringAccessor(&DeviceManager::m_apiKey),
                          MakeStringChecker())
            .AddAttribute("RegistryFile",
                          "JSON file of the devices: read at the start where it is there, written "
                          "after each device. Empty: none.",
                          StringValue(""),
                          MakeStringAccessor(&DeviceManager::m_file),
                          MakeStringChecker())
            .AddAttribute("MaxConnections",
                          "Open connections; a further one is closed at once.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&DeviceManager::m_connections),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("MaxRequestSize",
                          "Bytes of a request; a longer one is a bad request.",
                          UintegerValue(8192),
                          MakeUintegerAccessor(&DeviceManager::m_requestSize),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("RequestTimeout",
                          "How long a connection may be open without a complete request; then it "
                          "is closed.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&DeviceManager::m_timeout),
                          MakeTimeChecker(Time(1)))
            .AddTraceSource("Answered",
                            "A request was answered: name of the device and result.",
                            MakeTraceSourceAccessor(&DeviceManager::m_answeredTrace),
                            "ns3::DeviceManager::AnsweredCallback")
            .AddTraceSource("LimitReached",
                            "A bound acted: connections, request-size or request-timeout.",
                            MakeTraceSourceAccessor(&DeviceManager::m_limitTrace),
                            "ns3::DeviceManager::LimitReachedCallback");
    return tid;
}

DeviceManager::DeviceManager()
    : m_registry(std::make_shared<auth::DeviceRegistry>())
{
    NS_LOG_FUNCTION(this);
}

DeviceManager::~DeviceManager()
{
    NS_LOG_FUNCTION(this);
}

void
DeviceManager::SetRegistry(std::shared_ptr<auth::DeviceRegistry> registry)
{
    m_registry = std::move(registry);
}

std::shared_ptr<const auth::DeviceRegistry>
DeviceManager::GetRegistry() const
{
    return m_registry;
}

void
DeviceManager::DoDispose()
{
    m_open.clear();
    m_listener = nullptr;
    Application::DoDispose();
}

void
DeviceManager::StartApplication()
{
    if (!m_file.empty() && access(m_file.c_str(), F_OK) == 0)
    {
        crypto::Scope scope(0, m_random, nullptr);
        std::string error = m_registry->Read(ReadTextFile(m_file));
        if (!error.empty())
        {
            throw std::runtime_error(m_file + ": " + error);
        }
    }
    m_listener = Socket::CreateSocket(GetNode(), m_protocol);
    if (m_listener->Bind(m_local) != 0 || m_listener->Listen() != 0)
    {
        NS_FATAL_ERROR("DeviceManager cannot listen on its Local address");
    }
    m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeCallback(&DeviceManager::HandleAccepted, this));
}

void
DeviceManager::StopApplication()
{
    if (m_listener)
    {
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeNullCallback<void, Ptr<Socket>, const Address&>());
        m_listener->Close();
        m_listener = nullptr;
        while (!m_open.empty())
        {
            m_open.begin()->second.port->Close();
            Release(m_open.begin()->first);
        }
    }
}

void
DeviceManager::HandleAccepted(Ptr<Socket> socket, const Address& from)
{
    if (m_open.size() >= m_connections)
    {
        m_limitTrace("connections");
        socket->Close();
        return;
    }
    const uint64_t id = ++m_last;
    auto port = std::make_shared<StreamPort>(
        socket,
        [this, id](sansio::ByteView bytes) { HandleBytes(id, bytes); },
        [this, id] { Close(id); },
        [this, id] {
            if (m_open.count(id) && !m_open.at(id).timeout.IsRunning())
            {
                Release(id); // the answer has left
            }
        });
    EventId timeout = Simulator::Schedule(m_timeout, &DeviceManager::HandleTimeout, this, id);
    m_open.emplace(id, Connection{port, auth::LineReader(m_requestSize), timeout});
    port->ReadAvailable();
}

void
DeviceManager::HandleBytes(uint64_t id, sansio::ByteView bytes)
{
    auto open = m_open.find(id);
    if (open == m_open.end() || !open->second.timeout.IsRunning())
    {
        return; // it was answered
    }
    if (!open->second.reader.Add(bytes))
    {
        m_limitTrace("request-size");
        Answer(id, {"bad request", ""});
        return;
    }
    if (auto line = open->second.reader.Next())
    {
        auth::CreateAnswer answer;
        {
            crypto::Scope scope(0, m_random, nullptr);
            answer = auth::HandleRequest(*line, *m_registry, m_apiKey);
        }
        if (answer.IsCreated() && !m_file.empty())
        {
            WriteTextFile(m_file, m_registry->Write());
        }
        Answer(id, answer);
    }
}

void
DeviceManager::HandleTimeout(uint64_t id)
{
    m_limitTrace("request-timeout");
    Close(id);
}

void
DeviceManager::Answer(uint64_t id, const auth::CreateAnswer& answer)
{
    m_answeredTrace(answer.name, answer.result);
    const std::string message = auth::WriteMessage(answer);
    Connection& connection = m_open.at(id);
    connection.timeout.Cancel();
    const sansio::Provenance provenance{sansio::Layer::Application};
    connection.port->Send({sansio::ByteView(std::string_view(message)), provenance});
    Close(id);
}

void
DeviceManager::Close(uint64_t id)
{
    auto open = m_open.find(id);
    if (open != m_open.end())
    {
        open->second.timeout.Cancel();
        open->second.port->Close();
        if (open->second.port->GetWaiting() == 0)
        {
            Release(id);
        }
    }
}

void
DeviceManager::Release(uint64_t id)
{
    auto open = m_open.find(id);
    if (open != m_open.end())
    {
        open->second.timeout.Cancel();
        ReleaseLater(open->second.port);
        m_open.erase(open);
    }
}

} // namespace ns3
