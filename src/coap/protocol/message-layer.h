// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/outbox.h"

namespace coap
{

/// What a datagram means to the layer above: a message to process, an outcome, or both.
struct Incoming
{
    sansio::PeerAddress peer;
    Message message;                       ///< code Empty where there is only an outcome
    std::optional<MessageOutcome> ended{}; ///< the message of this endpoint that it answers
};

/**
 * The message layer of RFC 7252 section 4: what arrives is told apart by type, deduplicated and
 * rejected here; what is sent goes through the Outbox. It knows no token and no option.
 */
class MessageLayer
{
  public:
    MessageLayer(const Settings& settings, sansio::RandomSource& random, Report& report);

    /// A datagram arrived; nothing is returned for what this layer settles by itself.
    std::optional<Incoming> Receive(sansio::TimePoint now,
                                    const sansio::PeerAddress& peer,
                                    sansio::ByteView bytes);

    /// Sends an ACK or RST for the received \p messageId and remembers it for repetitions.
    void Reply(const sansio::PeerAddress& peer,
               uint16_t messageId,
               Message message,
               uint64_t report);

    /// Sends the empty ACK or RST for the received \p messageId.
    void ReplyEmpty(const sansio::PeerAddress& peer,
                    uint16_t messageId,
                    Type type,
                    uint64_t report);

    /**
     * Rejects a received message (sections 4.2 and 4.3): a CON by a Reset, an ACK or RST silently.
     * Of NON only an unexpected response is rejected by a Reset, which is what ends an observation
     * (RFC 7641 section 3.6), so that nobody is made to answer to forged addresses without need.
     */
    void Reject(const sansio::PeerAddress& peer, const Message& message, FormatError error);

    /// Where the messages of this endpoint are sent from.
    Outbox& GetOutbox()
    {
        return m_outbox;
    }

    const Outbox& GetOutbox() const
    {
        return m_outbox;
    }

    /// Messages received and not to be processed twice, with their replies, and what the Outbox
    /// holds (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_duplicates.GetMemory() + m_outbox.GetMemory();
    }

    /// Messages received and not to be processed twice.
    size_t GetRemembered() const
    {
        return m_duplicates.GetSize();
    }

  private:
    std::optional<Incoming> ReceiveNew(sansio::TimePoint now,
                                       const sansio::PeerAddress& peer,
                                       Message&& message);
    std::optional<Incoming> ReceiveAnswer(sansio::TimePoint now,
                                          const sansio::PeerAddress& peer,
                                          Message&& message);

    Report& m_report;
    DuplicateTable m_duplicates;
    Outbox m_outbox;
};

} // namespace coap
