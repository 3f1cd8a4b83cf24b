// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/stream-flood.h"

namespace ns3
{

/**
 * Connections that send an MQTT 3.1.1 CONNECT with Clean Session, an own random client identifier
 * of 18 characters, and no user name, and then nothing any more: no PINGREQ either.
 */
class MqttFlood : public StreamFlood
{
  public:
    static TypeId GetTypeId();

    /// CONNACK packets that accepted a CONNECT.
    uint64_t GetAccepted() const;

    /// CONNACK packets that refused one.
    uint64_t GetRefused() const;

  protected:
    void HandleOpened(ConnectionId id) override;
    void HandleBytes(ConnectionId id, sansio::ByteView bytes) override;

    Time m_keepAlive;

  private:
    uint64_t m_accepted{0};
    uint64_t m_refused{0};
};

} // namespace ns3
