// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mqtt
{

using sansio::Bytes;
using sansio::ByteView;

/// An Application Message (section 1.2) with what its PUBLISH packet says about it.
struct Message
{
    std::string topic;
    Bytes payload;
    uint8_t qos{0};     ///< 0, 1 or 2
    bool retain{false}; ///< on arrival: it was stored before the subscription (section 3.3.1.3)
    bool dup{false}; ///< on arrival: the packet may have been sent before; ignored when publishing

    friend bool operator==(const Message& a, const Message& b)
    {
        return a.topic == b.topic && a.payload == b.payload && a.qos == b.qos &&
               a.retain == b.retain && a.dup == b.dup;
    }
};

/// A message that several queues share.
using MessagePtr = std::shared_ptr<const Message>;

} // namespace mqtt
