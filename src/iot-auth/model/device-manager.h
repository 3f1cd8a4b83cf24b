// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/provisioning.h"
#include "sans-io/model/ns3-random-source.h"
#include "sans-io/model/stream-port.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/traced-callback.h"
#include "ns3/type-id.h"

#include <map>
#include <memory>

namespace ns3
{

/**
 * The service that creates devices: it takes requests over any stream socket (TCP, TLS), keeps
 * device and public key in its registry, and answers that the device was created or why not (see
 * iot-auth/protocol/provisioning.h). One request a connection, which is closed after the answer.
 *
 * The registry can be given and shared, with a broker for instance, and loaded from and written to
 * a file. What is left out: changing and deleting devices over the network.
 */
class DeviceManager : public Application
{
  public:
    static TypeId GetTypeId();

    DeviceManager();
    ~DeviceManager() override;

    /// Instead of one of its own; before the application starts.
    void SetRegistry(std::shared_ptr<auth::DeviceRegistry> registry);
    std::shared_ptr<const auth::DeviceRegistry> GetRegistry() const;

    typedef void (*AnsweredCallback)(std::string name, std::string result);
    typedef void (*LimitReachedCallback)(std::string limit);

  protected:
    void DoDispose() override;

  private:
    struct Connection
    {
        std::shared_ptr<StreamPort> port;
        auth::LineReader reader;
        EventId timeout;
    };

    void StartApplication() override;
    void StopApplication() override;
    void HandleAccepted(Ptr<Socket> socket, const Address& from);
    void HandleBytes(uint64_t id, sansio::ByteView bytes);
    void HandleTimeout(uint64_t id);
    void Answer(uint64_t id, const auth::CreateAnswer& answer);
    void Close(uint64_t id);
    void Release(uint64_t id);

    // Attributes.
    TypeId m_protocol;
    Address m_local;
    std::string m_apiKey;
    std::string m_file;
    uint32_t m_connections;
    uint32_t m_requestSize;
    Time m_timeout;

    std::shared_ptr<auth::DeviceRegistry> m_registry;
    Ns3RandomSource m_random; ///< OpenSSL wants one to read keys and draws nothing
    Ptr<Socket> m_listener;
    std::map<uint64_t, Connection> m_open;
    uint64_t m_last{0};
    TracedCallback<std::string, std::string> m_answeredTrace;
    TracedCallback<std::string> m_limitTrace;
};

} // namespace ns3
