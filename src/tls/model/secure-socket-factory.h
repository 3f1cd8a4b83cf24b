// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/ns3-random-source.h"
#include "sans-io/protocol/memory.h"
#include "sans-io/protocol/operation.h"
#include "tls/protocol/context.h"
#include "tls/protocol/event.h"

#include "ns3/address.h"
#include "ns3/nstime.h"
#include "ns3/socket-factory.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ns3
{

class KeyLogFile;
class Node;
class Processor;
class SecureSocket;

/**
 * What TlsSocketFactory and DtlsSocketFactory have in common: the credentials and settings of one
 * node, the random stream and the trace sources of all its secured sockets.
 *
 * It is aggregated to a node that has an internet stack. Settings are read once, by the first call
 * of GetContext() (at the latest when the first socket is made); attributes changed later have no
 * effect. A value that makes no sense (a broken PEM file, an unknown suite, a key that is not the
 * certificate's) is reported there as a std::runtime_error whose text is one line that names the
 * value and what was expected. TlsHelper asks at installation, so that a program can print the
 * text and exit before it simulates.
 */
class SecureSocketFactory : public SocketFactory
{
  public:
    static TypeId GetTypeId();

    SecureSocketFactory();
    ~SecureSocketFactory() override;

    /// Adds a key that a server accepts under this name, beside those of the attribute PskTable.
    void AddPsk(const std::string& identity, const sansio::Bytes& key);

    /**
     * The checked settings that all sockets of the node share.
     * \throw std::runtime_error with one line that names the wrong value and what was expected
     */
    std::shared_ptr<const tls::Context> GetContext();

    /// Fixes the random stream of all cryptography of this factory; \return how many it uses (1).
    int64_t AssignStreams(int64_t stream);

    /// Where all cryptography of this factory draws its random numbers.
    sansio::RandomSource& GetRandomSource();

    Ptr<Node> GetNode() const;

    /// The processor of the node, or null.
    Ptr<Processor> GetProcessor() const;

    /// Reports operations and has the node's Processor, if any, do them; \return when they are
    /// done. \param arrived as of Processor::Execute()
    Time Account(const sansio::Operations& operations, std::optional<Time> arrived);

    /// Keeps a socket alive until Forget() is called with what was returned (not 0).
    uint64_t Keep(Ptr<SecureSocket> socket);
    void Forget(uint64_t registration);

    /// A socket holds \p now bytes; \p counted is what it held at the last call, and is updated.
    void CountMemory(size_t& counted, size_t now);

    /// Bytes that the sessions and buffers of all sockets hold (SecureSocket::GetMemory()).
    size_t GetMemory() const;

    /// The most that GetMemory() has been.
    size_t GetPeakMemory() const;

    /// A socket has \p now sessions; \p counted is what it had at the last call, and is updated.
    void CountSessions(uint32_t& counted, uint32_t now);

    /// Sessions of all sockets, handshakes included.
    uint32_t GetSessions() const;

    void NotifyCompleted(const tls::HandshakeCompleted& completed,
                         const Address& peer,
                         Time duration);
    void NotifyFailed(const tls::HandshakeFailed& failed, const Address& peer);
    void NotifyConnectionFailed(const tls::ConnectionFailed& failed, const Address& peer);
    void NotifyRejected(tls::RejectionReason reason, const Address& peer);
    void NotifyRetransmitted(uint32_t datagrams, const Address& peer);
    void NotifyRefused(const std::string& reason, const Address& peer);

    /// Signature of HandshakeCompleted: what was agreed, with whom, and how long the handshake
    /// took (client: from Connect() or the first datagram, TCP's own included; server: from the
    /// accepted connection or ClientHello).
    typedef void (*HandshakeCompletedTracedCallback)(const tls::HandshakeCompleted& completed,
                                                     const Address& peer,
                                                     Time duration);

    /// Signature of HandshakeFailed: the alert and the reason.
    typedef void (*HandshakeFailedTracedCallback)(const tls::HandshakeFailed& failed,
                                                  const Address& peer);

    /// Signature of ConnectionFailed: the alert and the reason.
    typedef void (*ConnectionFailedTracedCallback)(const tls::ConnectionFailed& failed,
                                                   const Address& peer);

    /// Signature of RecordRejected: why it was rejected, and the address it came from.
    typedef void (*RecordRejectedTracedCallback)(tls::RejectionReason reason, const Address& peer);

    /// Signature of FlightRetransmitted: how many datagrams were sent again.
    typedef void (*FlightRetransmittedTracedCallback)(uint32_t datagrams, const Address& peer);

    /// Signature of PeerRefused: the limit that was reached ("half-open", "sessions").
    typedef void (*PeerRefusedTracedCallback)(const std::string& reason, const Address& peer);

    /// Signature of Operation.
    typedef void (*OperationTracedCallback)(const sansio::Operation& operation);

  protected:
    void DoDispose() override;
    void NotifyNewAggregate() override;

    /// The version that the attributes name. \throw std::runtime_error
    virtual tls::Version GetVersion() const = 0;

    /// Adds what only the derived factory has. \throw std::runtime_error
    virtual void CompleteSettings(tls::Settings& settings) const;

    TypeId m_transport; ///< factory of the sockets below

  private:
    tls::Settings MakeSettings() const;

    Ns3RandomSource m_random;
    std::shared_ptr<const tls::Context> m_context;
    std::shared_ptr<KeyLogFile> m_keyLog;
    Processor* m_processor{nullptr}; ///< the node's; an aggregate does not hold another
    std::map<uint64_t, Ptr<SecureSocket>> m_kept; ///< in the order of their registration
    uint64_t m_lastRegistration{0};
    size_t m_memory{0};
    sansio::HighWater m_peakMemory;

    std::string m_profile;
    std::string m_cipherSuites;
    std::string m_groups;
    std::string m_pskIdentity;
    std::string m_pskKey;
    std::string m_pskTable;
    std::vector<tls::PreSharedKey> m_addedKeys;
    std::string m_certificateFile;
    std::string m_certificate;
    std::string m_privateKeyFile;
    std::string m_privateKey;
    std::string m_trustAnchorsFile;
    std::string m_trustAnchors;
    bool m_verifyPeer;
    bool m_requireClientCertificate;
    std::string m_peerName;
    bool m_sendServerName;
    std::string m_startDate;
    std::string m_keyLogFile;
    uint32_t m_maxHalfOpen;
    uint32_t m_maxSessions;
    uint32_t m_maxCertificateChain;

    TracedValue<uint32_t> m_sessions{0};
    TracedCallback<const tls::HandshakeCompleted&, const Address&, Time> m_completedTrace;
    TracedCallback<const tls::HandshakeFailed&, const Address&> m_failedTrace;
    TracedCallback<const tls::ConnectionFailed&, const Address&> m_connectionFailedTrace;
    TracedCallback<tls::RejectionReason, const Address&> m_rejectedTrace;
    TracedCallback<uint32_t, const Address&> m_retransmittedTrace;
    TracedCallback<const std::string&, const Address&> m_refusedTrace;
    TracedCallback<const sansio::Operation&> m_operationTrace;
};

} // namespace ns3
