// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/ipv6.h"

#include <map>
#include <vector>

namespace attacks
{

/// Whether \p a is before \p b, in the circle of 32-bit sequence numbers (RFC 9293 section 3.4).
constexpr bool
IsBefore(uint32_t a, uint32_t b)
{
    return static_cast<int32_t>(a - b) < 0;
}

/**
 * One direction of a TCP connection as an observer sees it: segments in any order, repeated and
 * overlapping, become the stream that the receiver sees. What arrived first counts.
 */
class TcpListener
{
  public:
    /// Bytes that became readable, in order.
    struct Piece
    {
        uint32_t sequence{0}; ///< of the first byte
        sansio::Bytes bytes;
        bool afterGap{false}; ///< bytes before it were never heard
    };

    /// \param limit bytes that may wait for a gap to be filled; beyond, the gap is given up
    explicit TcpListener(size_t limit = 65536);

    /// A segment of this direction. \return what becomes readable by it
    std::vector<Piece> Hear(const TcpHeader& header, sansio::ByteView data);

    /// The receiver acknowledged up to \p acknowledgment: what is missing before it was delivered
    /// unheard. \return what becomes readable by giving up
    std::vector<Piece> HearAcknowledgment(uint32_t acknowledgment);

    /// The sequence number of the byte that is awaited next.
    std::optional<uint32_t> GetNext() const
    {
        return m_next;
    }

    /// Bytes that wait for a gap to be filled.
    size_t GetWaiting() const;

    /// Bytes that were given up.
    uint64_t GetLost() const
    {
        return m_lost;
    }

    /// Segments that brought nothing new.
    uint64_t GetRepeated() const
    {
        return m_repeated;
    }

  private:
    struct Before
    {
        bool operator()(uint32_t a, uint32_t b) const
        {
            return IsBefore(a, b);
        }
    };

    std::vector<Piece> TakeReadable();
    std::vector<Piece> Skip(uint32_t to);
    void PassFin();

    size_t m_limit;
    std::optional<uint32_t> m_next;
    std::optional<uint32_t> m_fin; ///< the number of a FIN that is not reached yet
    std::map<uint32_t, sansio::Bytes, Before> m_waiting; ///< within half the circle of m_next
    uint64_t m_lost{0};
    uint64_t m_repeated{0};
    bool m_gap{false}; ///< the next piece follows bytes that were never heard
};

} // namespace attacks
