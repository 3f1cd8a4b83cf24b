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
ToShort(uint16_t address)
{
    return {lowpower::AddressMode::Short, address};
}

uint16_t
ToNumber(Mac16Address address)
{
    uint8_t bytes[2];
    address.CopyTo(bytes);
    return bytes[0] << 8 | bytes[1];
}

Mac16Address
ToMac16(uint16_t address)
{
    uint8_t bytes[] = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
    Mac16Address mac;
    mac.CopyFrom(bytes);
    return mac;
}

/**
 * The short address in a Mac16Address or in the last two bytes of a pseudo 48-bit address. The type
 * of an address that came in an option of neighbour discovery is not known, so the length decides.
 */
std::optional<uint16_t>
ToNumber(const Address& address)
{
    uint8_t bytes[Address::MAX_SIZE];
    uint32_t length = address.CopyTo(bytes);
    if (length != 2 && length != 6)
    {
        return std::nullopt;
    }
    return static_cast<uint16_t>(bytes[length - 2] << 8 | bytes[length - 1]);
}

} // namespace

TypeId
LowPowerNetDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LowPowerNetDevice")
            .SetParent<NetDevice>()
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
      m_pollDeadline([this] { PollIfDue(); })
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
    m_mac.SetAddress(m_panId, m_address);
    m_duplicates.SetLimit(m_duplicateLimit);
    m_mac.Start(!m_sleepy);
    if (m_sleepy)
    {
        StartPolling();
    }
    NetDevice::DoInitialize();
}

void
LowPowerNetDevice::DoDispose()
{
    m_pollDeadline.Set(std::nullopt);
    m_frameWait.Cancel();
    m_mac.Stop();
    m_children.clear();
    m_phy->Dispose();
    m_receiveCallback =
        MakeNullCallback<bool, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&>();
    m_node = nullptr;
    NetDevice::DoDispose();
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
    m_parent = ToNumber(parent);
}

void
LowPowerNetDevice::AddSleepyChild(Mac16Address child)
{
    m_children[ToNumber(child)];
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

Mac16Address
LowPowerNetDevice::GetShortAddress() const
{
    return ToMac16(m_address);
}

uint16_t
LowPowerNetDevice::GetPanId() const
{
    return m_panId;
}

Mac48Address
LowPowerNetDevice::ToPseudoAddress(Mac16Address address)
{
    // As ns-3's 6LoWPAN expects it by RFC 6282: the universal/local bit says local, no PAN
    // identifier.
    uint8_t bytes[6] = {0x02, 0, 0, 0, 0, 0};
    address.CopyTo(bytes + 4);
    Mac48Address pseudo;
    pseudo.CopyFrom(bytes);
    return pseudo;
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
    frame->header.destination = ToShort(destination);
    frame->header.sourcePan = m_panId;
    frame->header.source = ToShort(m_address);
    frame->header.length = lowpower::SHORT_MHR_SIZE;
    return frame;
}

bool
LowPowerNetDevice::Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber)
{
    std::optional<uint16_t> to = ToNumber(dest);
    if (!to || packet->GetSize() > GetMtu())
    {
        return false;
    }
    uint16_t destination = *to;
    if (destination != lowpower::BROADCAST_ADDRESS)
    {
        return m_children.count(destination) ? Hold(packet, destination)
                                             : SendDirect(packet, destination);
    }
    for (const auto& [child, queue] : m_children)
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
    HeldQueue& queue = m_children[child];
    if (queue.frames.size() >= m_heldLimit)
    {
        m_queueDrop(payload, "held");
        return false;
    }
    Ptr<MacFrame> frame = CreateFrame(payload, child);
    frame->retries = m_heldRetries;
    frame->held = true;
    queue.frames.push_back(frame);
    return true;
}

void
LowPowerNetDevice::ReleaseHeld(uint16_t child)
{
    auto found = m_children.find(child);
    if (found == m_children.end() || found->second.frames.empty() || found->second.sending)
    {
        return;
    }
    HeldQueue& queue = found->second;
    queue.sending = true;
    queue.frames.front()->header.framePending = queue.frames.size() > 1;
    m_mac.Send(queue.frames.front(), true);
}

void
LowPowerNetDevice::HeldDone(Ptr<MacFrame> frame, MacOutcome outcome)
{
    HeldQueue& queue = m_children[frame->header.destination.value];
    queue.sending = false;
    if (outcome == MacOutcome::Success)
    {
        queue.frames.pop_front();
        m_sendOutcome(frame->payload, ToString(outcome), frame->attempts);
    }
}

bool
LowPowerNetDevice::IsPending(const lowpower::MacAddress& child)
{
    auto found = m_children.find(child.value);
    return child.mode == lowpower::AddressMode::Short && found != m_children.end() &&
           !found->second.frames.empty();
}

void
LowPowerNetDevice::AckDone(const lowpower::MacHeader& header, bool pending)
{
    if (pending) // the child listens
    {
        ReleaseHeld(header.source.value);
    }
    if (m_pollAgain && header.type == lowpower::FrameType::Data)
    {
        m_pollAgain = false;
        Poll(true);
    }
}

void
LowPowerNetDevice::FrameStarts(Ptr<Packet> frame, Time duration, uint32_t attempt)
{
    frame->AddPacketTag(FrameTag(m_node ? m_node->GetId() : 0, ++m_frameNumber));
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
    if (m_frameWait.IsRunning() && !header.IsBroadcast())
    {
        m_pollAgain = header.framePending;
        StopListening();
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
    NoteActivity();
    m_receiveCallback(this, payload, 0, ToPseudoAddress(ToMac16(header.source.value)));
}

void
LowPowerNetDevice::FrameDone(Ptr<MacFrame> frame, MacOutcome outcome)
{
    if (frame->held)
    {
        HeldDone(frame, outcome);
        return;
    }
    m_sendOutcome(frame->payload, ToString(outcome), frame->attempts);
    if (frame->header.type == lowpower::FrameType::Command)
    {
        PollDone(frame, outcome);
    }
    else
    {
        NoteActivity();
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
                    : header->destination == ToShort(m_address) || header->IsBroadcast();
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
    m_polls.Start(settings, sansio::TimePoint(ToDuration(first)));
    m_pollDeadline.Set(m_polls.GetNext());
}

void
LowPowerNetDevice::PollIfDue()
{
    bool fast = m_polls.IsFast(SimulatedNow());
    m_polls.NotePoll(SimulatedNow());
    m_pollDeadline.Set(m_polls.GetNext());
    if (!m_polling)
    {
        Poll(fast);
    }
}

void
LowPowerNetDevice::Poll(bool fast)
{
    m_polling = true;
    m_pollSent(fast);
    Ptr<MacFrame> poll = CreateFrame(Create<Packet>(&DATA_REQUEST, 1), *m_parent);
    poll->header.type = lowpower::FrameType::Command;
    m_mac.Send(poll, false);
}

void
LowPowerNetDevice::PollDone(Ptr<MacFrame> frame, MacOutcome outcome)
{
    if (outcome == MacOutcome::Success && frame->ackPending)
    {
        m_frameWait = Simulator::Schedule(m_frameWaitTime, &LowPowerNetDevice::StopListening, this);
        m_mac.SetListening(true);
        return;
    }
    m_polling = false;
}

void
LowPowerNetDevice::StopListening()
{
    if (!m_frameWait.IsRunning())
    {
        NoteActivity(); // nothing came, though something is held
    }
    m_frameWait.Cancel();
    m_polling = false;
    m_mac.SetListening(false);
}

void
LowPowerNetDevice::NoteActivity()
{
    if (m_sleepy)
    {
        m_polls.NoteActivity(SimulatedNow());
        m_pollDeadline.Set(m_polls.GetNext());
    }
}

void
LowPowerNetDevice::SetIfIndex(const uint32_t index)
{
    m_ifIndex = index;
}

uint32_t
LowPowerNetDevice::GetIfIndex() const
{
    return m_ifIndex;
}

Ptr<Channel>
LowPowerNetDevice::GetChannel() const
{
    return m_phy->GetChannel();
}

void
LowPowerNetDevice::SetAddress(Address address)
{
    std::optional<uint16_t> number = ToNumber(address);
    NS_ABORT_MSG_UNLESS(number, "LowPowerNetDevice: " << address << " is no short address");
    m_address = *number;
}

Address
LowPowerNetDevice::GetAddress() const
{
    return ToPseudoAddress(ToMac16(m_address));
}

bool
LowPowerNetDevice::SetMtu(const uint16_t mtu)
{
    return mtu == GetMtu();
}

uint16_t
LowPowerNetDevice::GetMtu() const
{
    return lowpower::MAX_FRAME_SIZE - lowpower::SHORT_MHR_SIZE - lowpower::FCS_SIZE;
}

bool
LowPowerNetDevice::IsLinkUp() const
{
    return true;
}

void
LowPowerNetDevice::AddLinkChangeCallback(Callback<void> callback)
{
    m_linkChanges.ConnectWithoutContext(callback);
}

bool
LowPowerNetDevice::IsBroadcast() const
{
    return true;
}

Address
LowPowerNetDevice::GetBroadcast() const
{
    return ToPseudoAddress(ToMac16(lowpower::BROADCAST_ADDRESS));
}

bool
LowPowerNetDevice::IsMulticast() const
{
    return true;
}

Address
LowPowerNetDevice::GetMulticast(Ipv4Address multicastGroup) const
{
    return GetBroadcast();
}

Address
LowPowerNetDevice::GetMulticast(Ipv6Address address) const
{
    return GetBroadcast();
}

bool
LowPowerNetDevice::IsBridge() const
{
    return false;
}

bool
LowPowerNetDevice::IsPointToPoint() const
{
    return false;
}

bool
LowPowerNetDevice::SendFrom(Ptr<Packet> packet,
                            const Address& source,
                            const Address& dest,
                            uint16_t protocolNumber)
{
    return source == GetAddress() && Send(packet, dest, protocolNumber);
}

Ptr<Node>
LowPowerNetDevice::GetNode() const
{
    return m_node;
}

void
LowPowerNetDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
    m_phy->SetDevice(this);
}

bool
LowPowerNetDevice::NeedsArp() const
{
    return true;
}

void
LowPowerNetDevice::SetReceiveCallback(ReceiveCallback callback)
{
    m_receiveCallback = callback;
}

void
LowPowerNetDevice::SetPromiscReceiveCallback(PromiscReceiveCallback callback)
{
    // Frames for others are seen in the trace source Sniffer.
}

bool
LowPowerNetDevice::SupportsSendFrom() const
{
    return false;
}

} // namespace ns3
