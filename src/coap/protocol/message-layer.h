// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/codec.h"
#include "coap/protocol/duplicate-table.h"
#include "coap/protocol/peer-table.h"

#include <vector>

namespace coap
{

/// What became of a message given to the message layer.
enum class Outcome : uint8_t
{
    None,
    Acknowledged,
    Reset,
    TimedOut, ///< a CON after MAX_RETRANSMIT retransmissions
    Expired,  ///< a NON, not rejected within Settings::nonInteractionTimeout
    Refused,  ///< it could not be sent when its turn came, for want of a Message ID
};

/// What the sender of a message expects for it.
enum class Expect : uint8_t
{
    Nothing,   ///< a NON response
    Rejection, ///< a NON notification: a Reset has a meaning
    Answer,    ///< a request: it is an outstanding interaction for NSTART; so is every CON
};

/// What a datagram means to the layer above: a message to process, an outcome, or both.
struct Incoming
{
    sansio::PeerAddress peer;
    Message message; ///< code Empty where there is only an outcome
    Outcome outcome{Outcome::None};
    SendId sent{0};     ///< whose outcome it is
    uint64_t report{0}; ///< label of that message
};

/// What became of a message, without an answer to process.
struct MessageOutcome
{
    SendId sent;
    sansio::PeerAddress peer;
    Outcome outcome;
    uint64_t report;
};

/**
 * The message layer of RFC 7252 section 4: Message IDs, types, retransmission, deduplication,
 * rejection, NSTART. It knows no token and no option.
 */
class MessageLayer
{
  public:
    MessageLayer(const Settings& settings, sansio::RandomSource& random, Report& report);

    MessageLayer(const MessageLayer&) = delete;
    MessageLayer& operator=(const MessageLayer&) = delete;

    /// A datagram arrived; nothing is returned for what this layer settles by itself.
    std::optional<Incoming> Receive(sansio::TimePoint now,
                                    const sansio::PeerAddress& peer,
                                    sansio::ByteView bytes);

    /**
     * Sends a CON or NON as soon as NSTART allows. Unless nothing is expected or it is released, it
     * has exactly one outcome.
     *
     * \param message its Message ID is chosen here
     * \return 0 if it was refused at a bound
     */
    SendId Send(sansio::TimePoint now,
                const sansio::PeerAddress& peer,
                Message message,
                uint64_t report,
                Expect expect);

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

    /// Nothing more is expected for a message: it is neither sent again nor counted for NSTART.
    void Release(sansio::TimePoint now, const sansio::PeerAddress& peer, SendId id);

    /**
     * Lets another message take over from a CON that waits or is in transit: then it is sent, under
     * a Message ID of its own, where the next retransmission is due or at once after an
     * acknowledgement (RFC 7641 section 4.5.2).
     *
     * \return false if \p id is no such message
     */
    bool Supersede(const sansio::PeerAddress& peer, SendId id, Message message, uint64_t report);

    /// Retransmits what is due. \return what ended by time
    std::vector<MessageOutcome> HandleTimeout(sansio::TimePoint now);

    std::optional<sansio::TimePoint> GetNextTimeout() const;

    std::optional<Datagram> TakeTransmit();

  private:
    /// A CON or NON in transit.
    struct Outstanding
    {
        SendId id;
        MessageKey key;
        sansio::TimePoint deadline; ///< of the next retransmission, or of forgetting a NON
        sansio::Duration timeout;
        bool confirmable;
        bool interaction;
        uint8_t retransmissions;
        uint64_t report;
        sansio::SpannedBytes bytes; ///< of a CON
        std::optional<Message> successor;
        uint64_t successorReport;
    };

    struct ById;
    struct ByKey;
    struct ByDeadline;
    using OutstandingTable = boost::multi_index_container<
        Outstanding,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ById>,
                boost::multi_index::member<Outstanding, SendId, &Outstanding::id>>,
            boost::multi_index::hashed_unique<
                boost::multi_index::tag<ByKey>,
                boost::multi_index::member<Outstanding, MessageKey, &Outstanding::key>>,
            boost::multi_index::ordered_non_unique<
                boost::multi_index::tag<ByDeadline>,
                boost::multi_index::
                    member<Outstanding, sansio::TimePoint, &Outstanding::deadline>>>>;

    std::optional<Incoming> ReceiveNew(sansio::TimePoint now,
                                       const sansio::PeerAddress& peer,
                                       Message&& message);
    std::optional<Incoming> ReceiveAnswer(sansio::TimePoint now,
                                          const sansio::PeerAddress& peer,
                                          Message&& message);
    bool Transmit(sansio::TimePoint now,
                  Peer& peer,
                  SendId id,
                  Message&& message,
                  uint64_t report,
                  Expect expect);
    /// Sends the successor of a CON, with a fresh backoff or the next step of the present one.
    bool SendSuccessor(sansio::TimePoint now, const Outstanding& entry, bool fresh);
    Outcome HandleDeadline(sansio::TimePoint now, const Outstanding& entry);
    void Retransmit(sansio::TimePoint now, const Outstanding& entry);
    sansio::Duration DrawTimeout();
    void Finish(sansio::TimePoint now, const Outstanding& entry);
    void SendWaiting(sansio::TimePoint now, Peer& peer);
    void Emit(const sansio::PeerAddress& peer, sansio::SpannedBytes bytes);
    static std::deque<Peer::Waiting>::iterator FindWaiting(Peer& peer, SendId id);

    Settings m_settings;
    sansio::RandomSource& m_random;
    Report& m_report;
    DuplicateTable m_duplicates;
    PeerTable m_peers;
    OutstandingTable m_outstanding;
    size_t m_waiting{0};
    SendId m_lastId{0};
    std::vector<MessageOutcome> m_refused; ///< until the next HandleTimeout()
    std::deque<Datagram> m_transmit;
};

} // namespace coap
