// SPDX-License-Identifier: GPL-2.0-only
#include "iot-device/model/mcu-energy-model.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/lr-wpan-mac-header.h"
#include "ns3/lr-wpan-mac.h"
#include "ns3/lr-wpan-net-device.h"
#include "ns3/mac16-address.h"
#include "ns3/packet.h"
#include "ns3/trace-source-accessor.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(McuEnergyModel);

namespace
{

/**
 * The short address of an 802.15.4 device of any make: its own word for LrWpanNetDevice, else the
 * last two bytes of its address, which is a short address or the pseudo 48-bit one of RFC 4944
 * section 6 that ends in it.
 */
Mac16Address
GetShortAddress(Ptr<NetDevice> device)
{
    if (auto lrWpan = DynamicCast<LrWpanNetDevice>(device))
    {
        return lrWpan->GetMac()->GetShortAddress();
    }
    uint8_t bytes[Address::MAX_SIZE];
    const uint32_t length = device->GetAddress().CopyTo(bytes);
    Mac16Address address;
    if (length >= 2)
    {
        address.CopyFrom(bytes + length - 2);
    }
    return address;
}

} // namespace

TypeId
McuEnergyModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::McuEnergyModel")
            .SetParent<Object>()
            .SetGroupName("IotDevice")
            .AddConstructor<McuEnergyModel>()
            .AddAttribute("ActiveInTransmit",
                          "Whether the MCU runs while a frame leaves",
                          BooleanValue(true),
                          MakeBooleanAccessor(&McuEnergyModel::m_activeInTransmit),
                          MakeBooleanChecker())
            .AddAttribute("ActiveInReceive",
                          "Whether the MCU runs while a frame for this node or for all arrives",
                          BooleanValue(true),
                          MakeBooleanAccessor(&McuEnergyModel::m_activeInReceive),
                          MakeBooleanChecker())
            .AddAttribute("ActiveInOverhearing",
                          "Whether the MCU runs while a frame for others or an acknowledgement "
                          "arrives, as with a radio that filters no addresses",
                          BooleanValue(false),
                          MakeBooleanAccessor(&McuEnergyModel::m_activeInOverhearing),
                          MakeBooleanChecker())
            .AddTraceSource("State",
                            "The MCU changed between active, crypto and sleep",
                            MakeTraceSourceAccessor(&McuEnergyModel::m_stateTrace),
                            "ns3::McuEnergyModel::StateTracedCallback");
    return tid;
}

McuEnergyModel::McuEnergyModel()
    : m_timer(McuState::Sleep)
{
}

void
McuEnergyModel::Attach(Ptr<Processor> processor, double voltage)
{
    NS_ABORT_MSG_IF(m_processor, "an McuEnergyModel accounts for one processor");
    m_processor = processor;
    m_voltage = voltage;
    m_busy = processor->IsBusy();
    m_timer = StateTimer<McuState>(m_busy ? McuState::Crypto : McuState::Sleep);
    processor->TraceConnectWithoutContext("Busy", MakeCallback(&McuEnergyModel::HandleBusy, this));
}

void
McuEnergyModel::Attach(Ptr<RadioEnergyModel> radio, Ptr<SpectrumPhy> phy)
{
    NS_ABORT_MSG_IF(m_radio, "an McuEnergyModel follows one radio");
    m_radio = radio;
    m_phy = phy;
    radio->TraceConnectWithoutContext("State",
                                      MakeCallback(&McuEnergyModel::HandleRadioState, this));
    phy->TraceConnectWithoutContext("PhyRxBegin", MakeCallback(&McuEnergyModel::HandleFrame, this));
}

void
McuEnergyModel::HandleBusy(bool busy)
{
    m_busy = busy;
    Update();
}

void
McuEnergyModel::HandleRadioState(RadioState oldState, RadioState newState)
{
    // A frame that arrives is judged when its address is known, in HandleFrame().
    m_serving = newState == RadioState::Transmit && m_activeInTransmit;
    Update();
}

void
McuEnergyModel::HandleFrame(Ptr<const Packet> frame)
{
    m_serving = IsAddressed(frame) ? m_activeInReceive : m_activeInOverhearing;
    Update();
}

bool
McuEnergyModel::IsAddressed(Ptr<const Packet> frame) const
{
    LrWpanMacHeader header;
    Ptr<NetDevice> device = m_phy->GetDevice();
    if (!device || frame->PeekHeader(header) == 0 || header.IsAcknowledgment())
    {
        return false;
    }
    switch (header.GetDstAddrMode())
    {
    case LrWpanMacHeader::SHORTADDR: {
        Mac16Address address = header.GetShortDstAddr();
        return address.IsBroadcast() || address.IsMulticast() || address == GetShortAddress(device);
    }
    case LrWpanMacHeader::EXTADDR: {
        Ptr<LrWpanNetDevice> lrWpan = DynamicCast<LrWpanNetDevice>(device);
        return lrWpan && header.GetExtDstAddr() == lrWpan->GetMac()->GetExtendedAddress();
    }
    default: // no destination: a beacon
        return true;
    }
}

void
McuEnergyModel::Update()
{
    McuState before = m_timer.GetState();
    McuState after = m_busy ? McuState::Crypto : m_serving ? McuState::Active : McuState::Sleep;
    if (before != after)
    {
        m_timer.Switch(after);
        m_stateTrace(before, after);
    }
}

McuState
McuEnergyModel::GetState() const
{
    return m_timer.GetState();
}

Time
McuEnergyModel::GetTime(McuState state) const
{
    return m_timer.Get(state);
}

double
McuEnergyModel::GetEnergy(McuState state) const
{
    return m_voltage * GetCurrent(state) * GetTime(state).GetSeconds();
}

double
McuEnergyModel::GetEnergy(sansio::OperationKind kind) const
{
    return m_voltage * GetCurrent(McuState::Crypto) * m_processor->GetTimeSpent(kind).GetSeconds();
}

double
McuEnergyModel::GetCurrent() const
{
    return GetCurrent(GetState());
}

double
McuEnergyModel::GetCurrent(McuState state) const
{
    const McuProfile& profile = m_processor->GetProfile();
    switch (state)
    {
    case McuState::Active:
        return profile.active.value;
    case McuState::Crypto:
        return profile.crypto.value;
    default:
        return profile.sleep.value;
    }
}

void
McuEnergyModel::DoDispose()
{
    if (m_processor)
    {
        m_processor->TraceDisconnectWithoutContext("Busy",
                                                   MakeCallback(&McuEnergyModel::HandleBusy, this));
        m_processor = nullptr;
    }
    if (m_radio)
    {
        m_radio->TraceDisconnectWithoutContext(
            "State",
            MakeCallback(&McuEnergyModel::HandleRadioState, this));
        m_phy->TraceDisconnectWithoutContext("PhyRxBegin",
                                             MakeCallback(&McuEnergyModel::HandleFrame, this));
        m_radio = nullptr;
        m_phy = nullptr;
    }
    Object::DoDispose();
}

} // namespace ns3
