// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/datagram-flood.h"

#include <string>
#include <vector>

namespace ns3
{

/**
 * A flood of CoAP requests (RFC 7252), Confirmable, each a new exchange that the server has to
 * process, answer and remember for EXCHANGE_LIFETIME.
 *
 * A source has 65,536 Message IDs, and one that comes again within 247 s is a duplicate to the
 * server: from own addresses the attack is of new requests as long as Rate is at most 265 per port.
 */
class CoapFlood : public DatagramFlood
{
  public:
    static TypeId GetTypeId();

  protected:
    void StartApplication() override;
    sansio::Bytes MakeDatagram(OwnPort port) override;

  private:
    sansio::Bytes MakeTemplate() const;

    std::string m_method;
    std::string m_path;
    uint32_t m_payload;

    sansio::Bytes m_template;           ///< a request with Message ID and token 0
    std::vector<uint16_t> m_messageIds; ///< the last of each own port
};

} // namespace ns3
