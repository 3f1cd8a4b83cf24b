// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace sansio
{

/**
 * A queue for what its owner is soon asked for, such as events and datagrams of a machine: as soon
 * as it is empty it begins again at its front, so that a simulation of many machines goes through
 * few pieces of memory.
 */
template <typename T>
class Queue
{
  public:
    bool empty() const
    {
        return m_next == m_items.size();
    }

    size_t size() const
    {
        return m_items.size() - m_next;
    }

    void push_back(T item)
    {
        m_items.push_back(std::move(item));
    }

    /// Takes the first item of a queue that is not empty.
    T Take()
    {
        T first = std::move(m_items[m_next++]);
        if (empty())
        {
            m_items.clear();
            m_next = 0;
        }
        else if (m_next > m_items.size() / 2 && m_next >= MANY)
        {
            m_items.erase(m_items.begin(), m_items.begin() + m_next);
            m_next = 0;
        }
        return first;
    }

  private:
    static constexpr size_t MANY = 64; ///< taken items that are worth being moved over

    std::vector<T> m_items;
    size_t m_next{0}; ///< the first that is not taken
};

} // namespace sansio
