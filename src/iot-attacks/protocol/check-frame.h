// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/lowpan-header.h"
#include "sans-io/protocol/time-point.h"

#include <map>
#include <optional>
#include <string>

namespace attacks
{

/**
 * Why the 6LoWPAN or MAC of ns-3 would end the process, not only drop the frame, on receiving
 * \p frame (with FCS) by itself; nothing where it is safe. See the module's documentation for the
 * list. What this refuses can be sent to a real device; here it is a limit of the simulator.
 */
std::optional<std::string> CheckFrame(sansio::ByteView frame);

/**
 * CheckFrame() and the fragments that were on air before: one that overlaps others of its datagram
 * ends the process too.
 */
class FrameChecker
{
  public:
    /// \param memory how long ns-3 keeps fragments (FragmentExpirationTimeout, 60 s)
    explicit FrameChecker(sansio::Duration memory = std::chrono::seconds(60));

    /// A frame was on air.
    void Hear(sansio::TimePoint now, sansio::ByteView frame);

    /// Why \p frame is refused now.
    std::optional<std::string> Check(sansio::TimePoint now, sansio::ByteView frame);

  private:
    struct Fragments
    {
        sansio::TimePoint last;
        std::map<size_t, size_t> sizes; ///< offset -> bytes
    };

    void Forget(sansio::TimePoint now);

    sansio::Duration m_memory;
    std::map<FragmentKey, Fragments> m_fragments; ///< ns-3 tells datagrams apart in the same way
};

} // namespace attacks
