// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/tls-listener.h"

#include "tls/model/tls-connection.h"
#include "tls/model/tls-socket-factory.h"

#include <utility>

namespace ns3
{

TlsListener::TlsListener(Ptr<TlsSocketFactory> factory, Ask ask, Take take)
    : m_factory(factory),
      m_ask(std::move(ask)),
      m_take(std::move(take)),
      m_sessions(std::make_shared<char>()),
      m_handshakes(std::make_shared<std::list<TlsConnection*>>())
{
}

int
TlsListener::Listen(std::shared_ptr<TlsListener> listener, Ptr<Socket> transport)
{
    transport->SetAcceptCallback(MakeBoundCallback(&TlsListener::HandleRequest, listener),
                                 MakeBoundCallback(&TlsListener::HandleAccepted, listener));
    return transport->Listen();
}

void
TlsListener::Stop()
{
    m_factory = nullptr;
}

bool
TlsListener::HandleRequest(std::shared_ptr<TlsListener> self,
                           Ptr<Socket> transport,
                           const Address& from)
{
    return self->m_factory && self->Admit(from) && self->m_ask(from);
}

void
TlsListener::HandleAccepted(std::shared_ptr<TlsListener> self,
                            Ptr<Socket> transport,
                            const Address& from)
{
    if (self->m_factory)
    {
        self->m_take(transport, from);
    }
    else
    {
        transport->Close();
    }
}

bool
TlsListener::Admit(const Address& from) const
{
    const tls::Limits& limits = m_factory->GetContext()->GetSettings().limits;
    if (m_handshakes->size() >= limits.maxHalfOpen && !m_factory->EvictsOldest())
    {
        m_factory->NotifyRefused("half-open", from);
        return false;
    }
    if (static_cast<size_t>(m_sessions.use_count() - 1) >= limits.maxSessions)
    {
        m_factory->NotifyRefused("sessions", from);
        return false;
    }
    return true;
}

void
TlsListener::MakeRoom()
{
    const tls::Limits& limits = m_factory->GetContext()->GetSettings().limits;
    if (m_factory->EvictsOldest() && m_handshakes->size() >= limits.maxHalfOpen)
    {
        TlsConnection* oldest = m_handshakes->front();
        m_factory->NotifyRefused("evicted", oldest->GetPeer());
        oldest->Abort("evicted");
    }
}

std::shared_ptr<void>
TlsListener::TakeSession() const
{
    return m_sessions;
}

std::shared_ptr<void>
TlsListener::TakeHandshake(TlsConnection& connection)
{
    const auto position = m_handshakes->insert(m_handshakes->end(), &connection);
    return std::shared_ptr<void>(nullptr, [handshakes = m_handshakes, position](void*) {
        handshakes->erase(position);
    });
}

} // namespace ns3
