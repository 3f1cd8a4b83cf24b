// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "crypto/protocol/certificate-authority.h"
#include "sans-io/protocol/spanned-bytes.h"
#include "tls/helper/tls-helper.h"

#include "ns3/net-device-container.h"
#include "ns3/socket.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

/**
 * \file
 * The network of the socket tests, and what their trace sources told.
 */
namespace ns3
{

/// What differs from test to test.
struct NetworkOptions
{
    std::string version{"1.2"};    ///< of TLS
    std::string credential{"psk"}; ///< "psk" or "ecdsa" (server certificate)
    bool ipv6{false};
    double loss{0}; ///< of packets, at each receiver
    uint32_t clients{1};
    uint64_t run{1};
    std::map<std::string, std::string> client; ///< attributes of the clients' factories
    std::map<std::string, std::string> server; ///< attributes of the server's factories
};

/// A frame as the device of the first client or of the server gave it to the link.
struct SentFrame
{
    Time time;
    bool byClient;
    Ptr<Packet> packet; ///< with the header of PPP
    sansio::Bytes bytes;

    /// The bytes of tagged provenance, by layer.
    uint64_t CountTagged(sansio::Layer layer) const;

    /// The payload of TCP or UDP; none: the frame carries neither.
    std::optional<sansio::Bytes> FindPayload() const;
    sansio::Bytes GetPayload() const;
};

/// What the factories of one side told.
struct FactoryLog
{
    struct Completed
    {
        tls::HandshakeCompleted event;
        Address peer;
        Time duration;
        Time at;
    };

    std::vector<Completed> completed;
    std::vector<tls::HandshakeFailed> failed;
    std::vector<tls::RejectionReason> rejected;
    std::vector<std::string> refused;
    std::vector<std::string> dropped;

    struct Evicted
    {
        bool established;
        Time age;
    };

    std::vector<Evicted> evicted;
    uint32_t retransmitted{0};
    std::map<sansio::OperationKind, uint32_t> operations;
};

/// Clients, each joined to one server by a link of its own; TLS and DTLS on all.
class SocketNetwork
{
  public:
    explicit SocketNetwork(const NetworkOptions& options);
    ~SocketNetwork();

    Ptr<Socket> CreateClient(TypeId factory, uint32_t client = 0) const;
    Ptr<Socket> CreateServer(TypeId factory) const;

    /// The server's address as the client sees it.
    Address GetServerAddress(uint16_t port, uint32_t client = 0) const;
    Address GetAnyAddress(uint16_t port) const;

    Ptr<Node> GetClient(uint32_t client = 0) const;
    Ptr<Node> GetServer() const;

    /// Loss on all links from now on: at the clients, at the server.
    void SetLoss(double atClient, double atServer);

    /// The TCP and UDP that went over the first client's link.
    const std::vector<SentFrame>& GetFrames() const;

    FactoryLog clientLog;
    FactoryLog serverLog;

  private:
    void InstallSecurity(const NetworkOptions& options);
    void Observe(Ptr<Node> node, FactoryLog& log);
    void ObserveFactory(Ptr<SecureSocketFactory> factory, FactoryLog& log);

    NodeContainer m_clients;
    NodeContainer m_server;
    NetDeviceContainer m_devices; ///< client and server in turn
    bool m_ipv6;
    std::vector<Address> m_serverAddresses; ///< with port 0
    std::vector<SentFrame> m_frames;
};

/// The plaintext the tests send: every byte tells its place.
Ptr<Packet> MakePattern(uint32_t begin, uint32_t size);

/// A stream client that connects, sends, and notes what happens.
struct StreamEnd
{
    Ptr<Socket> socket;
    uint32_t succeeded{0};
    uint32_t failed{0};
    uint32_t normalClosed{0};
    uint32_t errorClosed{0};
    bool endOfStream{false};
    Time connectedAt;
    uint64_t dataSent{0};
    sansio::Bytes received;
    uint32_t toSend{0}; ///< pattern bytes to send in all
    uint32_t sent{0};
    uint32_t packetSize{500};
    bool closeWhenSent{false};
    bool echo{false}; ///< sends back what it receives

    /// Takes over the callbacks of a socket.
    void Attach(Ptr<Socket> newSocket);
    void SendMore();
    void Read();
};

/// A stream server that keeps all it accepted.
struct StreamServer
{
    Ptr<Socket> listener;
    std::vector<std::unique_ptr<StreamEnd>> accepted;
    bool echo{false};

    void Listen(Ptr<Socket> socket, const Address& local);
};

/// A datagram end that notes what happens.
struct DatagramEnd
{
    struct Datagram
    {
        sansio::Bytes bytes;
        Address from;
        Time at;
    };

    Ptr<Socket> socket;
    uint32_t succeeded{0};
    uint32_t failed{0};
    uint32_t closed{0}; ///< by the peer
    std::vector<Datagram> received;
    bool echo{false};

    void Attach(Ptr<Socket> newSocket);
    void Read();
};

} // namespace ns3
