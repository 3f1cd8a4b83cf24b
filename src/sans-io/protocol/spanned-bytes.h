// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <utility>
#include <vector>

namespace sansio
{

/// Who put a byte on the wire. The layers below are found in the frame itself (see
/// low-power-links).
enum class Layer : uint8_t
{
    Payload,     ///< what the user of the protocol wanted to say
    Application, ///< what MQTT, CoAP or HTTP wrote around it
    Security,    ///< record headers, nonces, tags and handshakes of TLS, DTLS and OSCORE
};

/// Where a byte comes from. It travels with the byte down to the frame on air.
struct Provenance
{
    Layer layer{Layer::Payload};
    bool retransmission{false}; ///< sent again by the protocol that wrote it
    uint64_t report{0}; ///< label of the report it serves, chosen by the application; 0 = none

    friend bool operator==(const Provenance& a, const Provenance& b)
    {
        return a.layer == b.layer && a.retransmission == b.retransmission && a.report == b.report;
    }
};

/// A run of bytes of one provenance.
struct Span
{
    size_t begin{0};
    size_t end{0}; ///< one past the last byte
    Provenance provenance;

    friend bool operator==(const Span& a, const Span& b)
    {
        return a.begin == b.begin && a.end == b.end && a.provenance == b.provenance;
    }
};

/// Bytes for the wire of which each knows its provenance: the spans cover them in order, without
/// gaps.
class SpannedBytes
{
  public:
    SpannedBytes() = default;

    SpannedBytes(ByteView bytes, const Provenance& provenance)
    {
        Append(bytes, provenance);
    }

    /// Takes over the bytes, and with them the room reserved behind them.
    SpannedBytes(Bytes&& bytes, const Provenance& provenance)
        : m_bytes(std::move(bytes))
    {
        if (!m_bytes.empty())
        {
            m_spans.reserve(2); // header and payload
            m_spans.push_back({0, m_bytes.size(), provenance});
        }
    }

    /// Makes room for so many bytes and spans in all.
    void Reserve(size_t bytes, size_t spans)
    {
        m_bytes.reserve(bytes);
        m_spans.reserve(spans);
    }

    /// Adds bytes at the end; a span of the same provenance grows instead of a new one starting.
    void Append(ByteView bytes, const Provenance& provenance)
    {
        if (!bytes.empty())
        {
            std::memcpy(Extend(bytes.size(), provenance), bytes.data(), bytes.size());
        }
    }

    /// Makes place for \p count more bytes, at least one; \return where they go, valid until the
    /// next call.
    uint8_t* Extend(size_t count, const Provenance& provenance)
    {
        size_t begin = m_bytes.size();
        m_bytes.resize(begin + count);
        if (!m_spans.empty() && m_spans.back().provenance == provenance)
        {
            m_spans.back().end = m_bytes.size();
        }
        else
        {
            m_spans.push_back({begin, m_bytes.size(), provenance});
        }
        return m_bytes.data() + begin;
    }

    void Append(const SpannedBytes& other)
    {
        for (const Span& span : other.m_spans)
        {
            Append(other.GetView().From(span.begin).First(span.end - span.begin), span.provenance);
        }
    }

    ByteView GetView() const
    {
        return m_bytes;
    }

    const std::vector<Span>& GetSpans() const
    {
        return m_spans;
    }

    size_t size() const
    {
        return m_bytes.size();
    }

    bool empty() const
    {
        return m_bytes.empty();
    }

    /// The same bytes, marked as sent again by the protocol that wrote them.
    SpannedBytes AsRetransmission() const
    {
        SpannedBytes again = *this;
        for (Span& span : again.m_spans)
        {
            span.provenance.retransmission = true;
        }
        return again;
    }

  private:
    Bytes m_bytes;
    std::vector<Span> m_spans;
};

} // namespace sansio
