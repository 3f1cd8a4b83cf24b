// SPDX-License-Identifier: GPL-2.0-only
#include "tls/model/dtls-port.h"

#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"
#include "tls/model/dtls-socket-factory.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{

namespace
{

void
Append(sansio::Operations& operations, const sansio::Operations& more)
{
    operations.insert(operations.end(), more.begin(), more.end());
}

} // namespace

DtlsPort::DtlsPort(SecureSocket& socket, Owner& owner)
    : m_owner(owner),
      m_runner(socket, *this),
      m_deadline([this] { m_runner.Run(); })
{
}

void
DtlsPort::Setup(Ptr<DtlsSocketFactory> factory, Ptr<Socket> transport)
{
    m_factory = factory;
    m_outbox.SetFactory(factory);
    m_runner.SetProcessor(factory->GetProcessor());
    m_transport.Attach(
        transport,
        [this] { m_runner.Run(); },
        [this](Ptr<const Packet> datagram) {
            m_factory->NotifyDropped(datagram, Address(), "transport-buffer-full");
        });
}

void
DtlsPort::Stop()
{
    m_deadline.Set(std::nullopt);
    m_closing = true;
    m_runner.Stop();
}

// What the owner does

DtlsSession*
DtlsPort::OpenSession(const Address& to)
{
    const sansio::PeerAddress peer = ToPeerAddress(to);
    if (DtlsSession* session = m_sessions.Find(peer))
    {
        return session;
    }
    auto context = m_factory->GetContext();
    if (m_sessions.size() >= context->GetSettings().limits.maxSessions)
    {
        m_factory->NotifyRefused("sessions", to);
        return nullptr;
    }
    DtlsSession& session = m_sessions.Add(peer, tls::Role::Client);
    session.channel = std::make_unique<tls::DatagramChannel>(context,
                                                             tls::Role::Client,
                                                             m_factory->GetRandomSource());
    session.startPending = true;
    m_toStart.Push(peer);
    return &session;
}

void
DtlsPort::Run()
{
    m_runner.Run();
}

bool
DtlsPort::Send(DtlsSession& session, Ptr<Packet> packet)
{
    const bool atOnce = session.established && m_outbox.empty() && !m_runner.IsBusy();
    const bool kept = m_outbox.Push(session, packet, atOnce);
    m_runner.Run(); // a new session starts all the same
    return kept;
}

void
DtlsPort::Close()
{
    m_closing = true;
    m_runner.Run();
}

// The work

bool
DtlsPort::HasInput() const
{
    const auto deadline = GetNextDeadline();
    return m_transport.IsReadable() || !m_toStart.empty() ||
           (deadline && *deadline <= SimulatedNow());
}

bool
DtlsPort::HasOutput() const
{
    return !m_outbox.empty() || (m_closing && !m_closed);
}

bool
DtlsPort::DoNextTask()
{
    return ServeDeadline() || StartSession() || DoNextOutput() || ReceiveInput();
}

bool
DtlsPort::DoNextOutput()
{
    return ProtectOutput() || CloseNext();
}

void
DtlsPort::HandleIdle()
{
    m_deadline.Set(GetNextDeadline());
}

std::optional<sansio::TimePoint>
DtlsPort::GetNextDeadline() const
{
    return m_sessions.GetNextDeadline(GetTimeouts());
}

DtlsSessionTable::Timeouts
DtlsPort::GetTimeouts() const
{
    return {m_factory->GetIdleTimeout(), m_factory->GetHandshakeTimeout()};
}

// The tasks

bool
DtlsPort::ServeDeadline()
{
    if (DtlsSession* session = m_sessions.FindDue(SimulatedNow()))
    {
        m_sessions.SetDeadline(*session, std::nullopt);
        session->channel->HandleTimeout(session->GetChannelTime());
        FinishTask(*session, {});
        return true;
    }
    if (DtlsSession* late = m_sessions.FindLate(GetTimeouts()))
    {
        tls::HandshakeFailed failed;
        failed.reason = "handshake timed out";
        HandleEvent(*late, failed);
        return true;
    }
    if (DtlsSession* idle = m_sessions.FindIdle(GetTimeouts()))
    {
        CloseSession(*idle);
        return true;
    }
    return false;
}

bool
DtlsPort::StartSession()
{
    while (!m_toStart.empty())
    {
        DtlsSession* session = m_sessions.Find(m_toStart.Pop());
        if (session && std::exchange(session->startPending, false))
        {
            session->channel->Start(session->GetChannelTime());
            FinishTask(*session, {});
            return true;
        }
    }
    return false;
}

bool
DtlsPort::ProtectOutput()
{
    while (!m_outbox.empty())
    {
        const DtlsOutbox::Datagram outgoing = m_outbox.Pop();
        const uint32_t size = outgoing.packet->GetSize();
        DtlsSession* session = m_sessions.Find(outgoing.peer);
        if (session && session->established &&
            session->channel->Send(session->GetChannelTime(), ToSpannedBytes(outgoing.packet)))
        {
            m_sessions.Touch(*session);
            FinishTask(*session, {{}, {}, size, false});
            return true;
        }
        m_factory->NotifyDropped(outgoing.packet, ToSocketAddress(outgoing.peer), "closed");
    }
    return false;
}

bool
DtlsPort::CloseNext()
{
    if (!m_closing || m_closed)
    {
        return false;
    }
    if (!m_sessions.empty())
    {
        CloseSession(m_sessions.GetOldest());
        return true;
    }
    m_closed = true;
    m_acceptor.reset();
    m_transport.Close();
    m_owner.HandleGone();
    return false;
}

bool
DtlsPort::ReceiveInput()
{
    while (const auto incoming = m_transport.Read())
    {
        if (Dispatch(*incoming))
        {
            return true;
        }
    }
    return false;
}

bool
DtlsPort::Dispatch(const DatagramTransport::Datagram& incoming)
{
    DtlsSession* session = m_sessions.Find(incoming.peer);
    const bool starts = session && session->startPending;
    if (session && !starts && !session->IsStartedOverBy(incoming.bytes))
    {
        if (!session->established)
        {
            m_sessions.Touch(*session); // later on a record must prove that it is the peer's
        }
        session->channel->Receive(session->GetChannelTime(), incoming.bytes);
        FinishTask(*session, {{}, {}, 0, false, incoming.arrived});
        return true;
    }
    if (m_closing)
    {
        return false;
    }
    if (starts || !m_owner.IsServer() || !tls::DatagramListener::IsClientHello(incoming.bytes))
    {
        m_factory->NotifyRejected(tls::RejectionReason::NoSession, ToSocketAddress(incoming.peer));
        return false;
    }
    Accept(incoming);
    return true;
}

void
DtlsPort::Accept(const DatagramTransport::Datagram& incoming)
{
    if (!m_acceptor)
    {
        m_acceptor =
            std::make_unique<DtlsAcceptor>(m_factory,
                                           m_sessions,
                                           [this](DtlsSession& session, const std::string& reason) {
                                               RemoveSession(session, reason);
                                           });
    }
    DtlsAcceptor::Outcome outcome = m_acceptor->Receive(incoming.peer, incoming.bytes);
    if (outcome.adopted)
    {
        FinishTask(*outcome.adopted,
                   {std::move(outcome.operations),
                    std::move(outcome.answers),
                    0,
                    false,
                    incoming.arrived});
        return;
    }
    m_runner.Settle(m_factory->Account(outcome.operations, incoming.arrived) - Simulator::Now(),
                    [this, answers = std::move(outcome.answers)] { SendDatagrams(answers); });
}

void
DtlsPort::FinishTask(DtlsSession& session, TaskOptions options)
{
    std::vector<sansio::SpannedBytes> datagrams;
    for (auto bytes = session.channel->TakeTransmit(); !bytes.empty();
         bytes = session.channel->TakeTransmit())
    {
        datagrams.push_back(std::move(bytes));
    }
    std::vector<tls::Event> events;
    while (auto event = session.channel->PollEvent())
    {
        events.push_back(std::move(*event));
    }
    sansio::Operations operations = std::move(options.before);
    Append(operations, session.channel->TakeOperations());

    const Time delay = m_factory->Account(operations, options.arrived) - Simulator::Now();
    session.stopped += ToDuration(delay);
    auto timeout = session.channel->GetNextTimeout();
    m_sessions.SetDeadline(session,
                           timeout ? std::optional(*timeout + session.stopped) : std::nullopt);
    auto release = [this,
                    id = session.id,
                    peer = session.peer,
                    plaintext = options.plaintext,
                    last = options.last,
                    others = std::move(options.datagrams),
                    datagrams = std::move(datagrams),
                    events = std::move(events)] {
        SendDatagrams(others);
        for (const sansio::SpannedBytes& datagram : datagrams)
        {
            SendDatagram(peer, datagram);
        }
        for (const tls::Event& event : events)
        {
            if (DtlsSession* receiver = m_sessions.Find(peer, id))
            {
                std::visit([&](const auto& e) { HandleEvent(*receiver, e); }, event);
            }
        }
        if (plaintext > 0)
        {
            m_owner.HandleSent(plaintext);
        }
        DtlsSession* ended = last ? m_sessions.Find(peer, id) : nullptr;
        if (ended)
        {
            RemoveSession(*ended, "closed");
        }
    };
    m_runner.Settle(delay, std::move(release));
}

void
DtlsPort::CloseSession(DtlsSession& session)
{
    if (session.established)
    {
        session.channel->Close(session.GetChannelTime());
        FinishTask(session, {{}, {}, 0, true});
    }
    else
    {
        RemoveSession(session, "closed");
    }
}

void
DtlsPort::RemoveSession(DtlsSession& session, const std::string& dropReason)
{
    auto waiting = std::move(session.waiting);
    Address address = session.address;
    m_sessions.Remove(session);
    m_outbox.Drop(std::move(waiting), address, dropReason);
}

void
DtlsPort::SendDatagrams(const std::vector<tls::AddressedDatagram>& datagrams)
{
    for (const tls::AddressedDatagram& datagram : datagrams)
    {
        SendDatagram(datagram.peer, datagram.bytes);
    }
}

void
DtlsPort::SendDatagram(const sansio::PeerAddress& peer, const sansio::SpannedBytes& bytes)
{
    Ptr<Packet> packet = ToPacket(bytes);
    m_owner.HandleSending(packet);
    m_transport.Send(packet, peer);
}

// What a channel tells

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::HandshakeCompleted& completed)
{
    m_sessions.NoteEstablished(session);
    m_sessions.Touch(session);
    m_outbox.Release(session);
    bool client = session.role == tls::Role::Client;
    m_factory->NotifyCompleted(completed, session.address, Simulator::Now() - session.started);
    if (client && !m_closing)
    {
        m_owner.HandleConnected(true);
    }
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::HandshakeFailed& failed)
{
    bool client = session.role == tls::Role::Client;
    m_factory->NotifyFailed(failed, session.address);
    RemoveSession(session, "handshake-failed");
    if (client && !m_closing)
    {
        m_owner.HandleConnected(false);
    }
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::Plaintext& plaintext)
{
    m_sessions.Touch(session);
    if (!m_closing)
    {
        m_owner.HandlePlaintext(Create<Packet>(plaintext.bytes.data(), plaintext.bytes.size()),
                                session.address);
    }
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::Closed& closed)
{
    EndSession(session, false);
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::ConnectionFailed& failed)
{
    m_factory->NotifyConnectionFailed(failed, session.address);
    EndSession(session, true);
}

void
DtlsPort::EndSession(DtlsSession& session, bool failed)
{
    const Address peer = session.address;
    RemoveSession(session, "closed");
    if (!m_closing)
    {
        m_owner.HandleClosed(peer, failed);
    }
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::RecordRejected& rejected)
{
    m_factory->NotifyRejected(rejected.reason, session.address);
}

void
DtlsPort::HandleEvent(DtlsSession& session, const tls::FlightRetransmitted& retransmitted)
{
    m_factory->NotifyRetransmitted(retransmitted.datagrams, session.address);
}

} // namespace ns3
