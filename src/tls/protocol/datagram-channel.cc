// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/datagram-channel.h"

#include <algorithm>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utility>

namespace tls
{

namespace
{
/// OpenSSL calls a timer expired when less than this is left of it (d1_lib.c).
constexpr sansio::Duration TIMER_SLACK = std::chrono::milliseconds(15);
} // namespace

DatagramChannel::DatagramChannel(std::shared_ptr<const Context> context,
                                 Role role,
                                 sansio::RandomSource& random)
    : Channel(std::move(context), role, random, nullptr, RecordHeader::SIZE)
{
}

DatagramChannel::DatagramChannel(std::shared_ptr<const Context> context,
                                 sansio::RandomSource& random,
                                 ssl_st* listened,
                                 std::shared_ptr<void> halfOpenSlot,
                                 std::shared_ptr<void> sessionSlot)
    : Channel(std::move(context), Role::Server, random, listened, RecordHeader::SIZE),
      m_halfOpenSlot(std::move(halfOpenSlot)),
      m_sessionSlot(std::move(sessionSlot))
{
}

void
DatagramChannel::Start(sansio::TimePoint now)
{
    if (GetState() != State::Idle)
    {
        return;
    }
    SetState(State::Handshake);
    {
        Call call(*this, now);
        Advance();
    }
    UpdateDeadline(now);
}

void
DatagramChannel::StartListened(sansio::TimePoint now, sansio::ByteView datagram)
{
    SetState(State::Handshake);
    AccountReceived(datagram.size());
    RecordHeader header;
    RecordHeader::Read(datagram, header);
    m_mirror.Explain(header, 0, 0, true);
    {
        Call call(*this, now);
        Advance();
    }
    UpdateDeadline(now);
    ReleaseHalfOpen();
}

void
DatagramChannel::Receive(sansio::TimePoint now, sansio::ByteView datagram)
{
    Start(now);
    AccountReceived(datagram.size());
    while (!datagram.empty() && !HasFailed())
    {
        RecordHeader header;
        const bool complete = RecordHeader::Read(datagram, header) &&
                              header.length <= datagram.size() - RecordHeader::SIZE;
        if (!complete)
        {
            Emit(RecordRejected{RejectionReason::Truncated});
            break;
        }
        const size_t size = RecordHeader::SIZE + header.length;
        ReceiveRecord(now, datagram.First(size), header);
        datagram = datagram.From(size);
    }
    ReportRepetitions();
    UpdateDeadline(now);
    ReleaseHalfOpen();
}

void
DatagramChannel::ReceiveRecord(sansio::TimePoint now,
                               sansio::ByteView record,
                               const RecordHeader& header)
{
    const bool handshaking = GetState() == State::Handshake;
    m_input = record;
    Call call(*this, now);
    Advance();
    m_input = {};
    if (auto reason = m_mirror.Explain(header, call.GetOpenings(), call.GetFailures(), handshaking))
    {
        Emit(RecordRejected{*reason});
    }
}

void
DatagramChannel::HandleTimeout(sansio::TimePoint now)
{
    if (!m_deadline || now < *m_deadline || HasFailed())
    {
        return;
    }
    m_deadline.reset();
    {
        Call call(*this, now);
        ERR_clear_error();
        if (DTLSv1_handle_timeout(GetHandle()) < 0)
        {
            Fail();
        }
    }
    ReportRepetitions();
    UpdateDeadline(now);
    ReleaseHalfOpen();
}

std::optional<sansio::TimePoint>
DatagramChannel::GetNextTimeout() const
{
    return m_deadline;
}

sansio::SpannedBytes
DatagramChannel::TakeTransmit()
{
    if (m_output.empty())
    {
        return {};
    }
    return m_output.Pop();
}

bool
DatagramChannel::Send(sansio::TimePoint now, const sansio::SpannedBytes& plaintext)
{
    if (plaintext.size() > SSL3_RT_MAX_PLAIN_LENGTH)
    {
        return false;
    }
    Call call(*this, now, plaintext.size());
    return Write(plaintext);
}

void
DatagramChannel::OnWrite(sansio::ByteView bytes)
{
    const bool repetition = m_flightTracker.IsRepetition(bytes);
    m_repeated += repetition;
    MapOutput(bytes, repetition, m_output.Push({}));
}

size_t
DatagramChannel::OnRead(uint8_t* data, size_t size)
{
    const sansio::ByteView taken = m_input.First(size);
    std::copy(taken.begin(), taken.end(), data);
    m_input = {}; // as recvfrom(): what does not fit is lost
    return taken.size();
}

bool
DatagramChannel::HasInput() const
{
    return true; // it keeps records that came early where SSL_has_pending() does not look
}

void
DatagramChannel::ReportRepetitions()
{
    if (m_repeated > 0)
    {
        Emit(FlightRetransmitted{std::exchange(m_repeated, 0)});
    }
}

void
DatagramChannel::UpdateDeadline(sansio::TimePoint now)
{
    const std::optional<sansio::TimePoint> before = m_deadline;
    m_deadline.reset();
    timeval left{};
    crypto::Scope scope = OpenScope(now);
    if (HasFailed() || DTLSv1_get_timeout(GetHandle(), &left) != 1)
    {
        return;
    }
    m_deadline = now + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
    if (before && *m_deadline == now && *before > now && *before - now < TIMER_SLACK)
    {
        m_deadline = before; // OpenSSL rounds the rest down to nothing
    }
}

void
DatagramChannel::ReleaseHalfOpen()
{
    if (GetState() != State::Handshake)
    {
        m_halfOpenSlot.reset();
    }
}

} // namespace tls
