// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor.h"
#include "sans-io/model/peer-identity-source.h"
#include "sans-io/protocol/operation.h"
#include "tls/protocol/settings.h"

#include "ns3/nstime.h"
#include "ns3/socket.h"

#include <functional>
#include <optional>
#include <utility>

namespace ns3
{

class SecureSocketFactory;

/**
 * What TlsSocket and DtlsSocket have in common: the transport socket below, and the rule by which
 * cryptography takes time on the node.
 *
 * The socket works like a task of an operating system: it takes one thing at a time (bytes from
 * the transport, a payload to protect, a timer), and what comes out, bytes and events alike, is
 * released when the Processor of the node has done the operations it took. Where the processor
 * works for others the task waits for its turn, first come, first served; only what an application
 * sends in answer to what a turn has delivered is protected in that turn (see ProcessorTurn).
 * Meanwhile input waits in the bounded buffer of the transport socket, so that a slow processor
 * under load loses datagrams or closes the TCP window as a real one would. A node without a
 * Processor computes in no time.
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

    /// There may be something to take in: bytes, a timer, a handshake to start.
    virtual bool HasInput() const = 0;

    /// There may be something of the application to do: to protect, or to close.
    virtual bool HasOutput() const = 0;

    /// Does one task, if one is ready, and settles it; \return false if there is none.
    virtual bool DoNextTask() = 0;

    /// The same for tasks that HasOutput() means.
    virtual bool DoNextOutput() = 0;

    /// There is nothing to do now.
    virtual void HandleIdle();

    /// Does tasks until none is ready or the processor is busy.
    void Run();

    /// Gives the node's processor the operations of a task; \return how long from now they take.
    /// \param arrived when the input of the task came, where that is known
    Time Charge(const sansio::Operations& operations, std::optional<Time> arrived = {});

    /// Ends a task: \p release hands out what it produced, after \p delay. No other task starts
    /// before.
    template <typename Release>
    void Settle(Time delay, Release release)
    {
        BeginRelease();
        if (delay.IsStrictlyPositive())
        {
            Postpone(delay, std::move(release));
            return;
        }
        Processor::HandingOut scope(m_processor);
        release();
        EndRelease();
    }

    /// A task is under way: its results are not all released.
    bool IsBusy() const;

    /**
     * What each end must keep of a session of \p version with AES-128 in CCM or GCM mode. Up to 1.2
     * (RFC 5246 sections 6.1 and 6.3): master secret 48, two randoms 64, two write keys 32, two
     * implicit nonces 8, two sequence numbers 16. In 1.3 (RFC 8446 sections 5.3, 7.1 and 7.3): four
     * secrets 128, two keys 32, two nonces 24, two sequence numbers 16.
     */
    static size_t GetSessionMemory(tls::Version version);

    /// Tells the factory what the socket holds now.
    void UpdateMemory();

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
    void BeginRelease();
    void EndRelease();
    void Postpone(Time delay, std::function<void()> release);
    bool DoNext();

    Ptr<SecureSocketFactory> m_factory;
    Ptr<Socket> m_transport;
    mutable SocketErrno m_errno{ERROR_NOTERROR};
    Address m_peer;
    bool m_sendShut{false};
    bool m_receiveShut{false};
    Ptr<Processor> m_processor; ///< of the node, or null
    ProcessorTurn m_turn;
    ProcessorTurn m_follower; ///< in the turns of others
    ProcessorResult m_result;
    bool m_busy{false};
    bool m_disposed{false};
    uint64_t m_registration{0};
    size_t m_countedMemory{0};     ///< as the factory knows it
    uint32_t m_countedSessions{0}; ///< likewise
};

} // namespace ns3
