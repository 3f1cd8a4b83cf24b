// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/peer-identity-source.h"
#include "tls/protocol/settings.h"

#include "ns3/socket.h"

namespace ns3
{

class SecureSocketFactory;

/**
 * What TlsSocket and DtlsSocket have in common as sockets: the transport socket below, the calls
 * that it answers, and the account of their memory. Their work is done by a TaskRunner.
 *
 * Attributes of Socket that act on packets (type of service, time to live, priority) are handed to
 * the transport; packet tags for received TOS, TTL and packet information are left out.
 */
class SecureSocket : public Socket, public PeerIdentitySource
{
  public:
    static TypeId GetTypeId();

    SecureSocket();
    ~SecureSocket() override;

    /// The socket that carries the protected bytes, TCP or UDP; its attributes may be set.
    Ptr<Socket> GetTransport() const;

    /**
     * Bytes that the sessions and buffers of this socket hold, by the rule of
     * sans-io/protocol/memory.h: what waits to be protected, to be sent or to be read, and for each
     * session GetSessionMemory(). Left out are what only a handshake needs (certificates, large
     * numbers, flights), the tables of the cipher, and a record that has arrived in part.
     */
    virtual size_t GetMemory() const = 0;

    /// Sessions of this socket, handshakes included.
    virtual uint32_t GetSessionCount() const = 0;

    /**
     * What each end must keep of a session of \p version with AES-128 in CCM or GCM mode. Up to 1.2
     * (RFC 5246 sections 6.1 and 6.3): master secret 48, two randoms 64, two write keys 32, two
     * implicit nonces 8, two sequence numbers 16. In 1.3 (RFC 8446 sections 5.3, 7.1 and 7.3): four
     * secrets 128, two keys 32, two nonces 24, two sequence numbers 16.
     */
    static size_t GetSessionMemory(tls::Version version);

    /// Tells the factory what the socket holds now.
    void UpdateMemory();

    SocketErrno GetErrno() const override;
    Ptr<Node> GetNode() const override;
    int Bind(const Address& address) override;
    int Bind() override;
    int Bind6() override;
    int GetSockName(Address& address) const override;
    int GetPeerName(Address& address) const override;
    int ShutdownSend() override;
    int ShutdownRecv() override;
    void BindToNetDevice(Ptr<NetDevice> device) override;
    bool SetAllowBroadcast(bool allow) override;
    bool GetAllowBroadcast() const override;
    void SetIpTtl(uint8_t ttl) override;
    void SetIpv6HopLimit(uint8_t limit) override;

  protected:
    void DoDispose() override;

    /// Called once, right after construction.
    void Setup(Ptr<SecureSocketFactory> factory, Ptr<Socket> transport);

    /// The factory keeps the socket alive, as TCP and UDP keep theirs, until Unregister().
    void Register();
    void Unregister();

    /// Sets the reason of a failed call; \return -1, what the call returns.
    int Fail(SocketErrno error) const;

    /// Gives the transport the packet options that were set on this socket.
    void CopyOptions();

    /// The one peer of the socket; invalid: none.
    void SetPeer(const Address& peer);
    const Address& GetPeer() const;

    /// What ShutdownSend() and ShutdownRecv() were called for.
    bool IsSendShut() const;
    bool IsReceiveShut() const;

  private:
    int CheckTransport(int result) const; ///< copies the reason if the transport's call failed

    Ptr<SecureSocketFactory> m_factory;
    Ptr<Socket> m_transport;
    mutable SocketErrno m_errno{ERROR_NOTERROR};
    Address m_peer;
    bool m_sendShut{false};
    bool m_receiveShut{false};
    uint64_t m_registration{0};
    size_t m_countedMemory{0};     ///< as the factory knows it
    uint32_t m_countedSessions{0}; ///< likewise
};

} // namespace ns3
