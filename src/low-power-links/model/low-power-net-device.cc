// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-net-device.h"

#include "low-power-links/model/frame-tag.h"
#include "sans-io/model/provenance-tag.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LowPowerNetDevice);

namespace
{

constexpr uint8_t DATA_REQUEST = static_cast<uint8_t>(lowpower::CommandId::DataRequest);

lowpower::MacAddress
MakeAddress(uint16_t address)
{
    return {lowpower::AddressMode::Short, address};
}

} // namespace

TypeId
LowPowerNetDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LowPowerNetDevice")
            .SetParent<ShortAddressNetDevice>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<LowPowerNetDevice>()
            .AddAttribute("PanId",
                          "PAN identifier, the same for all devices of a network.",
                          UintegerValue(0xabcd),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_panId),
                          MakeUintegerChecker<uint16_t>(0, 0xfffe))
            .AddAttribute(
                "MacMaxFrameRetries",
                "Retransmissions of a frame that is not acknowledged (macMaxFrameRetries).",
                UintegerValue(3),
                MakeUintegerAccessor(&LowPowerNetDevice::m_retries),
                MakeUintegerChecker<uint8_t>(0, 7))
            .AddAttribute("HeldFrameRetries",
                          "Retransmissions of a held frame after one poll; 0 is what the standard "
                          "says. At the next poll it is sent again in any case.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_heldRetries),
                          MakeUintegerChecker<uint8_t>(0, 7))
            .AddAttribute("MacMinBe",
                          "First backoff exponent of CSMA-CA (macMinBE).",
                          UintegerValue(3),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_minBe),
                          MakeUintegerChecker<uint8_t>(0, 8))
            .AddAttribute("MacMaxBe",
                          "Largest backoff exponent of CSMA-CA (macMaxBE).",
                          UintegerValue(5),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_maxBe),
                          MakeUintegerChecker<uint8_t>(3, 8))
            .AddAttribute("MacMaxCsmaBackoffs",
                          "Backoffs before the channel counts as not accessible "
                          "(macMaxCSMABackoffs).",
                          UintegerValue(4),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_maxCsmaBackoffs),
                          MakeUintegerChecker<uint8_t>(0, 5))
            .AddAttribute("TransmitQueueLimit",
                          "Frames that may wait for transmission; a further one is dropped.",
                          UintegerValue(32),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_transmitLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("HeldQueueLimit",
                          "Frames that a parent holds for one sleepy child; a further one is "
                          "dropped.",
                          UintegerValue(32),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_heldLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("DuplicateTableSize",
                          "Sources whose last sequence number is kept.",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&LowPowerNetDevice::m_duplicateLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Sleepy",
                          "The radio is off unless the device sends or polls its parent.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&LowPowerNetDevice::m_sleepy),
                          MakeBooleanChecker())
            .AddAttribute("PollPeriod",
                          "Time from one poll of a sleepy device to the next.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&LowPowerNetDevice::m_pollPeriod),
                          MakeTimeChecker(MilliSeconds(10)))
            .AddAttribute("FastPollPeriod",
                          "The same while it has sent or received data not long ago.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&LowPowerNetDevice::m_fastPollPeriod),
                          MakeTimeChecker(MilliSeconds(10)))
            .AddAttribute("FastPollDuration",
                          "For how long after it sent or received data it polls at FastPollPeriod.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&LowPowerNetDevice::m_fastPollDuration),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("FrameWaitTime",
                          "How long a sleepy device listens for a frame that its parent says it "
                          "holds (macMaxFrameTotalWaitTime, section 7.4.2: 1986 symbols).",
                          TimeValue(MicroSeconds(31776)),
                          MakeTimeAccessor(&LowPowerNetDevice::m_frameWaitTime),
                          MakeTimeChecker(MilliSeconds(5)))
            .AddAttribute("Phy",
                          "The radio.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&LowPowerNetDevice::m_phy),
                          MakePointerChecker<LowPowerPhy>())
            .AddAttribute("LossModel",
                          "Which received frames are dropped.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&LowPowerNetDevice::m_lossModel),
                          MakePointerChecker<FrameLossModel>())
            .AddTraceSource("FrameSent",
                            "A frame goes on air: data, acknowledgement or command, first or "
                            "repeated.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_frameSent),
                            "ns3::LowPowerNetDevice::FrameSentCallback")
            .AddTraceSource("FrameReceived",
                            "A frame for this device arrived, duplicates included; of "
                            "acknowledgements the awaited one.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_frameReceived),
                            "ns3::LowPowerNetDevice::FrameCallback")
            .AddTraceSource("FrameLost",
                            "A frame for this device did not arrive, and why.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_frameLost),
                            "ns3::LowPowerNetDevice::FrameLostCallback")
            .AddTraceSource("DuplicateDropped",
                            "A frame was acknowledged and not delivered, for it had arrived "
                            "before.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_duplicateDropped),
                            "ns3::LowPowerNetDevice::FrameCallback")
            .AddTraceSource("PollSent",
                            "A sleepy device starts to poll its parent; repetitions by the MAC "
                            "are seen in FrameSent.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_pollSent),
                            "ns3::LowPowerNetDevice::PollSentCallback")
            .AddTraceSource("QueueDrop",
                            "A queue was full and what came last was dropped.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_queueDrop),
                            "ns3::LowPowerNetDevice::QueueDropCallback")
            .AddTraceSource("SendOutcome",
                            "What the sender believes of a frame it is done with. A held frame "
                            "that was not acknowledged is not done with.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_sendOutcome),
                            "ns3::LowPowerNetDevice::SendOutcomeCallback")
            .AddTraceSource("Sniffer",
                            "Every frame this device puts on air, as it starts, and every frame "
                            "its radio receives, for whomever, as it ends.",
                            MakeTraceSourceAccessor(&LowPowerNetDevice::m_sniffer),
                            "ns3::LowPowerNetDevice::FrameCallback");
    return tid;
}

LowPowerNetDevice::LowPowerNetDevice()
    : m_phy(CreateObject<LowPowerPhy>()),
      m_lossModel(CreateObject<FrameLossModel>()),
      m_mac(*this),
      m_pollPhase(CreateObject<UniformRandomVariable>()),
      m_held([this](Ptr<MacFrame> frame) { m_mac.Send(frame, true); }),
      m_poller([this](bool fast) { Poll(fast); }, [this](bool on) { m_mac.SetListening(on); })
{
    m_phy->SetLossModel(m_lossModel);
    m_mac.Attach(m_phy);
}

LowPowerNetDevice::~LowPowerNetDevice() = default;

void
LowPowerNetDevice::DoInitialize()
{
    NS_ABORT_MSG_IF(m_sleepy && !m_parent, "LowPowerNetDevice: a sleepy device needs a parent");
    LowPowerMac::Settings settings;
    settings.minBe = m_minBe;
    settings.maxBe = m_maxBe;
    settings.maxCsmaBackoffs = m_maxCsmaBackoffs;
    m_mac.SetSettings(settings);
    m_mac.SetAddress(m_panId, GetNumber());
    m_duplicates.SetLimit(m_duplicateLimit);
    m_mac.Start(!m_sleepy);
    if (m_sleepy)
    {
        StartPolling();
    }
    ShortAddressNetDevice::DoInitialize();
}

void
LowPowerNetDevice::DoDispose()
{
    m_poller.Stop();
    m_mac.Stop();
    m_held.Clear();
    m_phy->Dispose();
    ShortAddressNetDevice::DoDispose();
}

void
LowPowerNetDevice::SetChannel(Ptr<SpectrumChannel> channel)
{
    m_phy->SetChannel(channel);
    channel->AddRx(m_phy);
}

void
LowPowerNetDevice::SetParent(Mac16Address parent)
{
    m_parent = *ToShort(parent);
}

void
LowPowerNetDevice::AddSleepyChild(Mac16Address child)
{
    m_held.AddChild(*ToShort(child));
}

Ptr<LowPowerPhy>
LowPowerNetDevice::GetPhy() const
{
    return m_phy;
}

Ptr<FrameLossModel>
LowPowerNetDevice::GetLossModel() const
{
    return m_lossModel;
}

uint16_t
LowPowerNetDevice::GetPanId() const
{
    return m_panId;
}

int64_t
LowPowerNetDevice::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    next += m_mac.AssignStreams(next);
    next += m_lossModel->AssignStreams(next);
    next += m_phy->AssignStreams(next);
    m_pollPhase->SetStream(next++);
    return next - stream;
}

Ptr<MacFrame>
LowPowerNetDevice::CreateFrame(Ptr<Packet> payload, uint16_t destination)
{
    auto frame = Create<MacFrame>();
    frame->payload = payload;
    frame->retries = m_retries;
    frame->header.ackRequest = destination != lowpower::BROADCAST_ADDRESS;
    frame->header.panIdCompression = true;
    frame->header.sequence = m_sequences[destination]++;
    frame->header.destinationPan = m_panId;
    frame->header.destination = MakeAddress(destination);
    frame->header.sourcePan = m_panId;
    frame->header.source = MakeAddress(GetNumber());
    frame->header.length = lowpower::SHORT_MHR_SIZE;
    return frame;
}

bool
LowPowerNetDevice::Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber)
{
    std::optional<uint16_t> to = ShortAddressNetDevice::ToShort(dest);
    if (!to || packet->GetSize() > GetMtu())
    {
        return false;
    }
    uint16_t destination = *to;
    if (destination != lowpower::BROADCAST_ADDRESS)
    {
        return m_held.IsChild(destination) ? Hold(packet, destination)
                                           : SendDirect(packet, destination);
    }
    for (uint16_t child : m_held.GetChildren())
    {
        Hold(packet->Copy(), child);
    }
    return SendDirect(packet, destination);
}

bool
LowPowerNetDevice::SendDirect(Ptr<Packet> payload, uint16_t destination)
{
    if (m_mac.GetQueueSize() >= m_transmitLimit)
    {
        m_queueDrop(payload, "transmit");
        return false;
    }
    m_mac.Send(CreateFrame(payload, destination), false);
    return true;
}

bool
LowPowerNetDevice::Hold(Ptr<Packet> payload, uint16_t child)
{
    Ptr<MacFrame> frame = CreateFrame(payload, child);
    frame->retries = m_heldRetries;
    frame->held = true;
    if (!m_held.Hold(frame, m_heldLimit))
    {
        m_queueDrop(payload, "held");
        return false;
    }
    return true;
}

bool
LowPowerNetDevice::IsPending(const lowpower::MacAddress& child)
{
    return child.mode == lowpower::AddressMode::Short && m_held.IsPending(child.value);
}

void
LowPowerNetDevice::AckDone(const lowpower::MacHeader& header, bool pending)
{
    if (pending) // the child listens
    {
        m_held.Release(header.source.value);
    }
    if (header.type == lowpower::FrameType::Data)
    {
        m_poller.FrameAcknowledged();
    }
}

void
LowPowerNetDevice::FrameStarts(Ptr<Packet> frame, Time duration, uint32_t attempt)
{
    frame->AddPacketTag(FrameTag(GetNode() ? GetNode()->GetId() : 0, ++m_frameNumber));
    m_frameSent(frame, Simulator::Now(), duration, attempt);
    m_sniffer(frame);
}

void
LowPowerNetDevice::FrameHeard(Ptr<const Packet> frame)
{
    m_sniffer(frame);
}

void
LowPowerNetDevice::FrameAccepted(const lowpower::MacHeader& header, Ptr<const Packet> frame)
{
    m_frameReceived(frame);
    if (header.type == lowpower::FrameType::Data)
    {
        Deliver(header, frame);
    }
}

void
LowPowerNetDevice::Deliver(const lowpower::MacHeader& header, Ptr<const Packet> frame)
{
    if (!header.IsBroadcast())
    {
        m_poller.FrameArrived(header.framePending);
    }
    if (!header.IsBroadcast() && m_duplicates.IsDuplicate(header.source, header.sequence))
    {
        m_duplicateDropped(frame);
        return;
    }
    Ptr<Packet> payload = frame->Copy();
    payload->RemoveAllPacketTags();
    payload->RemoveAtStart(header.length);
    payload->RemoveAtEnd(lowpower::FCS_SIZE);
    if (payload->GetSize() == 0 || header.source.mode != lowpower::AddressMode::Short)
    {
        return;
    }
    m_poller.NoteActivity();
    ShortAddressNetDevice::Deliver(payload, header.source.value);
}

void
LowPowerNetDevice::FrameDone(Ptr<MacFrame> frame, MacOutcome outcome)
{
    if (frame->held && !m_held.Done(frame, outcome))
    {
        return; // it is sent again after the next poll
    }
    m_sendOutcome(frame->payload, ToString(outcome), frame->attempts);
    if (frame->header.type == lowpower::FrameType::Command)
    {
        m_poller.PollDone(outcome == MacOutcome::Success && frame->ackPending);
    }
    else if (!frame->held)
    {
        m_poller.NoteActivity();
    }
}

void
LowPowerNetDevice::FrameMissed(Ptr<const Packet> frame, LowPowerPhy::Miss why)
{
    if (m_frameLost.IsEmpty())
    {
        return; // a radio that is awake comes by here at every frame between others
    }
    std::optional<lowpower::MacHeader> header = lowpower::ParseMacHeader(ToBytes(frame));
    if (!header)
    {
        return;
    }
    bool mine = header->type == lowpower::FrameType::Acknowledgement
                    ? m_mac.GetAwaitedAck() == header->sequence
                    : header->destination == MakeAddress(GetNumber()) || header->IsBroadcast();
    if (mine)
    {
        constexpr const char* reasons[] = {"not-listening", "collision", "loss"};
        m_frameLost(frame, reasons[static_cast<size_t>(why)]);
    }
}

void
LowPowerNetDevice::StartPolling()
{
    lowpower::PollSchedule::Settings settings;
    settings.period = ToDuration(m_pollPeriod);
    settings.fastPeriod = ToDuration(m_fastPollPeriod);
    settings.fastDuration = ToDuration(m_fastPollDuration);
    Time first = Simulator::Now() + m_pollPeriod * m_pollPhase->GetValue(0, 1);
    m_poller.Start(settings, m_frameWaitTime, first);
}

void
LowPowerNetDevice::Poll(bool fast)
{
    m_pollSent(fast);
    Ptr<MacFrame> poll = CreateFrame(Create<Packet>(&DATA_REQUEST, 1), *m_parent);
    poll->header.type = lowpower::FrameType::Command;
    m_mac.Send(poll, false);
}

Ptr<Channel>
LowPowerNetDevice::GetChannel() const
{
    return m_phy->GetChannel();
}

void
LowPowerNetDevice::SetNode(Ptr<Node> node)
{
    ShortAddressNetDevice::SetNode(node);
    m_phy->SetDevice(this);
}

} // namespace ns3
