// SPDX-License-Identifier: GPL-2.0-only
#include "low-power-links/model/low-power-phy.h"

#include "low-power-links/model/low-power-channel.h"
#include "low-power-links/protocol/frame-dissector.h"

#include "ns3/lr-wpan-spectrum-value-helper.h"
#include "ns3/mobility-model.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/packet-burst.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(LowPowerPhy);

namespace
{

constexpr uint32_t CHANNEL = 11; // 2405 MHz, what LrWpanPhy starts with
constexpr double TRANSMIT_POWER_DBM = 0;
const Time SYMBOL = MicroSeconds(16);         // 62.5 ksymbol/s
const Time TURNAROUND = SYMBOL * int64_t(12); // aTurnaroundTime
const Time ASSESSMENT = SYMBOL * int64_t(8);  // section 6.9.9
constexpr double BITS_PER_SECOND = 250000;
const double SENSITIVITY = std::pow(10.0, -106.58 / 10) / 1000; // watt, of LrWpanPhy
const double ENERGY_THRESHOLD = SENSITIVITY * 10;               // at most 10 dB above it
const double LEAST_SINR = std::pow(10.0, -5.0 / 10);            // Figure E.2

} // namespace

TypeId
LowPowerPhy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::LowPowerPhy")
            .SetParent<SpectrumPhy>()
            .SetGroupName("LowPowerLinks")
            .AddConstructor<LowPowerPhy>()
            .AddTraceSource("TrxStateValue",
                            "The state of the transceiver: off, listening, receiving, ready to "
                            "send, sending.",
                            MakeTraceSourceAccessor(&LowPowerPhy::m_state),
                            "ns3::TracedValueCallback::LrWpanPhyEnumeration")
            .AddTraceSource("PhyRxBegin",
                            "The radio synchronised to a frame, for whomever.",
                            MakeTraceSourceAccessor(&LowPowerPhy::m_receptionBegins),
                            "ns3::LowPowerPhy::FrameCallback");
    return tid;
}

LowPowerPhy::LowPowerPhy()
    : m_bitErrors(CreateObject<LrWpanErrorModel>()),
      m_uniform(CreateObject<UniformRandomVariable>()),
      m_state(IEEE_802_15_4_PHY_TRX_OFF)
{
    LrWpanSpectrumValueHelper spectra;
    m_psd = spectra.CreateTxPowerSpectralDensity(TRANSMIT_POWER_DBM, CHANNEL);
    m_noise = GetPower(spectra.CreateNoisePowerSpectralDensity(CHANNEL));
}

LowPowerPhy::~LowPowerPhy() = default;

void
LowPowerPhy::DoDispose()
{
    m_user = nullptr;
    m_turn.Cancel();
    m_assessment.Cancel();
    m_transmission.Cancel();
    m_frame = nullptr;
    m_device = nullptr;
    m_mobility = nullptr;
    m_channel = nullptr;
    m_lowPowerChannel = nullptr;
    m_lossModel = nullptr;
    SpectrumPhy::DoDispose();
}

void
LowPowerPhy::SetUser(User* user)
{
    m_user = user;
}

void
LowPowerPhy::SetLossModel(Ptr<FrameLossModel> model)
{
    m_lossModel = model;
}

LowPowerPhy::State
LowPowerPhy::GetState() const
{
    return m_state;
}

bool
LowPowerPhy::IsReceiverOn() const
{
    return m_state == IEEE_802_15_4_PHY_RX_ON || m_state == IEEE_802_15_4_PHY_BUSY_RX;
}

bool
LowPowerPhy::IsListening() const
{
    return IsReceiverOn() && !m_turn.IsRunning();
}

int64_t
LowPowerPhy::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

double
LowPowerPhy::GetPower(Ptr<const SpectrumValue> psd)
{
    return LrWpanSpectrumValueHelper::TotalAvgPower(psd, CHANNEL);
}

Ptr<LrWpanSpectrumSignalParameters>
LowPowerPhy::CreateSignal(Ptr<const Packet> frame, Time duration)
{
    auto signal = Create<LrWpanSpectrumSignalParameters>();
    signal->duration = duration;
    signal->txPhy = this;
    signal->psd = m_psd->Copy();
    signal->packetBurst = CreateObject<PacketBurst>();
    signal->packetBurst->AddPacket(frame->Copy());
    return signal;
}

Time
LowPowerPhy::GetDuration(uint32_t size)
{
    return SYMBOL * int64_t(2 * (lowpower::PHY_HEADER_SIZE + size));
}

void
LowPowerPhy::SwitchOn()
{
    if (IsReceiverOn() || m_turn.IsRunning())
    {
        return;
    }
    if (m_lowPowerChannel)
    {
        m_lowPowerChannel->Wake(this); // before it is on: it must not receive the rest of a frame
    }
    m_turn = Simulator::Schedule(TURNAROUND, &LowPowerPhy::EndSwitchOn, this);
}

void
LowPowerPhy::EndSwitchOn()
{
    m_state = IEEE_802_15_4_PHY_RX_ON;
    if (m_user)
    {
        m_user->ReceiverReady();
    }
}

void
LowPowerPhy::SwitchOff()
{
    m_turn.Cancel();
    m_assessment.Cancel();
    m_state = IEEE_802_15_4_PHY_TRX_OFF;
    if (m_lowPowerChannel)
    {
        m_lowPowerChannel->Sleep(this);
    }
}

void
LowPowerPhy::Assess()
{
    m_peak = GetInterference();
    m_assessment = Simulator::Schedule(ASSESSMENT, &LowPowerPhy::EndAssessment, this);
}

void
LowPowerPhy::CancelAssessment()
{
    m_assessment.Cancel();
}

void
LowPowerPhy::EndAssessment()
{
    bool idle = m_state != IEEE_802_15_4_PHY_BUSY_RX && m_peak < ENERGY_THRESHOLD;
    if (m_user)
    {
        m_user->ChannelAssessed(idle);
    }
}

void
LowPowerPhy::TurnToTransmit()
{
    CancelAssessment();
    m_frame = nullptr;
    m_turn.Cancel();
    m_turn = Simulator::Schedule(TURNAROUND, &LowPowerPhy::EndTurn, this);
}

void
LowPowerPhy::EndTurn()
{
    m_state = IEEE_802_15_4_PHY_TX_ON;
    if (m_user)
    {
        m_user->TransmitterReady();
    }
}

void
LowPowerPhy::Transmit(Ptr<const Packet> frame)
{
    const Time duration = GetDuration(frame->GetSize());
    m_state = IEEE_802_15_4_PHY_BUSY_TX;
    // First the own end: who has sent turns to the receiver before the answer can be sent.
    m_transmission = Simulator::Schedule(duration, &LowPowerPhy::EndTransmission, this);
    if (m_lowPowerChannel)
    {
        m_lowPowerChannel->Transmit(this, m_psd, frame, duration);
    }
    else
    {
        m_channel->StartTx(CreateSignal(frame, duration));
    }
}

void
LowPowerPhy::EndTransmission()
{
    m_state = IEEE_802_15_4_PHY_TX_ON;
    if (m_user)
    {
        m_user->Transmitted();
    }
}

void
LowPowerPhy::StartRx(Ptr<SpectrumSignalParameters> signal)
{
    auto frame = DynamicCast<LrWpanSpectrumSignalParameters>(signal);
    if (frame && frame->packetBurst && frame->packetBurst->GetNPackets() == 1)
    {
        Hear(*frame->packetBurst->Begin(), GetPower(signal->psd), signal->duration);
    }
    else
    {
        UpdateReception();
        AddSignal(GetPower(signal->psd), signal->duration);
    }
}

void
LowPowerPhy::Hear(Ptr<const Packet> frame, double power, Time duration)
{
    UpdateReception();
    const double others = GetInterference() + m_noise;
    AddSignal(power, duration);
    if (m_state != IEEE_802_15_4_PHY_RX_ON || m_turn.IsRunning() || power <= others * LEAST_SINR)
    {
        if (m_user)
        {
            m_user->Missed(frame, IsListening() ? Miss::Collision : Miss::NotListening);
        }
        return;
    }
    m_state = IEEE_802_15_4_PHY_BUSY_RX;
    m_frame = frame;
    m_frameSignal = m_signalCount;
    m_framePower = power;
    m_damaged = false;
    m_updated = Simulator::Now();
    m_receptionBegins(frame);
}

void
LowPowerPhy::AddSignal(double power, Time duration)
{
    m_signals.push_back({++m_signalCount, power});
    m_peak = std::max(m_peak, GetInterference());
    Simulator::Schedule(duration, &LowPowerPhy::EndSignal, this, m_signalCount);
}

void
LowPowerPhy::EndSignal(uint64_t number)
{
    UpdateReception();
    m_signals.erase(std::find_if(m_signals.begin(), m_signals.end(), [number](const Signal& s) {
        return s.number == number;
    }));
    if (m_frameSignal == number && m_state == IEEE_802_15_4_PHY_BUSY_RX)
    {
        EndReception();
    }
}

/// What is on air here besides what is being received, in watt.
double
LowPowerPhy::GetInterference() const
{
    double sum = 0;
    for (const Signal& signal : m_signals)
    {
        sum += m_frame && signal.number == m_frameSignal ? 0 : signal.power;
    }
    return sum;
}

double
LowPowerPhy::GetBitSuccess(double sinr)
{
    if (sinr != m_lastSinr) // nearly always the same frame after frame
    {
        m_lastSinr = sinr;
        m_lastBitSuccess = m_bitErrors->GetChunkSuccessRate(sinr, 1);
    }
    return m_lastBitSuccess;
}

void
LowPowerPhy::UpdateReception()
{
    if (!m_frame || m_damaged)
    {
        return;
    }
    const double success = GetBitSuccess(m_framePower / (GetInterference() + m_noise));
    const double bits = (Simulator::Now() - m_updated).GetSeconds() * BITS_PER_SECOND;
    m_damaged = success < 1 && m_uniform->GetValue() >= std::pow(success, std::ceil(bits));
    m_updated = Simulator::Now();
}

void
LowPowerPhy::EndReception()
{
    if (!m_frame)
    {
        return; // given up for a transmission that is about to start
    }
    Ptr<const Packet> frame = std::exchange(m_frame, nullptr);
    // The loss model is asked in any case, so that its draws do not depend on collisions.
    const bool lost = m_lossModel && m_lossModel->Drops(frame);
    m_state = IEEE_802_15_4_PHY_RX_ON;
    if (!m_user)
    {
        return;
    }
    if (lost || m_damaged)
    {
        m_user->Missed(frame, lost ? Miss::Loss : Miss::Collision);
    }
    else
    {
        m_user->Received(frame);
    }
    if (m_user)
    {
        m_user->ReceptionEnded();
    }
}

void
LowPowerPhy::SetDevice(Ptr<NetDevice> device)
{
    m_device = device;
}

Ptr<NetDevice>
LowPowerPhy::GetDevice() const
{
    return m_device;
}

void
LowPowerPhy::SetMobility(Ptr<MobilityModel> mobility)
{
    m_mobility = mobility;
}

Ptr<MobilityModel>
LowPowerPhy::GetMobility() const
{
    if (!m_mobility && m_device && m_device->GetNode())
    {
        m_mobility = m_device->GetNode()->GetObject<MobilityModel>();
    }
    return m_mobility;
}

void
LowPowerPhy::SetChannel(Ptr<SpectrumChannel> channel)
{
    m_channel = channel;
    m_lowPowerChannel = DynamicCast<LowPowerChannel>(channel);
}

Ptr<SpectrumChannel>
LowPowerPhy::GetChannel() const
{
    return m_channel;
}

Ptr<const SpectrumModel>
LowPowerPhy::GetRxSpectrumModel() const
{
    return m_psd->GetSpectrumModel();
}

Ptr<Object>
LowPowerPhy::GetAntenna() const
{
    return nullptr;
}

} // namespace ns3
