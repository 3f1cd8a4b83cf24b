// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/attack.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("Attack");
NS_OBJECT_ENSURE_REGISTERED(Attack);

TypeId
Attack::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::Attack")
            .SetParent<Application>()
            .SetGroupName("IotAttacks")
            .AddAttribute("Target",
                          "The address and port that is attacked.",
                          AddressValue(),
                          MakeAddressAccessor(&Attack::m_target),
                          MakeAddressChecker())
            .AddAttribute("Rate",
                          "How often per second the attack strikes: datagrams, connections or "
                          "handshakes; more than zero.",
                          DoubleValue(100),
                          MakeDoubleAccessor(&Attack::m_rate),
                          MakeDoubleChecker<double>(1e-6, 1e9))
            .AddTraceSource("Sent",
                            "A datagram left for the target.",
                            MakeTraceSourceAccessor(&Attack::m_sentTrace),
                            "ns3::Attack::SentTracedCallback")
            .AddTraceSource("Reply",
                            "A datagram of the target came back.",
                            MakeTraceSourceAccessor(&Attack::m_replyTrace),
                            "ns3::Attack::ReplyTracedCallback");
    return tid;
}

Attack::Attack()
{
    NS_LOG_FUNCTION(this);
}

Attack::~Attack()
{
    NS_LOG_FUNCTION(this);
}

uint64_t
Attack::GetPackets() const
{
    return m_packets;
}

uint64_t
Attack::GetBytes() const
{
    return m_bytes;
}

uint64_t
Attack::GetReplies() const
{
    return m_replies;
}

int64_t
Attack::AssignStreams(int64_t stream)
{
    return m_random.AssignStreams(stream);
}

void
Attack::DoDispose()
{
    m_next.Cancel();
    m_counter.reset();
    Application::DoDispose();
}

void
Attack::StartApplication()
{
    m_begin = Simulator::Now();
    m_strikes = 0;
    m_resting = false;
    StrikeAndSchedule();
}

void
Attack::StopApplication()
{
    m_next.Cancel();
    m_resting = false;
}

void
Attack::Resume()
{
    if (m_resting)
    {
        m_resting = false;
        m_begin = std::max(Simulator::Now(), GetStrikeTime()); // the rate holds across the rest
        m_strikes = 0;
        m_next = Simulator::Schedule(m_begin - Simulator::Now(), &Attack::StrikeAndSchedule, this);
    }
}

void
Attack::StrikeAndSchedule()
{
    m_strikes++;
    m_resting = !Strike();
    if (!m_resting)
    {
        m_next = Simulator::Schedule(GetStrikeTime() - Simulator::Now(),
                                     &Attack::StrikeAndSchedule,
                                     this);
    }
}

Time
Attack::GetStrikeTime() const
{
    return m_begin + NanoSeconds(std::llround(1e9 * m_strikes / m_rate));
}

void
Attack::CountSent(uint32_t bytes)
{
    m_packets++;
    m_bytes += bytes;
    m_sentTrace(bytes);
}

void
Attack::CountReply(uint32_t bytes)
{
    m_replies++;
    m_replyTrace(bytes);
}

void
Attack::CountFlow()
{
    if (!m_counter)
    {
        m_counter = std::make_unique<FlowCounter>(
            GetNode(),
            m_target,
            [this](uint32_t bytes) { CountSent(bytes); },
            [this](uint32_t bytes) { CountReply(bytes); });
    }
}

const Address&
Attack::GetTarget() const
{
    return m_target;
}

sansio::RandomSource&
Attack::GetRandom()
{
    return m_random;
}

} // namespace ns3
