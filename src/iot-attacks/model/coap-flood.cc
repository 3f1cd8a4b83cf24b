// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/model/coap-flood.h"

#include "coap/protocol/codec.h"

#include "ns3/log.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <boost/endian/conversion.hpp>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("CoapFlood");
NS_OBJECT_ENSURE_REGISTERED(CoapFlood);

namespace
{

// Places in a message, RFC 7252 section 3.
constexpr size_t MESSAGE_ID = 2;
constexpr size_t TOKEN = 4;

coap::Code
ParseMethod(const std::string& method)
{
    for (coap::Code code : {coap::Code::Get, coap::Code::Post, coap::Code::Put, coap::Code::Delete})
    {
        const char* names[] = {"", "GET", "POST", "PUT", "DELETE"};
        if (method == names[coap::GetDetail(code)])
        {
            return code;
        }
    }
    NS_FATAL_ERROR("Method '" << method << "': expected GET, POST, PUT or DELETE");
}

} // namespace

TypeId
CoapFlood::GetTypeId()
{
    static TypeId tid = TypeId("ns3::CoapFlood")
                            .SetParent<DatagramFlood>()
                            .SetGroupName("IotAttacks")
                            .AddConstructor<CoapFlood>()
                            .AddAttribute("Method",
                                          "Of the requests: GET, POST, PUT or DELETE.",
                                          StringValue("GET"),
                                          MakeStringAccessor(&CoapFlood::m_method),
                                          MakeStringChecker())
                            .AddAttribute("Path",
                                          "Uri-Path of the requests.",
                                          StringValue(".well-known/core"),
                                          MakeStringAccessor(&CoapFlood::m_path),
                                          MakeStringChecker())
                            .AddAttribute("Payload",
                                          "Bytes of payload; 0 = none.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&CoapFlood::m_payload),
                                          MakeUintegerChecker<uint32_t>(0, 1024));
    return tid;
}

sansio::Bytes
CoapFlood::MakeTemplate() const
{
    coap::Message message;
    message.type = coap::Type::Confirmable;
    message.code = ParseMethod(m_method);
    message.token = coap::Token(sansio::Bytes(2, 0));
    message.options.SetUriPath(m_path);
    message.payload.assign(m_payload, 'x');
    return coap::Encode(message);
}

void
CoapFlood::StartApplication()
{
    m_template = MakeTemplate();
    m_messageIds.clear();
    for (uint32_t port = 0; !IsSpoofed() && port < GetPorts(); port++)
    {
        m_messageIds.push_back(static_cast<uint16_t>(GetRandom().GetInteger()));
    }
    DatagramFlood::StartApplication();
}

sansio::Bytes
CoapFlood::MakeDatagram(OwnPort port)
{
    const uint64_t word = GetRandom().GetInteger();
    const auto messageId = port ? ++m_messageIds[*port] : static_cast<uint16_t>(word >> 16);
    sansio::Bytes datagram = m_template;
    boost::endian::store_big_u16(&datagram[MESSAGE_ID], messageId);
    boost::endian::store_big_u16(&datagram[TOKEN], static_cast<uint16_t>(word));
    return datagram;
}

} // namespace ns3
