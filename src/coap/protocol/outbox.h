// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "coap/protocol/codec.h"
#include "coap/protocol/duplicate-table.h"
#include "coap/protocol/peer-table.h"

#include <boost/multi_index/ordered_index.hpp>
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

/// What became of a message, without an answer to process.
struct MessageOutcome
{
    SendId sent;
    sansio::PeerAddress peer;
    Outcome outcome;
    uint64_t report;
    RequestId request; ///< what Outbox::Send() was given
};

/**
 * The messages of this endpoint on their way: Message IDs (RFC 7252 section 4.4), retransmission
 * (section 4.2), and the queue before NSTART outstanding interactions per peer (section 4.7).
 */
class Outbox
{
  public:
    Outbox(const Settings& settings, sansio::RandomSource& random, Report& report);

    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /**
     * Sends a CON or NON as soon as NSTART allows. Unless nothing is expected or it is released, it
     * has exactly one outcome.
     *
     * \param message its Message ID is chosen here
     * \param request the request of this endpoint that it carries, told again with the outcome;
     *        0 = none
     * \return 0 if it was refused at a bound
     */
    SendId Send(sansio::TimePoint now,
                const sansio::PeerAddress& peer,
                Message&& message,
                uint64_t report,
                Expect expect,
                RequestId request = 0);

    /// Sends bytes at once; nothing is expected for them.
    void Emit(const sansio::PeerAddress& peer, sansio::SpannedBytes bytes);

    /// An ACK or RST arrived. \return whose outcome it is, or nothing where it ends nothing
    std::optional<MessageOutcome> TakeAnswer(sansio::TimePoint now,
                                             const sansio::PeerAddress& peer,
                                             const Message& answer);

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

    /// Messages in transit and waiting, with their bytes; peers (sans-io/protocol/memory.h).
    size_t GetMemory() const
    {
        return m_messageBytes + m_outstanding.size() * (sansio::ENTRY_MEMORY + KEY_MEMORY) +
               m_waiting * sansio::ENTRY_MEMORY +
               m_peers.GetSize() * (sansio::ENTRY_MEMORY + KEY_MEMORY);
    }

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
        RequestId request;
        sansio::SpannedBytes bytes; ///< of a CON
        std::optional<Message> successor;
        uint64_t successorReport;
        mutable sansio::MemoryShare memory{}; ///< of the bytes
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

    bool Transmit(sansio::TimePoint now,
                  Peer& peer,
                  SendId id,
                  Message&& message,
                  uint64_t report,
                  Expect expect,
                  RequestId request);
    /// A Message ID that is neither used within EXCHANGE_LIFETIME nor outstanding (section 4.4).
    std::optional<uint16_t> TakeMessageId(sansio::TimePoint now, Peer& peer);
    /// Sends the successor of a CON, with a fresh backoff or the next step of the present one.
    bool SendSuccessor(sansio::TimePoint now, const Outstanding& entry, bool fresh);
    Outcome HandleDeadline(sansio::TimePoint now, const Outstanding& entry);
    void Retransmit(sansio::TimePoint now, const Outstanding& entry);
    sansio::Duration DrawTimeout();
    void Finish(sansio::TimePoint now, const Outstanding& entry);
    void SendWaiting(sansio::TimePoint now, Peer& peer);
    static std::deque<Peer::Waiting>::iterator FindWaiting(Peer& peer, SendId id);

    Settings m_settings;
    sansio::RandomSource& m_random;
    Report& m_report;
    size_t m_messageBytes{0}; ///< of what waits and is in transit; outlives it
    PeerTable m_peers;
    OutstandingTable m_outstanding;
    size_t m_waiting{0};
    SendId m_lastId{0};
    std::vector<MessageOutcome> m_refused; ///< until the next HandleTimeout()
    sansio::Queue<Datagram> m_transmit;
};

} // namespace coap
