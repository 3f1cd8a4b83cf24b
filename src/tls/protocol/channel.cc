// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/channel.h"

#include "tls/protocol/pem.h"

#include <algorithm>
#include <array>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <utility>

namespace tls
{

namespace
{

constexpr size_t MAX_PLAINTEXT = SSL3_RT_MAX_PLAIN_LENGTH; // RFC 8446 section 5.1: 2^14
constexpr size_t LINK_MIN_MTU = 256;  // of OpenSSL: a smaller MTU passes as overhead below
constexpr size_t USUAL_OVERHEAD = 48; // IPv6 and UDP

/// RFC 4514 form.
std::string
WriteSubject(X509* certificate)
{
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<size_t>(size));
}

int
GetVerifyMode(const Settings& settings, Role role)
{
    if (role == Role::Client)
    {
        return settings.verifyPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    }
    return settings.requireClientCertificate ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                                             : SSL_VERIFY_NONE;
}

/// RFC 6347 section 4.2.4.1: double each time. Microseconds; 0 asks for the first.
unsigned int
GiveDtlsTimeout(SSL* handle, unsigned int previous)
{
    const Settings& settings = static_cast<Channel*>(SSL_get_app_data(handle))->GetSettings();
    const auto inMicroseconds = [](sansio::Duration duration) {
        return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    };
    const int64_t next = previous == 0 ? inMicroseconds(settings.initialTimeout)
                                       : 2 * static_cast<int64_t>(previous);
    return static_cast<unsigned int>(std::min(next, inMicroseconds(settings.maximumTimeout)));
}

/// What SSL_get_error() takes for the reason of a failure; clearing an empty queue is not cheap.
void
ClearErrors()
{
    if (ERR_peek_error())
    {
        ERR_clear_error();
    }
}

} // namespace

Channel::Channel(std::shared_ptr<const Context> context,
                 Role role,
                 sansio::RandomSource& random,
                 ssl_st* handle,
                 size_t recordHeader)
    : m_context(std::move(context)),
      m_random(random),
      m_handle(handle),
      m_mapper(recordHeader)
{
    crypto::Scope scope = OpenScope({});
    if (m_handle)
    {
        SSL_set_app_data(m_handle, this);
        SetWire(SSL_get_rbio(m_handle), *this);
    }
    else
    {
        m_handle = SSL_new(m_context->GetHandle());
        SSL_set_app_data(m_handle, this);
        bio_st* bio = MakeBio(*this);
        SSL_set_bio(m_handle, bio, bio);
    }
    ConfigureHandle(role);
}

Channel::~Channel()
{
    crypto::Scope scope = OpenScope({});
    SSL_free(m_handle);
}

void
Channel::ConfigureHandle(Role role)
{
    const Settings& settings = GetSettings();
    SSL_set_verify(m_handle, GetVerifyMode(settings, role), nullptr);
    if (role == Role::Client && !settings.peerName.empty())
    {
        SSL_set1_host(m_handle, settings.peerName.c_str());
    }
    if (role == Role::Client && settings.sendServerName)
    {
        SSL_set_tlsext_host_name(m_handle, settings.peerName.c_str());
    }
    if (settings.version == Version::Dtls12)
    {
        // SSL_set_mtu() takes nothing below 208, the MTU of the link is taken with any overhead.
        DTLS_set_link_mtu(m_handle, static_cast<long>(settings.mtu + GetMtuOverhead()));
        DTLS_set_timer_cb(m_handle, &GiveDtlsTimeout);
    }
    if (SSL_in_before(m_handle))
    {
        role == Role::Client ? SSL_set_connect_state(m_handle) : SSL_set_accept_state(m_handle);
    }
}

size_t
Channel::GetMtuOverhead() const
{
    const size_t mtu = GetSettings().mtu;
    return mtu + USUAL_OVERHEAD < LINK_MIN_MTU ? LINK_MIN_MTU - mtu : USUAL_OVERHEAD;
}

std::optional<Event>
Channel::PollEvent()
{
    if (m_events.empty())
    {
        return {};
    }
    return m_events.Pop();
}

sansio::Operations
Channel::TakeOperations()
{
    return std::exchange(m_operations, {});
}

void
Channel::Close(sansio::TimePoint now)
{
    if (m_state != State::Established)
    {
        return;
    }
    Call call(*this, now);
    ClearErrors();
    SSL_shutdown(m_handle);
    m_state = State::Closing;
}

void
Channel::NoteFatalAlert(uint8_t alert, bool fromPeer)
{
    m_alert = alert;
    m_alertFromPeer = fromPeer;
}

void
Channel::NoteRecord(uint8_t contentType, size_t size)
{
    m_mapper.ExpectRecord(contentType, size);
}

void
Channel::NoteInnerType(uint8_t contentType)
{
    m_mapper.SetInnerType(contentType);
}

void
Channel::NoteOfferedIdentity(const std::string& identity)
{
    m_offeredIdentity = identity;
}

void
Channel::LogKey(std::string_view line) const
{
    m_context->LogKey(line);
}

crypto::Scope
Channel::OpenScope(sansio::TimePoint now)
{
    return crypto::Scope(m_context->GetUnixTime(now), m_random, &m_operations);
}

Channel::Call::Call(Channel& channel, sansio::TimePoint now, size_t plaintext)
    : Scope(channel.m_context->GetUnixTime(now), channel.m_random, &channel.m_operations),
      m_datagramHandle(channel.GetSettings().version == Version::Dtls12 ? channel.m_handle
                                                                        : nullptr)
{
    if (m_datagramHandle)
    {
        channel.LimitWriteBuffer(std::max<size_t>(plaintext, channel.GetSettings().mtu));
        SSL_alloc_buffers(m_datagramHandle);
    }
}

Channel::Call::~Call()
{
    if (m_datagramHandle)
    {
        SSL_free_buffers(m_datagramHandle);
    }
}

void
Channel::LimitWriteBuffer(size_t plaintext)
{
    // OpenSSL takes a buffer for the largest record it may write, by default 16 kB for each one.
    constexpr size_t SMALLEST = 512;
    const auto size = static_cast<long>(std::clamp(plaintext, SMALLEST, MAX_PLAINTEXT));
    SSL_set_max_send_fragment(m_handle, size);
    SSL_set_split_send_fragment(m_handle, size);
}

void
Channel::Advance()
{
    if (m_state == State::Handshake)
    {
        AdvanceHandshake();
    }
    if (m_state == State::Established || m_state == State::Closing)
    {
        ReadAll();
    }
}

void
Channel::AdvanceHandshake()
{
    ClearErrors();
    const int result = SSL_do_handshake(m_handle);
    if (result == 1)
    {
        Complete();
        return;
    }
    if (SSL_get_error(m_handle, result) != SSL_ERROR_WANT_READ)
    {
        Fail();
    }
}

void
Channel::ReadAll()
{
    std::array<uint8_t, MAX_PLAINTEXT> buffer;
    while (!m_peerClosed && m_state != State::Failed)
    {
        ClearErrors();
        const int result = SSL_read(m_handle, buffer.data(), static_cast<int>(buffer.size()));
        if (result > 0)
        {
            Emit(Plaintext{sansio::Bytes(buffer.data(), buffer.data() + result)});
            if (!HasInput())
            {
                return;
            }
            continue;
        }
        switch (SSL_get_error(m_handle, result))
        {
        case SSL_ERROR_WANT_READ:
            return;
        case SSL_ERROR_ZERO_RETURN:
            EndReading();
            break;
        default:
            Fail();
        }
    }
}

void
Channel::EndReading()
{
    m_peerClosed = true;
    if (m_state == State::Established && GetSettings().version != Version::Tls13)
    {
        SSL_shutdown(m_handle); // RFC 5246 section 7.2.1: answer, and send nothing more
        m_state = State::Closing;
    }
    Emit(Closed{});
}

bool
Channel::Write(const sansio::SpannedBytes& plaintext)
{
    if (m_state != State::Established)
    {
        return false;
    }
    if (plaintext.empty())
    {
        return true; // OpenSSL makes no empty records
    }
    if (GetSettings().version != Version::Dtls12)
    {
        LimitWriteBuffer(plaintext.size());
    }
    ClearErrors();
    m_mapper.Begin(plaintext);
    const int result =
        SSL_write(m_handle, plaintext.GetView().data(), static_cast<int>(plaintext.size()));
    m_mapper.Finish();
    if (result <= 0)
    {
        Fail();
    }
    return result > 0;
}

void
Channel::Complete()
{
    m_state = State::Established;
    const CipherSuite* suite = FindCipherSuite(SSL_get_cipher_name(m_handle));
    const bool tls13 = GetSettings().version == Version::Tls13;
    const bool reused = SSL_session_reused(m_handle);
    const bool byPsk = !m_offeredIdentity.empty() && (tls13 ? reused : suite->psk);
    m_mapper.SetProtection(suite->explicitNonce, suite->tag + (tls13 ? 1 : 0));
    IdentifyPeer(byPsk);
    Emit(HandshakeCompleted{GetSettings().version,
                            suite->ianaName,
                            reused && !byPsk,
                            m_bytesSent,
                            m_bytesReceived,
                            m_flights});
}

void
Channel::IdentifyPeer(bool byPsk)
{
    if (byPsk)
    {
        m_peer.pskIdentity = m_offeredIdentity;
        return;
    }
    Owned<X509> certificate(SSL_get1_peer_certificate(m_handle));
    const bool verified = SSL_get_verify_mode(m_handle) != SSL_VERIFY_NONE &&
                          SSL_get_verify_result(m_handle) == X509_V_OK;
    if (certificate && verified)
    {
        m_peer.certificateSubject = WriteSubject(certificate.get());
    }
}

void
Channel::Fail()
{
    const bool handshaking = m_state == State::Handshake;
    m_state = State::Failed;
    const bool stream = GetSettings().version != Version::Dtls12;
    if (stream && crypto::Scope::GetCurrent()->GetFailures() > 0)
    {
        Emit(RecordRejected{RejectionReason::BadMac});
    }
    if (handshaking)
    {
        Emit(HandshakeFailed{DescribeFailure()});
    }
    else
    {
        Emit(ConnectionFailed{DescribeFailure()});
    }
}

Failure
Channel::DescribeFailure() const
{
    Failure failure{m_alert, {}, m_alertFromPeer};
    if (m_alert)
    {
        failure.reason =
            (m_alertFromPeer ? "the peer sent " : "") + std::string(GetAlertName(*m_alert));
    }
    const long verification = SSL_get_verify_result(m_handle);
    const char* detail = ERR_reason_error_string(ERR_peek_last_error());
    if (verification != X509_V_OK && !m_alertFromPeer)
    {
        detail = X509_verify_cert_error_string(verification);
    }
    if (detail && !m_alertFromPeer)
    {
        failure.reason += (failure.reason.empty() ? "" : ": ") + std::string(detail);
    }
    return failure;
}

void
Channel::Emit(Event event)
{
    m_events.Push(std::move(event));
}

void
Channel::AccountReceived(size_t bytes)
{
    if (m_state != State::Handshake)
    {
        return;
    }
    m_bytesReceived += bytes;
    m_flights += m_flights == 0 || m_lastSent;
    m_lastSent = false;
}

void
Channel::MapOutput(sansio::ByteView bytes, bool retransmission, sansio::SpannedBytes& output)
{
    if (m_state == State::Handshake)
    {
        m_bytesSent += bytes.size();
        m_flights += !m_lastSent;
        m_lastSent = true;
    }
    m_mapper.Map(bytes, retransmission, output);
}

} // namespace tls
