// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace tls
{

/**
 * A queue that holds no memory before it is used, and none of its own per element: an endpoint has
 * several, mostly empty ones, where std::deque takes 600 bytes each.
 */
template <typename Element>
class Fifo
{
  public:
    bool empty() const
    {
        return m_elements.empty();
    }

    size_t size() const
    {
        return m_elements.size() - m_taken;
    }

    /// The oldest element; there must be one.
    Element& Front()
    {
        return m_elements[m_taken];
    }

    /// The newest element; there must be one.
    Element& Back()
    {
        return m_elements.back();
    }

    Element& Push(Element element)
    {
        return m_elements.emplace_back(std::move(element));
    }

    /// Removes the oldest element; there must be one.
    Element Pop()
    {
        Element element = std::move(m_elements[m_taken++]);
        if (m_taken == m_elements.size())
        {
            Clear();
        }
        else if (2 * m_taken > m_elements.size())
        {
            m_elements.erase(m_elements.begin(), m_elements.begin() + m_taken);
            m_taken = 0;
        }
        return element;
    }

    void Clear()
    {
        m_elements.clear();
        m_taken = 0;
    }

  private:
    std::vector<Element> m_elements;
    size_t m_taken{0}; ///< elements in front that have been popped
};

} // namespace tls
