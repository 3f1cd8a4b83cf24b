// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/ns3-random-source.h"

namespace ns3
{

Ns3RandomSource::Ns3RandomSource()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

uint64_t
Ns3RandomSource::GetInteger()
{
    // MRG32k3a yields just under 32 random bits a draw.
    constexpr uint32_t ALL = 0xffffffff;
    uint64_t high = m_uniform->GetInteger(0, ALL);
    return high << 32 | m_uniform->GetInteger(0, ALL);
}

int64_t
Ns3RandomSource::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

} // namespace ns3
