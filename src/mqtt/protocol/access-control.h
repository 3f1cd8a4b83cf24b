// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/packet.h"
#include "sans-io/protocol/operation.h"
#include "sans-io/protocol/peer.h"

namespace mqtt
{

/// A client that a broker has let in.
struct Principal
{
    std::string clientId;
    std::string user; ///< as what it was recognised; empty for anybody
};

/// What a broker makes of a client that wants in.
struct Admission
{
    ReasonCode reason{ReasonCode::Success}; ///< a failure keeps the client out
    std::string user{};                     ///< as what it was recognised; empty for anybody
    std::string detail{};                   ///< of a refusal, for traces and the Reason String
    std::optional<TimePoint> until{};       ///< the connection is closed then
};

/**
 * The server's end of an exchange of AUTH packets (5.0: section 4.12), for one connection.
 */
class Authentication
{
  public:
    struct Step
    {
        /// ContinueAuthentication: \p data is for the client, which answers. Else the end.
        Admission admission;
        Bytes data; ///< Authentication Data; with success it goes along with the CONNACK
    };

    virtual ~Authentication() = default;

    /// What the client says, in its CONNECT or AUTH; no bytes where it says nothing.
    virtual Step Continue(TimePoint now, const std::string& clientId, ByteView data) = 0;
};

/**
 * Judges who may connect, publish and subscribe. A broker without one lets anybody do everything.
 */
class AccessControl
{
  public:
    virtual ~AccessControl() = default;

    /// Judges user name and password, or what the transport has proved of the peer.
    virtual Admission Admit(TimePoint now,
                            const Connect& connect,
                            const std::string& clientId,
                            const sansio::PeerIdentity& peer) = 0;

    /// Begins an exchange by an Authentication Method; nothing where the method is not known.
    virtual std::unique_ptr<Authentication> Begin(std::string_view method) = 0;

    virtual bool MayPublish(const Principal& principal, std::string_view topic) = 0;

    /// \param filter as it is matched: without `$share/` and the group
    virtual bool MaySubscribe(const Principal& principal, std::string_view filter) = 0;

    /// Whether MayReceive() may refuse what MaySubscribe() has allowed; asked once for a broker.
    virtual bool JudgesDelivery() const
    {
        return false;
    }

    /// Judges each message on its way to a subscriber, queued and retained ones too.
    virtual bool MayReceive(const Principal& principal, std::string_view topic)
    {
        return true;
    }

    /// The cryptographic work since the last call, for the processor of the broker.
    virtual sansio::Operations TakeOperations()
    {
        return {};
    }
};

/**
 * The client's end of an exchange of AUTH packets (5.0: section 4.12).
 */
class Authenticator
{
  public:
    virtual ~Authenticator() = default;

    virtual std::string GetMethod() const = 0;

    /// The Authentication Data of the CONNECT, or of the AUTH that begins it anew.
    virtual Bytes Begin(const std::string& clientId) = 0;

    /// The answer to what the server says; nothing: the server is not to be trusted.
    virtual std::optional<Bytes> Continue(ByteView data) = 0;

    /// What the server says with success, which may be nothing; false: it is not to be trusted.
    virtual bool Finish(ByteView data)
    {
        return true;
    }

    /// The cryptographic work since the last call, for the processor of the client.
    virtual sansio::Operations TakeOperations()
    {
        return {};
    }
};

} // namespace mqtt
