// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/radio-neighbor.h"

#include "sans-io/model/provenance-tag.h"
#include "sans-io/model/time-conversion.h"

#include "ns3/abort.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/lr-wpan-error-model.h"
#include "ns3/simple-net-device.h"
#include "ns3/trace-helper.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(RadioNeighbor);

namespace
{

const Time UNIT_BACKOFF = MicroSeconds(320); // aUnitBackoffPeriod
constexpr uint32_t LAST_BACKOFF = 7;         // 2^macMinBE - 1
/// Until an acknowledgement of the frame before has passed (macAckWaitDuration) and LIFS.
const Time SPACING = MicroSeconds(864 + 640);

} // namespace

TypeId
RadioNeighbor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::RadioNeighbor")
            .SetParent<Object>()
            .SetGroupName("IotAttacks")
            .AddConstructor<RadioNeighbor>()
            .AddAttribute("Position",
                          "Where its antenna is, in metres.",
                          VectorValue(Vector(1, 1, 0)),
                          MakeVectorAccessor(&RadioNeighbor::m_position),
                          MakeVectorChecker())
            .AddAttribute(
                "QueueLimit",
                "Injected frames that may wait for the channel; a further one is refused.",
                UintegerValue(64),
                MakeUintegerAccessor(&RadioNeighbor::m_queueLimit),
                MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("CcaLimit",
                          "How often the channel may be busy before an injected frame is refused.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&RadioNeighbor::m_ccaLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Frame",
                            "A frame was heard.",
                            MakeTraceSourceAccessor(&RadioNeighbor::m_frameTrace),
                            "ns3::RadioNeighbor::FrameCallback")
            .AddTraceSource("Sent",
                            "An injected frame goes on air.",
                            MakeTraceSourceAccessor(&RadioNeighbor::m_sentTrace),
                            "ns3::RadioNeighbor::FrameCallback")
            .AddTraceSource("Refused",
                            "A frame was not injected, and why.",
                            MakeTraceSourceAccessor(&RadioNeighbor::m_refusedTrace),
                            "ns3::RadioNeighbor::RefusedCallback");
    return tid;
}

RadioNeighbor::RadioNeighbor() = default;

RadioNeighbor::~RadioNeighbor() = default;

void
RadioNeighbor::Attach(Ptr<SpectrumChannel> channel)
{
    NS_ABORT_MSG_IF(m_node, "RadioNeighbor::Attach was called before");
    m_node = CreateObject<Node>();
    auto position = CreateObject<ConstantPositionMobilityModel>();
    position->SetPosition(m_position);
    // The radio is told its node by a device; this one has no other use.
    auto device = CreateObject<SimpleNetDevice>();
    m_node->AddDevice(device);
    m_node->AggregateObject(position);
    m_node->AggregateObject(this);

    m_backoff = CreateObject<UniformRandomVariable>();
    m_phy = CreateObject<LrWpanPhy>();
    m_phy->SetErrorModel(CreateObject<LrWpanErrorModel>());
    m_phy->SetDevice(device);
    m_phy->SetMobility(position);
    m_phy->SetChannel(channel);
    channel->AddRx(m_phy);
    m_phy->SetPdDataIndicationCallback(MakeCallback(&RadioNeighbor::HandleFrame, this));
    m_phy->SetPdDataConfirmCallback(MakeCallback(&RadioNeighbor::HandleSent, this));
    m_phy->SetPlmeCcaConfirmCallback(MakeCallback(&RadioNeighbor::HandleCca, this));
    m_phy->SetPlmeSetTRXStateConfirmCallback(MakeCallback(&RadioNeighbor::HandleRadio, this));
}

void
RadioNeighbor::DoInitialize()
{
    if (m_phy)
    {
        m_phy->Initialize();
        Listen();
    }
    Object::DoInitialize();
}

void
RadioNeighbor::DoDispose()
{
    m_event.Cancel();
    m_queue.clear();
    if (m_phy)
    {
        m_phy->Dispose();
    }
    m_phy = nullptr;
    m_node = nullptr;
    m_backoff = nullptr;
    m_pcap = nullptr;
    Object::DoDispose();
}

Ptr<Node>
RadioNeighbor::GetNode() const
{
    return m_node;
}

Ptr<LrWpanPhy>
RadioNeighbor::GetPhy() const
{
    return m_phy;
}

int64_t
RadioNeighbor::AssignStreams(int64_t stream)
{
    NS_ABORT_MSG_UNLESS(m_phy, "RadioNeighbor::AssignStreams before Attach");
    m_phy->AssignStreams(stream);
    m_backoff->SetStream(stream + 1);
    return 2;
}

Ptr<PcapFileWrapper>
RadioNeighbor::EnablePcap(const std::string& file)
{
    m_pcap = PcapHelper().CreateFile(file, std::ios::out, PcapHelper::DLT_IEEE802_15_4);
    return m_pcap;
}

void
RadioNeighbor::Write(Ptr<const Packet> frame)
{
    if (m_pcap)
    {
        m_pcap->Write(Simulator::Now(), frame);
    }
}

void
RadioNeighbor::Listen()
{
    m_state = State::Off;
    m_phy->PlmeSetTRXStateRequest(IEEE_802_15_4_PHY_RX_ON);
}

void
RadioNeighbor::HandleFrame(uint32_t size, Ptr<Packet> frame, uint8_t lqi)
{
    const sansio::Bytes bytes = ToBytes(frame);
    m_checker.Hear(SimulatedNow(), bytes);
    if (!m_pcap && m_frameTrace.IsEmpty())
    {
        return;
    }
    auto heard = Create<Packet>(bytes.data(), bytes.size());
    Write(heard);
    m_frameTrace(heard);
}

bool
RadioNeighbor::Refuse(const std::string& reason)
{
    m_refusedTrace(reason);
    return false;
}

bool
RadioNeighbor::Inject(sansio::ByteView frame)
{
    NS_ABORT_MSG_UNLESS(m_phy, "RadioNeighbor::Inject before Attach");
    if (m_queue.size() >= m_queueLimit)
    {
        return Refuse("queue-full");
    }
    if (std::optional<std::string> reason = m_checker.Check(SimulatedNow(), frame))
    {
        return Refuse(*reason);
    }
    m_checker.Hear(SimulatedNow(), frame);
    m_queue.push_back(Create<Packet>(frame.data(), frame.size()));
    SendNext();
    return true;
}

void
RadioNeighbor::SendNext()
{
    if (m_state == State::Listening && !m_queue.empty() && !m_event.IsRunning())
    {
        m_state = State::Cca;
        m_phy->PlmeCcaRequest();
    }
}

void
RadioNeighbor::HandleCca(LrWpanPhyEnumeration status)
{
    if (m_state != State::Cca)
    {
        return;
    }
    if (status == IEEE_802_15_4_PHY_IDLE)
    {
        m_state = State::Turnaround;
        m_phy->PlmeSetTRXStateRequest(IEEE_802_15_4_PHY_TX_ON);
        return;
    }
    m_state = State::Listening;
    if (++m_busy >= m_ccaLimit)
    {
        GiveUp();
    }
    const int64_t periods = m_backoff->GetInteger(0, LAST_BACKOFF);
    m_event = Simulator::Schedule(UNIT_BACKOFF * periods, &RadioNeighbor::SendNext, this);
}

void
RadioNeighbor::GiveUp()
{
    m_queue.pop_front();
    m_busy = 0;
    Refuse("channel-busy");
}

void
RadioNeighbor::HandleRadio(LrWpanPhyEnumeration status)
{
    // After a transmission the radio of ns-3 says only that it has done what was asked for.
    const bool listens = status == IEEE_802_15_4_PHY_RX_ON || status == IEEE_802_15_4_PHY_SUCCESS;
    if (m_state == State::Off && listens)
    {
        m_state = State::Listening;
        SendNext();
    }
    else if (m_state == State::Turnaround && status == IEEE_802_15_4_PHY_TX_ON)
    {
        m_state = State::Sending;
        Ptr<Packet> frame = m_queue.front();
        Write(frame);
        m_sentTrace(frame->Copy());
        m_phy->PdDataRequest(frame->GetSize(), frame->Copy());
    }
}

void
RadioNeighbor::HandleSent(LrWpanPhyEnumeration status)
{
    m_queue.pop_front();
    m_busy = 0;
    m_event = Simulator::Schedule(SPACING, &RadioNeighbor::SendNext, this);
    Listen();
}

} // namespace ns3
