// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/message-layer.h"

namespace coap
{

using sansio::PeerAddress;
using sansio::TimePoint;

MessageLayer::MessageLayer(const Settings& settings, sansio::RandomSource& random, Report& report)
    : m_report(report),
      m_duplicates(settings, report),
      m_outbox(settings, random, report)
{
}

std::optional<Incoming>
MessageLayer::Receive(TimePoint now, const PeerAddress& peer, sansio::ByteView bytes)
{
    m_report.counters.received++;
    Message message;
    if (FormatError error = Decode(bytes, message); error != FormatError::None)
    {
        if (!IsHeaderKnown(error))
        {
            message.type = Type::Acknowledgement; // not even a Reset could name the message
        }
        Reject(peer, message, error);
        return std::nullopt;
    }
    bool answer = message.type == Type::Acknowledgement || message.type == Type::Reset;
    return answer ? ReceiveAnswer(now, peer, std::move(message))
                  : ReceiveNew(now, peer, std::move(message));
}

std::optional<Incoming>
MessageLayer::ReceiveNew(TimePoint now, const PeerAddress& peer, Message&& message)
{
    if (message.code == Code::Empty) // a ping (section 4.3)
    {
        ReplyEmpty(peer, message.messageId, Type::Reset, 0);
        return std::nullopt;
    }
    bool confirmable = message.type == Type::Confirmable;
    if (auto* known = m_duplicates.FindOrRemember(now, {peer, message.messageId}, confirmable))
    {
        bool answered = confirmable && known->reply;
        m_report.counters.duplicates++;
        m_report.events.push_back(DuplicateReceived{peer, message.messageId, answered});
        if (answered)
        {
            m_outbox.Emit(peer, known->reply->bytes.AsRetransmission());
        }
        return std::nullopt;
    }
    return Incoming{peer, std::move(message)};
}

std::optional<Incoming>
MessageLayer::ReceiveAnswer(TimePoint now, const PeerAddress& peer, Message&& message)
{
    auto ended = m_outbox.TakeAnswer(now, peer, message);
    if (!ended)
    {
        return std::nullopt;
    }
    return Incoming{peer, std::move(message), ended};
}

void
MessageLayer::Reply(const PeerAddress& peer, uint16_t messageId, Message message, uint64_t report)
{
    message.messageId = messageId;
    auto bytes = Encode(message, report);
    m_duplicates.SetReply({peer, messageId}, bytes);
    m_outbox.Emit(peer, std::move(bytes));
}

void
MessageLayer::ReplyEmpty(const PeerAddress& peer, uint16_t messageId, Type type, uint64_t report)
{
    Message message;
    message.type = type;
    Reply(peer, messageId, std::move(message), report);
}

void
MessageLayer::Reject(const PeerAddress& peer, const Message& message, FormatError error)
{
    bool unexpected = error == FormatError::None && IsResponse(message.code);
    bool reset =
        message.type == Type::Confirmable || (message.type == Type::NonConfirmable && unexpected);
    m_report.counters.rejected++;
    m_report.events.push_back(MessageRejected{peer, error, reset});
    if (reset)
    {
        ReplyEmpty(peer, message.messageId, Type::Reset, 0);
    }
}

} // namespace coap
