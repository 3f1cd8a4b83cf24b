// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/protocol/lowpan-header.h"
#include "low-power-links/protocol/mac-header.h"
#include "sans-io/protocol/time-point.h"

#include <map>
#include <vector>

namespace attacks
{

/**
 * Puts the IPv6 datagrams together that pass by in 802.15.4 frames: headers decompressed
 * (RFC 6282), fragments reassembled (RFC 4944 section 5.3), repetitions by the MAC left out.
 *
 * It hears what a radio hears and asks nobody. A frame it missed leaves a datagram incomplete until
 * reassemblyTimeout. HC1 is not understood.
 */
class LowPanListener
{
  public:
    struct Settings
    {
        LowPanContexts contexts;
        size_t reassemblies{64}; ///< datagrams in the making; at one more the oldest is given up
        size_t senders{4096};    ///< pairs of addresses whose last sequence number is kept
        sansio::Duration reassemblyTimeout{std::chrono::seconds(60)};
        /// The same sequence number again within this time is a repetition by the MAC.
        sansio::Duration repetitionTime{std::chrono::seconds(2)};
    };

    struct Counters
    {
        uint64_t frames{0};
        uint64_t malformed{0};   ///< wrong FCS, cut short, reserved or unsupported encodings
        uint64_t repetitions{0}; ///< of the MAC
        uint64_t datagrams{0};
        uint64_t incomplete{0}; ///< reassemblies that were given up
    };

    LowPanListener();
    explicit LowPanListener(Settings settings);

    /**
     * \param frame a frame with FCS
     * \return the datagram that it completes
     */
    std::optional<sansio::Bytes> HearFrame(sansio::TimePoint now, sansio::ByteView frame);

    const Counters& GetCounters() const
    {
        return m_counters;
    }

  private:
    struct Reassembly
    {
        sansio::TimePoint started;
        sansio::Bytes bytes;
        std::vector<bool> present; ///< of each byte
        size_t missing{0};
    };

    struct Heard
    {
        uint8_t sequence;
        sansio::TimePoint time;
        uint16_t check; ///< FCS of the frame
    };

    bool IsRepetition(sansio::TimePoint now,
                      const lowpower::MacHeader& header,
                      sansio::ByteView frame);
    std::optional<sansio::Bytes> HearFragment(sansio::TimePoint now,
                                              const FragmentKey& key,
                                              size_t offset,
                                              sansio::ByteView bytes);
    Reassembly* FindReassembly(sansio::TimePoint now, const FragmentKey& key);
    void GiveUpOld(sansio::TimePoint now);

    Settings m_settings;
    Counters m_counters;
    std::map<FragmentKey, Reassembly> m_reassemblies;
    std::map<std::pair<lowpower::MacAddress, lowpower::MacAddress>, Heard> m_heard;
};

} // namespace attacks
