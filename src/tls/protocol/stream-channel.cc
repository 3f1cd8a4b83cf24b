// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/stream-channel.h"

#include <algorithm>
#include <openssl/ssl.h>
#include <utility>

namespace tls
{

namespace
{
constexpr size_t RECORD_HEADER = 5; // RFC 8446 section 5.1
} // namespace

StreamChannel::StreamChannel(std::shared_ptr<const Context> context,
                             Role role,
                             sansio::RandomSource& random)
    : Channel(std::move(context), role, random, nullptr, RECORD_HEADER)
{
}

void
StreamChannel::Start(sansio::TimePoint now)
{
    if (GetState() != State::Idle)
    {
        return;
    }
    SetState(State::Handshake);
    Call call(*this, now);
    Advance();
}

void
StreamChannel::Receive(sansio::TimePoint now, sansio::ByteView bytes)
{
    if (GetState() == State::Idle)
    {
        Start(now);
    }
    AccountReceived(bytes.size());
    m_input = bytes;
    {
        Call call(*this, now);
        Advance();
    }
    m_input = {};
}

void
StreamChannel::HandleTimeout(sansio::TimePoint /* now */)
{
}

std::optional<sansio::TimePoint>
StreamChannel::GetNextTimeout() const
{
    return {};
}

sansio::SpannedBytes
StreamChannel::TakeTransmit()
{
    return std::exchange(m_output, {});
}

bool
StreamChannel::Send(sansio::TimePoint now, const sansio::SpannedBytes& plaintext)
{
    Call call(*this, now);
    return Write(plaintext);
}

void
StreamChannel::OnWrite(sansio::ByteView bytes)
{
    if (m_output.empty())
    {
        constexpr size_t SPANS = 4; // around header and payload of one message
        m_output.Reserve(bytes.size(), SPANS);
    }
    MapOutput(bytes, false, m_output);
}

size_t
StreamChannel::OnRead(uint8_t* data, size_t size)
{
    const sansio::ByteView taken = m_input.First(size);
    std::copy(taken.begin(), taken.end(), data);
    m_input = m_input.From(taken.size());
    return taken.size();
}

bool
StreamChannel::HasInput() const
{
    return !m_input.empty() || SSL_has_pending(GetHandle());
}

} // namespace tls
