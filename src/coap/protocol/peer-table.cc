// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/peer-table.h"

namespace coap
{

std::optional<uint16_t>
MessageIds::Take(sansio::TimePoint now, sansio::Duration lifetime)
{
    auto& lastUsed = m_lastUsed[m_next / BLOCK_SIZE];
    // Within a block every Message ID was used no later than the block, so its start decides.
    bool starts = m_next % BLOCK_SIZE == 0;
    if (starts && lastUsed && now < *lastUsed + lifetime)
    {
        return std::nullopt;
    }
    lastUsed = now;
    return m_next++;
}

PeerTable::PeerTable(size_t bound, Report& report, sansio::RandomSource& random)
    : m_bound(bound),
      m_report(report),
      m_random(random)
{
}

Peer*
PeerTable::Find(const sansio::PeerAddress& address)
{
    auto found = m_peers.find(address);
    // Only the address is a key, and nobody changes it.
    return found == m_peers.end() ? nullptr : const_cast<Peer*>(&*found);
}

Peer*
PeerTable::Get(const sansio::PeerAddress& address)
{
    auto& byUse = m_peers.get<1>();
    auto found = m_peers.find(address);
    if (found == m_peers.end())
    {
        if (m_peers.size() >= m_bound && !MakeRoom())
        {
            return nullptr;
        }
        auto first = static_cast<uint16_t>(m_random.GetInteger());
        found = m_peers.insert({address, MessageIds(first), 0, {}}).first;
    }
    byUse.relocate(byUse.end(), m_peers.project<1>(found));
    return const_cast<Peer*>(&*found);
}

bool
PeerTable::MakeRoom()
{
    m_report.Reach(Limit::Peers);
    auto& byUse = m_peers.get<1>();
    for (auto peer = byUse.begin(); peer != byUse.end(); ++peer)
    {
        if (peer->IsIdle())
        {
            byUse.erase(peer);
            return true;
        }
    }
    return false;
}

} // namespace coap
