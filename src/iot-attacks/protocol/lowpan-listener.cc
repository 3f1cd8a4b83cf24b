// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/lowpan-listener.h"

#include <algorithm>

namespace attacks
{

LowPanListener::LowPanListener() = default;

LowPanListener::LowPanListener(Settings settings)
    : m_settings(std::move(settings))
{
}

bool
LowPanListener::IsRepetition(sansio::TimePoint now,
                             const lowpower::MacHeader& header,
                             sansio::ByteView frame)
{
    sansio::ByteView fcs = frame.From(frame.size() - lowpower::FCS_SIZE);
    Heard heard{header.sequence, now, static_cast<uint16_t>(fcs[0] << 8 | fcs[1])};
    if (m_heard.size() >= m_settings.senders)
    {
        auto isOld = [&](const auto& entry) {
            return now - entry.second.time > m_settings.repetitionTime;
        };
        for (auto entry = m_heard.begin(); entry != m_heard.end();)
        {
            entry = isOld(*entry) ? m_heard.erase(entry) : std::next(entry);
        }
        if (m_heard.size() >= m_settings.senders)
        {
            m_heard.clear(); // repetitions of the next frame of each sender then count
        }
    }
    auto [entry, isNew] = m_heard.try_emplace({header.source, header.destination}, heard);
    bool repeated = !isNew && entry->second.sequence == heard.sequence &&
                    entry->second.check == heard.check &&
                    now - entry->second.time <= m_settings.repetitionTime;
    entry->second = heard;
    return repeated;
}

void
LowPanListener::GiveUpOld(sansio::TimePoint now)
{
    for (auto entry = m_reassemblies.begin(); entry != m_reassemblies.end();)
    {
        if (now - entry->second.started > m_settings.reassemblyTimeout)
        {
            m_counters.incomplete++;
            entry = m_reassemblies.erase(entry);
        }
        else
        {
            ++entry;
        }
    }
}

LowPanListener::Reassembly*
LowPanListener::FindReassembly(sansio::TimePoint now, const FragmentKey& key)
{
    GiveUpOld(now);
    if (auto known = m_reassemblies.find(key); known != m_reassemblies.end())
    {
        return &known->second;
    }
    if (m_reassemblies.size() >= std::max<size_t>(m_settings.reassemblies, 1))
    {
        auto oldest = std::min_element(
            m_reassemblies.begin(),
            m_reassemblies.end(),
            [](const auto& a, const auto& b) { return a.second.started < b.second.started; });
        m_reassemblies.erase(oldest);
        m_counters.incomplete++;
    }
    Reassembly& fresh = m_reassemblies[key];
    fresh.started = now;
    fresh.bytes.resize(key.size);
    fresh.present.resize(key.size);
    fresh.missing = key.size;
    return &fresh;
}

std::optional<sansio::Bytes>
LowPanListener::HearFragment(sansio::TimePoint now,
                             const FragmentKey& key,
                             size_t offset,
                             sansio::ByteView bytes)
{
    if (offset + bytes.size() > key.size || bytes.empty())
    {
        m_counters.malformed++;
        return std::nullopt;
    }
    Reassembly& reassembly = *FindReassembly(now, key);
    for (size_t i = 0; i < bytes.size(); i++)
    {
        if (!reassembly.present[offset + i])
        {
            reassembly.present[offset + i] = true;
            reassembly.bytes[offset + i] = bytes[i];
            reassembly.missing--;
        }
    }
    if (reassembly.missing)
    {
        return std::nullopt;
    }
    sansio::Bytes whole = std::move(reassembly.bytes);
    m_reassemblies.erase(key);
    m_counters.datagrams++;
    return whole;
}

std::optional<sansio::Bytes>
LowPanListener::HearFrame(sansio::TimePoint now, sansio::ByteView frame)
{
    m_counters.frames++;
    std::optional<lowpower::MacHeader> header = lowpower::ParseMacHeader(frame);
    if (!header || !lowpower::HasValidFcs(frame))
    {
        m_counters.malformed++;
        return std::nullopt;
    }
    sansio::ByteView payload = frame.First(frame.size() - lowpower::FCS_SIZE).From(header->length);
    if (header->type != lowpower::FrameType::Data || payload.empty())
    {
        return std::nullopt;
    }
    if (IsRepetition(now, *header, frame))
    {
        m_counters.repetitions++;
        return std::nullopt;
    }
    std::optional<LowPanFraming> framing =
        ReadFraming(payload, {header->source, header->destination});
    std::optional<sansio::Bytes> bytes;
    if (framing && framing->fragmented && !framing->first)
    {
        bytes = framing->rest.ToBytes();
    }
    else if (framing && (!framing->fragmented || framing->size >= IPV6_HEADER_SIZE))
    {
        bytes = Decompress(framing->rest, framing->size, framing->link, m_settings.contexts);
    }
    if (!bytes)
    {
        m_counters.malformed++;
        return std::nullopt;
    }
    if (framing->fragmented)
    {
        return HearFragment(now, FragmentKey(*framing), framing->offset, *bytes);
    }
    m_counters.datagrams++;
    return bytes;
}

} // namespace attacks
