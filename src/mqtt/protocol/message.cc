// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/protocol/packet.h"

namespace mqtt
{

Message
MakeMessage(const Publish& publish, TimePoint now)
{
    Message message;
    message.topic = publish.topic;
    message.payload = publish.payload.ToBytes();
    message.qos = publish.qos;
    message.retain = publish.retain;
    message.dup = publish.dup;
    message.since = now;
    publish.properties.ForEach([&](const Property& property) {
        switch (property.id)
        {
        case PropertyId::MessageExpiryInterval:
            message.expiry = property.number;
            break;
        case PropertyId::SubscriptionIdentifier:
            message.subscriptionIds.push_back(property.number);
            break;
        case PropertyId::PayloadFormatIndicator: // handed on as they are [5.0: MQTT-3.3.2-4, 15,
        case PropertyId::ContentType:            // 16, 17, 18, 20]
        case PropertyId::ResponseTopic:
        case PropertyId::CorrelationData:
        case PropertyId::UserProperty:
            message.properties.Add(property);
            break;
        default:
            break;
        }
    });
    return message;
}

} // namespace mqtt
