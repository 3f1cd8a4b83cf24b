// SPDX-License-Identifier: GPL-2.0-only
#include "iot-metrics/model/frame-account.h"

#include "low-power-links/protocol/frame-dissector.h"
#include "sans-io/model/provenance-tag.h"

namespace ns3
{

LayerBytes&
LayerBytes::operator+=(const LayerBytes& other)
{
    payload += other.payload;
    application += other.application;
    security += other.security;
    transport += other.transport;
    network += other.network;
    link += other.link;
    return *this;
}

LayerBytes
operator-(const LayerBytes& a, const LayerBytes& b)
{
    return {a.payload - b.payload,
            a.application - b.application,
            a.security - b.security,
            a.transport - b.transport,
            a.network - b.network,
            a.link - b.link};
}

LayerBytes
SplitFrame(Ptr<const Packet> frame)
{
    LayerBytes layers;
    auto dissection = lowpower::DissectFrame(ToBytes(frame));
    if (!dissection)
    {
        return layers;
    }
    layers.link = dissection->link;
    layers.network = dissection->network;
    layers.transport = dissection->transport;
    if (dissection->upper > 0)
    {
        auto upper =
            ToSpannedBytes(frame->CreateFragment(dissection->upperBegin, dissection->upper));
        for (const sansio::Span& span : upper.GetSpans())
        {
            switch (span.provenance.layer)
            {
            case sansio::Layer::Payload:
                layers.payload += span.end - span.begin;
                break;
            case sansio::Layer::Application:
                layers.application += span.end - span.begin;
                break;
            case sansio::Layer::Security:
                layers.security += span.end - span.begin;
                break;
            }
        }
    }
    return layers;
}

void
FrameAccount::Add(Ptr<const Packet> frame)
{
    LayerBytes layers = SplitFrame(frame);
    m_frames++;
    m_sent += lowpower::PHY_HEADER_SIZE + frame->GetSize();
    m_unknown += layers.GetTotal() == 0;
    m_bytes += layers;
}

const LayerBytes&
FrameAccount::GetBytes() const
{
    return m_bytes;
}

uint64_t
FrameAccount::GetFrames() const
{
    return m_frames;
}

uint64_t
FrameAccount::GetBytesSent() const
{
    return m_sent;
}

uint64_t
FrameAccount::GetUnknownFrames() const
{
    return m_unknown;
}

} // namespace ns3
