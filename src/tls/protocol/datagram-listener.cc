// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/datagram-listener.h"

#include "crypto/protocol/hmac.h"
#include "sans-io/protocol/byte-writer.h"

#include <algorithm>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utility>

namespace tls
{

namespace
{

constexpr size_t SECRET_SIZE = 32;
constexpr size_t COOKIE_SIZE = 16;  // RFC 6347 section 4.2.1 allows up to 255
constexpr uint8_t HANDSHAKE = 22;   // RFC 5246 section 6.2.1
constexpr uint8_t CLIENT_HELLO = 1; // RFC 5246 section 7.4

// RFC 6347 section 4.2.2: msg_type, length, message_seq before fragment_offset, fragment_length
// behind it; RFC 5246 section 7.4.1.2: client_version before the random.
constexpr size_t FRAGMENT_OFFSET = 6;
constexpr size_t CLIENT_RANDOM = 14;
constexpr size_t RANDOM_SIZE = 32;

/// The address alone, whatever its ports.
sansio::PeerAddress
WithoutPort(sansio::PeerAddress peer)
{
    peer.port = 0;
    return peer;
}

} // namespace

/// Counts what is alive by handing out tokens.
class DatagramListener::Slots
{
  public:
    static std::shared_ptr<void> Take(const std::shared_ptr<Slots>& slots)
    {
        slots->m_used++;
        return std::shared_ptr<void>(nullptr, [slots](void*) { slots->m_used--; });
    }

    size_t GetUsed() const
    {
        return m_used;
    }

  private:
    size_t m_used{0};
};

DatagramListener::DatagramListener(std::shared_ptr<const Context> context,
                                   sansio::RandomSource& random)
    : m_context(std::move(context)),
      m_random(random),
      m_secret(random.GetBytes(SECRET_SIZE)),
      m_address(BIO_ADDR_new()),
      m_halfOpen(std::make_shared<Slots>()),
      m_sessions(std::make_shared<Slots>()),
      m_perAddress(std::make_shared<std::map<sansio::PeerAddress, size_t>>()),
      m_rates(m_context->GetSettings().limits.ratePerAddress,
              m_context->GetSettings().limits.maxRateEntries)
{
}

DatagramListener::~DatagramListener()
{
    SSL_free(m_spare);
    BIO_ADDR_free(m_address);
}

void
DatagramListener::Receive(sansio::TimePoint now,
                          const sansio::PeerAddress& peer,
                          sansio::ByteView datagram,
                          const Offer& offer)
{
    if (!IsClientHello(datagram))
    {
        m_counters.ignored++;
        return;
    }
    m_peer = peer;
    m_offer = offer;
    m_evicts = Eviction::Nobody;
    if (!m_context->GetSettings().cookieExchange && !offer.former)
    {
        m_offer = {}; // nobody has shown to be at this address
        if (HasRoom(now))
        {
            Accept(now, nullptr, datagram);
        }
        return;
    }
    ssl_st* listened = Listen(now, datagram);
    if (listened && HasRoom(now))
    {
        Accept(now, listened, datagram);
    }
    else
    {
        SSL_free(listened);
    }
}

bool
DatagramListener::HasRoom(sansio::TimePoint now)
{
    const bool full = IsFull();
    const bool crowded = IsAddressAtItsLimit();
    const bool busy = GetHalfOpen() >= m_context->GetSettings().limits.maxHalfOpen;
    if (full && GetEvictionForSession() == Eviction::Nobody)
    {
        return Refuse(m_counters.refusedSessions, "sessions");
    }
    if (crowded && !m_offer.own)
    {
        return Refuse(m_counters.refusedPerAddress, "per-address");
    }
    if (!m_rates.Take(now, WithoutPort(m_peer)))
    {
        return Refuse(m_counters.refusedRate, "rate");
    }
    if (busy && (crowded || !m_offer.handshake)) // one place at most is taken
    {
        return Refuse(m_counters.refusedHalfOpen, "half-open");
    }
    m_evicts = busy              ? Eviction::Handshake // a session less, too
               : crowded || full ? GetEvictionForSession()
                                 : Eviction::Nobody;
    return true;
}

bool
DatagramListener::IsFull() const
{
    return GetSessions() >= m_context->GetSettings().limits.maxSessions + (m_offer.former ? 1 : 0);
}

bool
DatagramListener::IsAddressAtItsLimit() const
{
    const size_t limit = m_context->GetSettings().limits.maxSessionsPerAddress;
    const auto sessions = m_perAddress->find(WithoutPort(m_peer));
    return limit > 0 && sessions != m_perAddress->end() &&
           sessions->second >= limit + (m_offer.former ? 1 : 0);
}

Eviction
DatagramListener::GetEvictionForSession() const
{
    return m_offer.own         ? Eviction::Own // it takes nothing from others
           : m_offer.handshake ? Eviction::Handshake
           : m_offer.session   ? Eviction::Session
                               : Eviction::Nobody;
}

bool
DatagramListener::Refuse(uint64_t& counter, const char* reason)
{
    counter++;
    m_events.Push(PeerRefused{m_peer, reason});
    return false;
}

std::shared_ptr<void>
DatagramListener::TakeSessionSlot()
{
    const sansio::PeerAddress address = WithoutPort(m_peer);
    ++(*m_perAddress)[address];
    return std::shared_ptr<void>(
        nullptr,
        [slot = Slots::Take(m_sessions), counts = m_perAddress, address](void*) {
            auto count = counts->find(address);
            if (--count->second == 0)
            {
                counts->erase(count);
            }
        });
}

void
DatagramListener::Accept(sansio::TimePoint now, ssl_st* listened, sansio::ByteView datagram)
{
    m_counters.accepted++;
    m_counters.evicted += m_evicts != Eviction::Nobody;
    std::unique_ptr<DatagramChannel> channel(new DatagramChannel(m_context,
                                                                 m_random,
                                                                 listened,
                                                                 Slots::Take(m_halfOpen),
                                                                 TakeSessionSlot()));
    if (listened)
    {
        channel->StartListened(now, datagram);
    }
    else
    {
        channel->Receive(now, datagram);
    }
    m_events.Push(NewPeer{m_peer, std::move(channel), m_evicts});
}

ssl_st*
DatagramListener::Listen(sansio::TimePoint now, sansio::ByteView datagram)
{
    crypto::Scope scope(m_context->GetUnixTime(now), m_random, &m_operations);
    if (!m_spare)
    {
        m_spare = SSL_new(m_context->GetHandle());
        bio_st* bio = MakeBio(*this);
        SSL_set_bio(m_spare, bio, bio);
        SSL_set_accept_state(m_spare);
    }
    const size_t waiting = m_output.size();
    m_input = datagram;
    ERR_clear_error();
    const int result = DTLSv1_listen(m_spare, m_address);
    m_input = {};
    if (result > 0)
    {
        // The cookie is verified; the channel that goes on is not to ask for it again.
        SSL_clear_options(m_spare, SSL_OP_COOKIE_EXCHANGE);
        return std::exchange(m_spare, nullptr);
    }
    m_counters.ignored += m_output.size() == waiting;
    if (result < 0)
    {
        SSL_free(std::exchange(m_spare, nullptr));
    }
    return nullptr;
}

void
DatagramListener::HandleTimeout(sansio::TimePoint /* now */)
{
}

std::optional<sansio::TimePoint>
DatagramListener::GetNextTimeout() const
{
    return {};
}

std::optional<AddressedDatagram>
DatagramListener::TakeTransmit()
{
    if (m_output.empty())
    {
        return {};
    }
    return m_output.Pop();
}

std::optional<ListenerEvent>
DatagramListener::PollEvent()
{
    if (m_events.empty())
    {
        return {};
    }
    return m_events.Pop();
}

sansio::Operations
DatagramListener::TakeOperations()
{
    return std::exchange(m_operations, {});
}

size_t
DatagramListener::GetHalfOpen() const
{
    return m_halfOpen->GetUsed();
}

size_t
DatagramListener::GetSessions() const
{
    return m_sessions->GetUsed();
}

bool
DatagramListener::IsClientHello(sansio::ByteView datagram)
{
    RecordHeader header;
    const sansio::ByteView body = datagram.From(RecordHeader::SIZE);
    return RecordHeader::Read(datagram, header) && header.type == HANDSHAKE && header.epoch == 0 &&
           !body.empty() && body[0] == CLIENT_HELLO;
}

sansio::ByteView
DatagramListener::GetClientRandom(sansio::ByteView datagram)
{
    const sansio::ByteView body = datagram.From(RecordHeader::SIZE);
    const sansio::ByteView offset = body.From(FRAGMENT_OFFSET).First(3);
    const bool begins = std::all_of(offset.begin(), offset.end(), [](uint8_t b) { return b == 0; });
    const sansio::ByteView random = body.From(CLIENT_RANDOM).First(RANDOM_SIZE);
    return IsClientHello(datagram) && begins && random.size() == RANDOM_SIZE ? random
                                                                             : sansio::ByteView();
}

sansio::Bytes
DatagramListener::MakeCookie() const
{
    sansio::ByteWriter writer;
    writer.WriteBytes({m_peer.ip.data(), m_peer.ip.size()});
    writer.WriteU16(m_peer.port);
    sansio::Bytes cookie = crypto::HmacSha256(m_secret, writer.GetView());
    cookie.resize(COOKIE_SIZE);
    return cookie;
}

DatagramListener&
DatagramListener::FromHandle(ssl_st* handle)
{
    return static_cast<DatagramListener&>(GetWire(SSL_get_rbio(handle)));
}

void
DatagramListener::OnWrite(sansio::ByteView bytes)
{
    m_counters.helloVerifyRequests++;
    m_output.Push({m_peer, {bytes, {sansio::Layer::Security, false, 0}}});
}

size_t
DatagramListener::OnRead(uint8_t* data, size_t size)
{
    const sansio::ByteView taken = m_input.First(size);
    std::copy(taken.begin(), taken.end(), data);
    m_input = {};
    return taken.size();
}

size_t
DatagramListener::GetMtuOverhead() const
{
    return 0;
}

} // namespace tls
