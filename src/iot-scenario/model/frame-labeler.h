// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/segment-label.h"
#include "iot-metrics/model/sent-sequences.h"
#include "low-power-links/protocol/mac-header.h"
#include "sans-io/protocol/bytes.h"

#include "ns3/packet.h"

#include <string>
#include <tuple>

namespace ns3
{

struct StackInfo;

/// What a frame is to a person.
struct FrameLabel
{
    SegmentLabel segment;
    std::string again;  ///< the innermost layer that sends it once more; empty: it is the first
    uint64_t report{0}; ///< the label of what it carries; 0: none
};

/// Reads from the bytes of frames, and their provenance, what they are.
class FrameLabeler
{
  public:
    /// \param stack what the labels are to be read as; it must outlive the labeler
    explicit FrameLabeler(const StackInfo& stack);

    /// \param node the sender \param frame can be dissected \param attempt of the MAC, from 1 on
    FrameLabel Read(const std::string& node, Ptr<const Packet> frame, uint32_t attempt);

  private:
    /// Sender, receiver on the link, and ports.
    using Flow = std::tuple<std::string, lowpower::MacAddress, uint32_t>;

    bool IsTcpResent(const std::string& node,
                     const lowpower::MacAddress& to,
                     sansio::ByteView header,
                     size_t length);

    const StackInfo& m_stack;
    SentSequences<Flow> m_sent;
};

} // namespace ns3
