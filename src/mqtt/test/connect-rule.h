// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/test/rule-fixture.h"

namespace mqtt::test
{

inline const Bytes BYE = {'b', 'y', 'e'};

/// For rules of how clients come and go.
class ConnectRule : public ServerRule
{
  protected:
    mqtt::Connect MakeConnectWithWill(std::string_view clientId,
                                      bool retain = false,
                                      bool clean = true)
    {
        mqtt::Connect connect = MakeConnect(clientId, clean);
        connect.will = Will{"will", BYE, 1, retain};
        return connect;
    }

    void Break(ConnectionId id)
    {
        GetBroker().HandleClosed(m_now, id);
    }

    /// The CONNACK, alone.
    Connack GetAnswer(ConnectionId id)
    {
        Packets heard = Hear(id);
        EXPECT_EQ(heard.size(), 1u);
        return heard.size() == 1 ? std::get<Connack>(heard[0]) : Connack{};
    }
};

} // namespace mqtt::test
