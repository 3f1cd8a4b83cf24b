// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/address.h"
#include "ns3/socket.h"

#include <functional>
#include <list>
#include <memory>

namespace ns3
{

class TlsConnection;
class TlsSocketFactory;

/**
 * What a listening TlsSocket knows of the connections to it: it admits them within the bounds
 * MaxHalfOpen and MaxSessions of the factory, and with EvictOldest gives up the handshake that
 * began first.
 *
 * TCP copies the callbacks of a listener to every connection that a SYN opens, and calls them when
 * its handshake is done: by then the TlsSocket may be gone. So they keep this instead, and Stop()
 * tells it.
 */
class TlsListener
{
  public:
    using Ask = std::function<bool(const Address& from)>;
    using Take = std::function<void(Ptr<Socket> transport, const Address& from)>;

    /**
     * \param ask whether a connection is wanted
     * \param take gets a TCP connection that is open
     */
    TlsListener(Ptr<TlsSocketFactory> factory, Ask ask, Take take);

    /// Has \p transport listen for \p listener; \return 0, or -1 where it does not.
    static int Listen(std::shared_ptr<TlsListener> listener, Ptr<Socket> transport);

    /// Connections on their way are turned away from now on.
    void Stop();

    /// Gives the oldest handshake up where there is no room for one more.
    void MakeRoom();

    /// A session that counts as long as somebody holds what is returned.
    std::shared_ptr<void> TakeSession() const;

    /// The same for the handshake of a connection.
    std::shared_ptr<void> TakeHandshake(TlsConnection& connection);

  private:
    static bool HandleRequest(std::shared_ptr<TlsListener> self,
                              Ptr<Socket> transport,
                              const Address& from);
    static void HandleAccepted(std::shared_ptr<TlsListener> self,
                               Ptr<Socket> transport,
                               const Address& from);
    bool Admit(const Address& from) const;

    Ptr<TlsSocketFactory> m_factory; ///< null after Stop()
    Ask m_ask;
    Take m_take;
    std::shared_ptr<void> m_sessions; ///< held once by this, and once by each
    std::shared_ptr<std::list<TlsConnection*>> m_handshakes; ///< the oldest in front
};

} // namespace ns3
