// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/scope.h"

namespace crypto
{

namespace
{
thread_local Scope* t_current = nullptr;
} // namespace

Scope::Scope(int64_t unixTime, sansio::RandomSource& random, sansio::Operations* operations)
    : m_unixTime(unixTime),
      m_random(random),
      m_operations(operations),
      m_outer(t_current)
{
    t_current = this;
}

Scope::~Scope()
{
    t_current = m_outer;
}

Scope*
Scope::GetCurrent()
{
    return t_current;
}

void
Scope::Count(sansio::OperationKind kind, uint32_t count, uint64_t bytes)
{
    if (!m_operations)
    {
        return;
    }
    if (!m_operations->empty() && m_operations->back().kind == kind)
    {
        m_operations->back().count += count;
        m_operations->back().bytes += bytes;
        return;
    }
    m_operations->push_back({kind, count, bytes});
}

} // namespace crypto
