// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "ns3/sequence-number.h"

#include <cstdint>
#include <map>

namespace ns3
{

/**
 * Tells TCP segments that are sent again from those that are new: one that carries data, SYN or FIN
 * and does not go beyond the highest sequence number that its flow has sent is a retransmission
 * (RFC 9293 section 3.4, where sequence numbers wrap). A keep-alive probe would be one too; ns-3
 * sends none.
 *
 * \tparam Flow what tells one direction of a connection from others
 */
template <typename Flow>
class SentSequences
{
  public:
    struct Segment
    {
        uint32_t sequence{0};
        uint32_t data{0}; ///< bytes
        uint8_t flags{0}; ///< of the header
    };

    /// A segment is sent. \return whether it was sent before
    bool IsRepeated(const Flow& flow, const Segment& segment)
    {
        const bool syn = segment.flags & SYN;
        const bool fin = segment.flags & FIN;
        const uint32_t length = segment.data + syn + fin;
        if (length == 0)
        {
            return false;
        }
        const SequenceNumber32 end = SequenceNumber32(segment.sequence) + length;
        auto [highest, isNew] = m_highest.try_emplace(flow, end);
        // A SYN of another sequence number opens the same pair of ports anew.
        const bool reopened = syn && highest->second != end;
        if (isNew || reopened || highest->second < end)
        {
            highest->second = end;
            return false;
        }
        return true;
    }

  private:
    static constexpr uint8_t FIN = 1; // RFC 9293 section 3.1
    static constexpr uint8_t SYN = 2;

    std::map<Flow, SequenceNumber32> m_highest; ///< by flow: the end of what was sent
};

} // namespace ns3
