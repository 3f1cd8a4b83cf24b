// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-mac.h"

#include "sans-io/model/provenance-tag.h"

#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

namespace
{

const Time SYMBOL = MicroSeconds(16);           // 62.5 ksymbol/s
const Time UNIT_BACKOFF = SYMBOL * int64_t(20); // aUnitBackoffPeriod
const Time ACK_WAIT = SYMBOL * int64_t(54);     // macAckWaitDuration
const Time SIFS = SYMBOL * int64_t(12);         // macMinSIFSPeriod
const Time LIFS = SYMBOL * int64_t(40);         // macMinLIFSPeriod
constexpr uint32_t MAX_SIFS_FRAME_SIZE = 18;    // aMaxSIFSFrameSize

} // namespace

std::string
ToString(MacOutcome outcome)
{
    constexpr const char* names[] = {"success", "no-ack", "channel-access-failure"};
    return names[static_cast<size_t>(outcome)];
}

LowPowerMac::LowPowerMac(User& user)
    : m_user(user),
      m_uniform(CreateObject<UniformRandomVariable>())
{
}

LowPowerMac::~LowPowerMac()
{
    Stop();
}

void
LowPowerMac::SetSettings(const Settings& settings)
{
    m_settings = settings;
}

void
LowPowerMac::SetAddress(uint16_t panId, uint16_t address)
{
    m_panId = panId;
    m_address = address;
}

void
LowPowerMac::Attach(Ptr<LowPowerPhy> phy)
{
    m_phy = phy;
    m_phy->SetUser(this);
}

void
LowPowerMac::Start(bool rxOnWhenIdle)
{
    m_rxOnWhenIdle = rxOnWhenIdle;
    m_state = State::Idle;
    UpdateRadio();
    SendNext();
}

void
LowPowerMac::Stop()
{
    m_event.Cancel();
    m_queue.clear();
    m_current = nullptr;
    m_state = State::Stopped;
    if (m_phy)
    {
        m_phy->SetUser(nullptr);
        m_phy = nullptr;
    }
}

void
LowPowerMac::Send(Ptr<MacFrame> frame, bool urgent)
{
    frame->rounds = 0;
    frame->ackPending = false;
    frame->built = nullptr; // the header may have changed
    m_queue.insert(urgent ? m_queue.begin() : m_queue.end(), frame);
    SendNext();
}

void
LowPowerMac::SetListening(bool listening)
{
    m_listening = listening;
    UpdateRadio();
}

size_t
LowPowerMac::GetQueueSize() const
{
    return m_queue.size() + (m_current ? 1 : 0);
}

std::optional<uint8_t>
LowPowerMac::GetAwaitedAck() const
{
    return m_state == State::AckWait ? std::optional<uint8_t>(m_current->header.sequence)
                                     : std::nullopt;
}

int64_t
LowPowerMac::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

void
LowPowerMac::SendNext()
{
    if (m_state != State::Idle || m_queue.empty())
    {
        return;
    }
    m_current = m_queue.front();
    m_queue.pop_front();
    StartCsma();
}

void
LowPowerMac::StartCsma()
{
    m_backoffs = 0;
    m_be = m_settings.minBe;
    ScheduleBackoff();
}

void
LowPowerMac::ScheduleBackoff()
{
    m_state = State::Backoff;
    int64_t periods = m_uniform->GetInteger(0, (1 << m_be) - 1);
    Time spacing = Max(m_ifsEnd - Simulator::Now(), Time(0));
    m_event = Simulator::Schedule(spacing + UNIT_BACKOFF * periods, &LowPowerMac::EndBackoff, this);
    UpdateRadio();
}

void
LowPowerMac::EndBackoff()
{
    m_state = State::Cca;
    if (m_phy->IsReceiverOn())
    {
        m_phy->Assess();
    }
    else
    {
        m_phy->SwitchOn(); // and then, see ReceiverReady()
    }
}

void
LowPowerMac::ReceiverReady()
{
    if (m_state == State::Cca)
    {
        m_phy->Assess();
    }
    else
    {
        UpdateRadio(); // it may be of no use any more
    }
}

void
LowPowerMac::ChannelAssessed(bool idle)
{
    if (m_state != State::Cca)
    {
        return;
    }
    if (idle)
    {
        m_state = State::TxTurnaround;
        m_phy->TurnToTransmit();
        return;
    }
    m_be = std::min<uint8_t>(m_be + 1, m_settings.maxBe);
    if (++m_backoffs > m_settings.maxCsmaBackoffs)
    {
        Finish(MacOutcome::ChannelAccessFailure);
        return;
    }
    ScheduleBackoff();
}

Ptr<Packet>
LowPowerMac::Build(const lowpower::MacHeader& header, Ptr<const Packet> payload)
{
    sansio::Bytes bytes = lowpower::SerializeMacHeader(header);
    const size_t mhr = bytes.size();
    const size_t end = mhr + (payload ? payload->GetSize() : 0);
    bytes.resize(end + lowpower::FCS_SIZE);
    if (payload)
    {
        payload->CopyData(&bytes[mhr], payload->GetSize());
    }
    const uint16_t fcs = lowpower::ComputeFcs(sansio::ByteView(bytes).First(end));
    bytes[end] = static_cast<uint8_t>(fcs);
    bytes[end + 1] = static_cast<uint8_t>(fcs >> 8);
    if (!payload || !payload->GetByteTagIterator().HasNext())
    {
        return Create<Packet>(bytes.data(), bytes.size());
    }
    auto frame = Create<Packet>(bytes.data(), mhr);
    frame->AddAtEnd(payload); // with its byte tags
    frame->AddAtEnd(Create<Packet>(&bytes[end], lowpower::FCS_SIZE));
    return frame;
}

void
LowPowerMac::PutOnAir(Ptr<Packet> frame, uint32_t attempt)
{
    m_user.FrameStarts(frame, LowPowerPhy::GetDuration(frame->GetSize()), attempt);
    m_phy->Transmit(frame);
}

void
LowPowerMac::Transmit()
{
    m_state = State::Sending;
    m_current->attempts++;
    m_current->rounds++;
    if (!m_current->built)
    {
        m_current->built = Build(m_current->header, m_current->payload);
    }
    PutOnAir(m_current->built->Copy(), m_current->attempts);
}

void
LowPowerMac::Transmitted()
{
    if (m_state == State::SendingAck)
    {
        EndAck();
    }
    else if (m_state == State::Sending)
    {
        EndTransmission();
    }
}

void
LowPowerMac::EndTransmission()
{
    uint32_t size = m_current->header.length + m_current->payload->GetSize() + lowpower::FCS_SIZE;
    m_ifs = size > MAX_SIFS_FRAME_SIZE ? LIFS : SIFS;
    m_ifsEnd = Simulator::Now() + m_ifs;
    if (!m_current->header.ackRequest)
    {
        Finish(MacOutcome::Success);
        return;
    }
    m_state = State::AckWait;
    m_event = Simulator::Schedule(ACK_WAIT, &LowPowerMac::EndAckWait, this);
    UpdateRadio();
}

void
LowPowerMac::EndAckWait()
{
    if (m_current->rounds > m_current->retries)
    {
        Finish(MacOutcome::NoAck);
        return;
    }
    StartCsma();
}

void
LowPowerMac::Finish(MacOutcome outcome)
{
    Ptr<MacFrame> frame = m_current;
    m_current = nullptr;
    m_state = State::Idle;
    m_user.FrameDone(frame, outcome);
    UpdateRadio();
    SendNext();
}

bool
LowPowerMac::IsForMe(const lowpower::MacHeader& header) const
{
    bool unicast = header.destination.mode == lowpower::AddressMode::Short &&
                   header.destination.value == m_address;
    bool broadcast = header.IsBroadcast() && !header.ackRequest;
    bool pan = header.destinationPan == m_panId || header.destinationPan == 0xffff;
    return pan && (unicast || broadcast);
}

void
LowPowerMac::Missed(Ptr<const Packet> frame, LowPowerPhy::Miss why)
{
    m_user.FrameMissed(frame, why);
}

void
LowPowerMac::ReceptionEnded()
{
    if (!WantsReceiver())
    {
        UpdateRadio(); // which had to wait for it
    }
}

void
LowPowerMac::Received(Ptr<const Packet> frame)
{
    m_user.FrameHeard(frame);
    sansio::Bytes bytes = ToBytes(frame);
    std::optional<lowpower::MacHeader> header = lowpower::ParseMacHeader(bytes);
    if (!header || (Node::ChecksumEnabled() && !lowpower::HasValidFcs(bytes)))
    {
        return;
    }
    if (header->type == lowpower::FrameType::Acknowledgement)
    {
        ReceiveAck(*header, frame);
        return;
    }
    if (header->type == lowpower::FrameType::Beacon || !IsForMe(*header))
    {
        return;
    }
    bool poll = header->type == lowpower::FrameType::Command && bytes.size() > header->length + 2 &&
                bytes[header->length] == static_cast<uint8_t>(lowpower::CommandId::DataRequest);
    if (header->ackRequest)
    {
        PrepareAck(*header, poll && m_user.IsPending(header->source));
    }
    m_user.FrameAccepted(*header, frame);
}

void
LowPowerMac::ReceiveAck(const lowpower::MacHeader& header, Ptr<const Packet> frame)
{
    if (m_state != State::AckWait || header.sequence != m_current->header.sequence)
    {
        return; // the acknowledgement of another exchange
    }
    m_event.Cancel();
    m_ifsEnd = Simulator::Now() + m_ifs;
    m_current->ackPending = header.framePending;
    m_user.FrameAccepted(header, frame);
    Finish(MacOutcome::Success);
}

void
LowPowerMac::PrepareAck(const lowpower::MacHeader& header, bool pending)
{
    // An acknowledgement may not wait (section 7.5.6.4.2): it interrupts an access to the channel,
    // and another frame instead of the awaited acknowledgement means that this is lost.
    m_resume = m_state == State::AckWait ? Resume::AckLost
               : m_current               ? Resume::Csma
                                         : Resume::Nothing;
    m_event.Cancel();
    m_acknowledged = header;
    m_ackPendingBit = pending;
    m_state = State::AckTurnaround;
    m_phy->TurnToTransmit();
}

void
LowPowerMac::EndAck()
{
    m_state = State::Idle;
    Resume resume = m_resume;
    m_resume = Resume::Nothing;
    if (resume == Resume::Csma)
    {
        StartCsma();
    }
    else if (resume == Resume::AckLost)
    {
        EndAckWait();
    }
    m_user.AckDone(m_acknowledged, m_ackPendingBit);
    UpdateRadio();
    SendNext();
}

void
LowPowerMac::TransmitterReady()
{
    if (m_state == State::TxTurnaround)
    {
        Transmit();
    }
    else if (m_state == State::AckTurnaround)
    {
        m_state = State::SendingAck;
        lowpower::MacHeader header;
        header.type = lowpower::FrameType::Acknowledgement;
        header.sequence = m_acknowledged.sequence;
        header.framePending = m_ackPendingBit;
        PutOnAir(Build(header, nullptr), 1);
    }
}

bool
LowPowerMac::WantsReceiver() const
{
    switch (m_state)
    {
    case State::Stopped:
        return false;
    case State::Idle:
    case State::Backoff:
        return m_rxOnWhenIdle || m_listening;
    default:
        return true;
    }
}

void
LowPowerMac::UpdateRadio()
{
    bool transmitting = m_state == State::TxTurnaround || m_state == State::Sending ||
                        m_state == State::AckTurnaround || m_state == State::SendingAck;
    if (!m_phy || m_state == State::Stopped || transmitting)
    {
        return;
    }
    if (WantsReceiver())
    {
        m_phy->SwitchOn();
    }
    else if (m_phy->GetState() != IEEE_802_15_4_PHY_BUSY_RX)
    {
        m_phy->SwitchOff();
    }
}

} // namespace ns3
