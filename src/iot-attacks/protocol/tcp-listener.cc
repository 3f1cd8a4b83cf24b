// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/tcp-listener.h"

#include <algorithm>
#include <utility>

namespace attacks
{

TcpListener::TcpListener(size_t limit)
    : m_limit(limit)
{
}

size_t
TcpListener::GetWaiting() const
{
    size_t total = 0;
    for (const auto& [sequence, bytes] : m_waiting)
    {
        total += bytes.size();
    }
    return total;
}

std::vector<TcpListener::Piece>
TcpListener::Hear(const TcpHeader& header, sansio::ByteView data)
{
    uint32_t sequence = header.sequence;
    if (header.flags & TCP_SYN)
    {
        // SYN takes one sequence number (RFC 9293 section 3.4); it starts the stream anew.
        if (!m_next || *m_next != sequence + 1)
        {
            m_waiting.clear();
            m_fin.reset();
        }
        else if (data.empty())
        {
            m_repeated++;
        }
        m_next = ++sequence;
    }
    uint32_t end = sequence + static_cast<uint32_t>(data.size());
    if (header.flags & TCP_FIN)
    {
        m_fin = end;
        PassFin();
    }
    if (header.flags & TCP_RST || data.empty())
    {
        return {};
    }
    if (!m_next)
    {
        m_next = sequence; // the beginning was not heard
    }
    constexpr int32_t farAway = 1 << 30; // no window is as large: not of this stream
    if (static_cast<int32_t>(sequence - *m_next) > farAway)
    {
        return {};
    }
    if (!IsBefore(*m_next, end))
    {
        m_repeated++;
        return {};
    }
    if (IsBefore(sequence, *m_next))
    {
        data = data.From(*m_next - sequence);
        sequence = *m_next;
    }
    auto [entry, isNew] = m_waiting.try_emplace(sequence, data.ToBytes());
    if (!isNew && entry->second.size() < data.size())
    {
        sansio::ByteView more = data.From(entry->second.size());
        entry->second.insert(entry->second.end(), more.begin(), more.end());
    }
    else if (!isNew)
    {
        m_repeated++;
    }
    if (GetWaiting() > m_limit && m_waiting.begin()->first != *m_next)
    {
        return Skip(m_waiting.begin()->first);
    }
    return TakeReadable();
}

std::vector<TcpListener::Piece>
TcpListener::HearAcknowledgment(uint32_t acknowledgment)
{
    constexpr int32_t farAway = 1 << 30;
    if (!m_next || !IsBefore(*m_next, acknowledgment) ||
        static_cast<int32_t>(acknowledgment - *m_next) > farAway)
    {
        return {};
    }
    std::vector<Piece> pieces;
    while (!m_waiting.empty() && IsBefore(m_waiting.begin()->first, acknowledgment))
    {
        std::vector<Piece> more = Skip(m_waiting.begin()->first);
        std::move(more.begin(), more.end(), std::back_inserter(pieces));
    }
    if (IsBefore(*m_next, acknowledgment))
    {
        // The end of what was acknowledged is missing too.
        std::vector<Piece> more = Skip(acknowledgment);
        std::move(more.begin(), more.end(), std::back_inserter(pieces));
    }
    return pieces;
}

std::vector<TcpListener::Piece>
TcpListener::Skip(uint32_t to)
{
    m_lost += to - *m_next;
    m_next = to;
    m_gap = true;
    return TakeReadable();
}

void
TcpListener::PassFin()
{
    if (m_fin && m_next == m_fin)
    {
        ++*m_next; // FIN takes a sequence number as SYN does
        m_fin.reset();
    }
}

std::vector<TcpListener::Piece>
TcpListener::TakeReadable()
{
    std::vector<Piece> pieces;
    while (!m_waiting.empty() && !IsBefore(*m_next, m_waiting.begin()->first))
    {
        auto first = m_waiting.begin();
        uint32_t old = *m_next - first->first;
        if (old < first->second.size())
        {
            Piece piece;
            piece.sequence = *m_next;
            piece.bytes = sansio::ByteView(first->second).From(old).ToBytes();
            piece.afterGap = std::exchange(m_gap, false);
            *m_next += static_cast<uint32_t>(piece.bytes.size());
            pieces.push_back(std::move(piece));
        }
        m_waiting.erase(first);
    }
    PassFin();
    return pieces;
}

} // namespace attacks
