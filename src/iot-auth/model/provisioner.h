// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/model/device-credential.h"
#include "iot-auth/protocol/provisioning.h"
#include "sans-io/model/stream-port.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/type-id.h"

#include <memory>

namespace ns3
{

class TcpHeader;
class TcpSocketBase;

/**
 * Brings a device into a registry: when it starts it lets the DeviceCredential of its node make a
 * key pair, asks a DeviceManager over a stream socket (TCP, TLS) to create the device with the
 * public key, and tells the answer. It asks once.
 */
class Provisioner : public Application
{
  public:
    static TypeId GetTypeId();

    Provisioner();
    ~Provisioner() override;

    /// \p result is the answer, or "refused" (nobody listens; TCP alone), "no connection", "closed"
    /// or "no answer".
    typedef void (*ProvisionedCallback)(std::string name, std::string result);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Connect();
    void HandleSegment(Ptr<const Packet> packet,
                       const TcpHeader& header,
                       Ptr<const TcpSocketBase> socket);
    void HandleConnected(Ptr<Socket> socket);
    void HandleFailed(Ptr<Socket> socket);
    void HandleBytes(sansio::ByteView bytes);
    void Finish(const std::string& result);

    // Attributes.
    TypeId m_protocol;
    Address m_remote;
    std::string m_apiKey;
    Time m_timeout;

    Ptr<DeviceCredential> m_credential;
    std::shared_ptr<StreamPort> m_port;
    auth::LineReader m_reader;
    EventId m_patience;
    bool m_running{false};
    bool m_connected{false};
    TracedCallback<std::string, std::string> m_provisionedTrace;
};

} // namespace ns3
