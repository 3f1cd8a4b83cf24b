// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/host-tcp-table.h"

#include "iot-device/model/host-tcp-socket-factory.h"
#include "iot-device/model/host-tcp-socket.h"
#include "sans-io/model/peer-identity-source.h"
#include "sans-io/model/time-conversion.h"

namespace ns3
{

namespace
{

/// The address alone: what one host can spend many ports of.
sansio::PeerAddress
WithoutPort(const Address& peer)
{
    sansio::PeerAddress address = ToPeerAddress(peer);
    address.port = 0;
    return address;
}

} // namespace

HostTcpTable::HostTcpTable(Ptr<HostTcpSocketFactory> factory)
    : m_factory(factory),
      m_rates(factory->GetRatePerAddress(), factory->GetMaxRateEntries())
{
}

HostTcpTable::~HostTcpTable() = default;

bool
HostTcpTable::Admit(const Address& peer)
{
    const sansio::PeerAddress address = WithoutPort(peer);
    const uint32_t perAddress = m_factory->GetMaxConnectionsPerAddress();
    auto open = m_perAddress.find(address);
    if (perAddress > 0 && open != m_perAddress.end() && open->second >= perAddress)
    {
        return Refuse(peer, "per-address");
    }
    m_rates.SetLimit(m_factory->GetRatePerAddress());
    if (!m_rates.Take(SimulatedNow(), address))
    {
        return Refuse(peer, "rate");
    }
    if (!AdmitCompleted(peer))
    {
        return false;
    }
    const bool room = m_halfOpen.size() < m_factory->GetBacklog();
    return room || m_factory->EvictsOldest() || Refuse(peer, "backlog");
}

bool
HostTcpTable::AdmitCompleted(const Address& peer)
{
    const uint32_t most = m_factory->GetMaxConnections();
    return most == 0 || m_connected < most || Refuse(peer, "connections");
}

bool
HostTcpTable::Refuse(const Address& peer, const char* reason)
{
    m_factory->NotifyRefused(peer, reason);
    return false;
}

void
HostTcpTable::EnterHalfOpen(Entry& entry, const Address& peer, HostTcpSocket* socket)
{
    if (m_halfOpen.size() >= m_factory->GetBacklog())
    {
        EvictOldest();
    }
    entry.place = Place::HalfOpen;
    entry.address = WithoutPort(peer);
    entry.position = m_halfOpen.insert(m_halfOpen.end(), socket);
    m_perAddress[entry.address]++;
    m_factory->ChangeHalfOpen(1);
}

void
HostTcpTable::EvictOldest()
{
    Ptr<HostTcpSocket> oldest(m_halfOpen.front());
    m_factory->NotifyRefused(oldest->GetPeer(), "evicted");
    oldest->Evict();
}

void
HostTcpTable::EnterConnected(Entry& entry)
{
    LeaveHalfOpen(entry);
    entry.place = Place::Connected;
    m_connected++;
    m_factory->ChangeConnections(1);
}

void
HostTcpTable::LeaveHalfOpen(Entry& entry)
{
    m_halfOpen.erase(entry.position);
    m_factory->ChangeHalfOpen(-1);
}

void
HostTcpTable::Leave(Entry& entry)
{
    if (entry.place == Place::None)
    {
        return;
    }
    if (entry.place == Place::HalfOpen)
    {
        LeaveHalfOpen(entry);
    }
    else
    {
        m_connected--;
        m_factory->ChangeConnections(-1);
    }
    entry.place = Place::None;
    auto open = m_perAddress.find(entry.address);
    if (--open->second == 0)
    {
        m_perAddress.erase(open);
    }
}

} // namespace ns3
