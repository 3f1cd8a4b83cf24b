// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/dtls-flood.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/string.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("DtlsFlood");
NS_OBJECT_ENSURE_REGISTERED(DtlsFlood);

TypeId
DtlsFlood::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DtlsFlood")
            .SetParent<DatagramFlood>()
            .SetGroupName("IotAttacks")
            .AddConstructor<DtlsFlood>()
            .AddAttribute("Credential",
                          "What the ClientHello offers: psk (79 bytes) or ecdsa (95 bytes).",
                          StringValue("psk"),
                          MakeStringAccessor(&DtlsFlood::m_credential),
                          MakeStringChecker())
            .AddAttribute("AnswerCookie",
                          "Whether the cookie of a HelloVerifyRequest is returned; it needs "
                          "Spoofed to be false.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&DtlsFlood::m_answerCookie),
                          MakeBooleanChecker());
    return tid;
}

uint64_t
DtlsFlood::GetCookiesAnswered() const
{
    return m_cookiesAnswered;
}

void
DtlsFlood::StartApplication()
{
    if (m_credential != "psk" && m_credential != "ecdsa")
    {
        NS_FATAL_ERROR("Credential '" << m_credential << "': expected psk or ecdsa");
    }
    if (m_answerCookie && IsSpoofed())
    {
        NS_FATAL_ERROR("AnswerCookie true: expected Spoofed false, for cookies go to the source");
    }
    m_randoms.assign(IsSpoofed() ? 0 : GetPorts(), {});
    DatagramFlood::StartApplication();
}

attacks::ClientHello
DtlsFlood::MakeHello() const
{
    attacks::ClientHello hello;
    hello.credential =
        m_credential == "psk" ? attacks::HelloCredential::Psk : attacks::HelloCredential::Ecdsa;
    return hello;
}

sansio::Bytes
DtlsFlood::MakeDatagram(OwnPort port)
{
    attacks::ClientHello hello = MakeHello();
    GetRandom().Fill(hello.random.data(), hello.random.size());
    if (port)
    {
        m_randoms[*port] = hello.random;
    }
    return attacks::Encode(hello);
}

void
DtlsFlood::HandleReply(uint32_t port, sansio::ByteView datagram)
{
    const auto cookie = attacks::FindCookie(datagram);
    if (cookie && m_answerCookie)
    {
        attacks::ClientHello hello = MakeHello();
        hello.random = m_randoms[port];
        hello.cookie = *cookie;
        hello.sequence = 1;
        m_cookiesAnswered++;
        Send(port, attacks::Encode(hello));
    }
}

} // namespace ns3
