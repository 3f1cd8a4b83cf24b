// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/tls-listener.h"

#include "sans-io/protocol/byte-reader.h"

#include <algorithm>

namespace attacks
{

namespace
{

constexpr uint8_t CHANGE_CIPHER_SPEC = 20;
constexpr uint8_t HANDSHAKE = 22;
constexpr uint8_t APPLICATION_DATA = 23;

constexpr size_t TLS_HEADER = 5;
constexpr size_t DTLS_HEADER = 13;
/// RFC 5246 section 6.2.3: the plaintext's 2^14 and what protection may add.
constexpr size_t MAX_FRAGMENT = (1 << 14) + 2048;

constexpr uint16_t TLS_1_2 = 0x0303;
constexpr uint16_t TLS_1_3 = 0x0304;
constexpr uint16_t DTLS_1_2 = 0xfefd;

// Handshake types, RFC 8446 section 4 and RFC 5246 section 7.4.
constexpr uint8_t CLIENT_HELLO = 1;
constexpr uint8_t SERVER_HELLO = 2;
constexpr uint8_t CERTIFICATE = 11;
constexpr uint8_t CLIENT_KEY_EXCHANGE = 16;

// Extensions.
constexpr uint16_t SERVER_NAME = 0;
constexpr uint16_t PRE_SHARED_KEY = 41;
constexpr uint16_t SUPPORTED_VERSIONS = 43;

size_t
ReadU24(sansio::ByteReader& reader)
{
    size_t high = reader.ReadU8();
    return high << 16 | reader.ReadU16();
}

bool
IsContentType(uint8_t type)
{
    return type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA;
}

void
AddName(std::set<std::string>& names, sansio::ByteView name)
{
    if (!name.empty() && names.size() < FlowLeak::Limits().names)
    {
        names.insert(name.ToString());
    }
}

/// RFC 6066 section 3.
void
ReadServerName(sansio::ByteReader extension, FlowLeak& leak)
{
    extension.ReadU16();
    if (extension.ReadU8() == 0) // host_name
    {
        AddName(leak.serverNames, extension.ReadBytes(extension.ReadU16()));
    }
}

/// RFC 8446 section 4.2.11: identities of keys, and tickets of sessions.
void
ReadPskIdentities(sansio::ByteReader extension, FlowLeak& leak)
{
    sansio::ByteReader identities(extension.ReadBytes(extension.ReadU16()));
    while (!identities.AtEnd() && !identities.Failed())
    {
        AddName(leak.pskIdentities, identities.ReadBytes(identities.ReadU16()));
        identities.ReadU32(); // obfuscated_ticket_age
    }
}

template <typename Handle>
void
ForEachExtension(sansio::ByteReader& hello, const Handle& handle)
{
    sansio::ByteReader extensions(hello.ReadBytes(hello.ReadU16()));
    while (!extensions.AtEnd() && !extensions.Failed())
    {
        uint16_t type = extensions.ReadU16();
        handle(type, sansio::ByteReader(extensions.ReadBytes(extensions.ReadU16())));
    }
}

void
ReadClientHello(sansio::ByteView body, bool datagrams, FlowLeak& leak)
{
    sansio::ByteReader hello(body);
    hello.ReadBytes(2 + 32);         // legacy_version, random
    hello.ReadBytes(hello.ReadU8()); // session_id
    if (datagrams)
    {
        hello.ReadBytes(hello.ReadU8()); // cookie
    }
    hello.ReadBytes(hello.ReadU16()); // cipher_suites
    hello.ReadBytes(hello.ReadU8());  // compression_methods
    ForEachExtension(hello, [&leak](uint16_t type, sansio::ByteReader extension) {
        if (type == SERVER_NAME)
        {
            ReadServerName(extension, leak);
        }
        else if (type == PRE_SHARED_KEY)
        {
            ReadPskIdentities(extension, leak);
        }
    });
}

/// RFC 8446 section 4.2.1: 1.3 says its version in an extension, and 1.2 in the old place.
void
ReadServerHello(sansio::ByteView body, FlowLeak& leak)
{
    sansio::ByteReader hello(body);
    uint16_t version = hello.ReadU16();
    hello.ReadBytes(32);             // random
    hello.ReadBytes(hello.ReadU8()); // session_id
    hello.ReadU16();                 // cipher_suite
    hello.ReadU8();                  // compression_method
    if (hello.Failed())
    {
        return;
    }
    ForEachExtension(hello, [&version](uint16_t type, sansio::ByteReader extension) {
        version = type == SUPPORTED_VERSIONS ? extension.ReadU16() : version;
    });
    leak.version = version == TLS_1_3                          ? "1.3"
                   : version == TLS_1_2 || version == DTLS_1_2 ? "1.2"
                                                               : leak.version;
}

/// RFC 5246 section 7.4.2.
void
ReadCertificates(sansio::ByteView body, FlowLeak& leak)
{
    sansio::ByteReader reader(body);
    sansio::ByteReader list(reader.ReadBytes(ReadU24(reader)));
    while (!list.AtEnd() && !list.Failed())
    {
        size_t size = ReadU24(list);
        for (const std::string& name : FindSubjectNames(list.ReadBytes(size)))
        {
            AddName(leak.certificateNames, sansio::ByteView(std::string_view(name)));
        }
    }
}

/// RFC 4279 section 2: of a pre-shared key alone the identity fills the message. An ECDHE point
/// (RFC 8422 section 5.7) starts with its length in one byte, RSA with 256 in two.
void
ReadClientKeyExchange(sansio::ByteView body, FlowLeak& leak)
{
    constexpr size_t longestIdentity = 128;
    sansio::ByteReader reader(body);
    size_t size = reader.ReadU16();
    if (size == reader.GetRemaining() && size <= longestIdentity)
    {
        AddName(leak.pskIdentities, reader.ReadRest());
    }
}

/// One element of DER: tag and contents (X.690 section 8.1); nothing where it is cut short.
struct Element
{
    uint8_t tag{0};
    sansio::ByteView contents;
};

std::optional<Element>
ReadElement(sansio::ByteReader& reader)
{
    Element element;
    element.tag = reader.ReadU8();
    size_t length = reader.ReadU8();
    if (length > 0x80)
    {
        size_t bytes = length & 0x7f;
        length = 0;
        for (size_t i = 0; i < bytes && i < 4; i++)
        {
            length = length << 8 | reader.ReadU8();
        }
        if (bytes > 3)
        {
            return std::nullopt;
        }
    }
    element.contents = reader.ReadBytes(length);
    return reader.Failed() ? std::nullopt : std::optional<Element>(element);
}

/// Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; commonName is 2.5.4.3.
void
ReadName(sansio::ByteView name, std::vector<std::string>& names)
{
    const sansio::Bytes commonName{0x55, 0x04, 0x03};
    sansio::ByteReader sets(name);
    while (!sets.AtEnd())
    {
        std::optional<Element> set = ReadElement(sets);
        sansio::ByteReader attributes(set ? set->contents : sansio::ByteView());
        while (set && !attributes.AtEnd())
        {
            std::optional<Element> attribute = ReadElement(attributes);
            sansio::ByteReader fields(attribute ? attribute->contents : sansio::ByteView());
            std::optional<Element> type = ReadElement(fields);
            std::optional<Element> value = ReadElement(fields);
            if (!attribute || !type || !value)
            {
                return;
            }
            if (type->contents == sansio::ByteView(commonName))
            {
                names.push_back(value->contents.ToString());
            }
        }
        if (!set)
        {
            return;
        }
    }
}

} // namespace

std::optional<RecordView>
ParseTlsRecord(sansio::ByteView stream)
{
    sansio::ByteReader reader(stream);
    RecordView record;
    record.type = reader.ReadU8();
    record.version = reader.ReadU16();
    record.fragment = reader.ReadBytes(reader.ReadU16());
    record.size = reader.GetPosition();
    return reader.Failed() ? std::nullopt : std::optional<RecordView>(record);
}

std::optional<RecordView>
ParseDtlsRecord(sansio::ByteView datagram)
{
    sansio::ByteReader reader(datagram);
    RecordView record;
    record.type = reader.ReadU8();
    record.version = reader.ReadU16();
    record.epoch = reader.ReadU16();
    record.number = static_cast<uint64_t>(reader.ReadU16()) << 32;
    record.number |= reader.ReadU32();
    record.fragment = reader.ReadBytes(reader.ReadU16());
    record.size = reader.GetPosition();
    return reader.Failed() ? std::nullopt : std::optional<RecordView>(record);
}

bool
LooksLikeTls(sansio::ByteView stream)
{
    if (stream.size() < TLS_HEADER)
    {
        return false;
    }
    size_t length = stream[3] << 8 | stream[4];
    return IsContentType(stream[0]) && stream[1] == 3 && stream[2] <= 4 && length > 0 &&
           length <= MAX_FRAGMENT;
}

bool
LooksLikeDtls(sansio::ByteView datagram)
{
    if (datagram.size() < DTLS_HEADER)
    {
        return false;
    }
    while (!datagram.empty())
    {
        std::optional<RecordView> record = ParseDtlsRecord(datagram);
        if (!record || !IsContentType(record->type) || record->version >> 8 != 0xfe)
        {
            return false;
        }
        datagram = datagram.From(record->size);
    }
    return true;
}

std::vector<std::string>
FindSubjectNames(sansio::ByteView certificate)
{
    constexpr uint8_t version = 0xa0;
    std::vector<std::string> names;
    sansio::ByteReader outer(certificate);
    std::optional<Element> whole = ReadElement(outer);
    sansio::ByteReader inner(whole ? whole->contents : sansio::ByteView());
    std::optional<Element> toBeSigned = ReadElement(inner);
    if (!toBeSigned)
    {
        return names;
    }
    sansio::ByteReader fields(toBeSigned->contents);
    std::optional<Element> field = ReadElement(fields);
    if (field && field->tag == version)
    {
        field = ReadElement(fields);
    }
    for (int skipped = 0; field && skipped < 4; skipped++) // serial, algorithm, issuer, validity
    {
        field = ReadElement(fields);
    }
    if (field)
    {
        ReadName(field->contents, names);
    }
    return names;
}

TlsListener::TlsListener(bool datagrams, size_t limit)
    : m_datagrams(datagrams),
      m_limit(limit)
{
}

void
TlsListener::Hear(const RecordView& record, FlowLeak& leak)
{
    bool isProtected = record.type == APPLICATION_DATA || m_protected || record.epoch > 0;
    if (isProtected)
    {
        leak.protectedRecords++;
        auto known = leak.recordSizes.find(record.size);
        if (known != leak.recordSizes.end())
        {
            known->second++;
        }
        else if (leak.recordSizes.size() < FlowLeak::Limits().sizes)
        {
            leak.recordSizes[record.size] = 1;
        }
        return;
    }
    if (record.type == CHANGE_CIPHER_SPEC)
    {
        m_protected = !m_datagrams;
    }
    else if (record.type == HANDSHAKE)
    {
        leak.handshakeRecords++;
        if (m_datagrams)
        {
            HearFragment(record.fragment, leak);
        }
        else
        {
            HearHandshake(record.fragment, leak);
        }
    }
}

void
TlsListener::HearHandshake(sansio::ByteView fragment, FlowLeak& leak)
{
    if (m_kept.size() + fragment.size() > m_limit)
    {
        m_kept.clear();
        return;
    }
    m_kept.insert(m_kept.end(), fragment.begin(), fragment.end());
    size_t read = 0;
    while (true)
    {
        sansio::ByteReader reader(sansio::ByteView(m_kept).From(read));
        uint8_t type = reader.ReadU8();
        size_t size = ReadU24(reader);
        sansio::ByteView body = reader.ReadBytes(size);
        if (reader.Failed())
        {
            break;
        }
        HearMessage(type, body, leak);
        read += reader.GetPosition();
    }
    m_kept.erase(m_kept.begin(), m_kept.begin() + static_cast<ptrdiff_t>(read));
}

void
TlsListener::HearFragment(sansio::ByteView fragment, FlowLeak& leak)
{
    sansio::ByteReader reader(fragment);
    while (!reader.AtEnd())
    {
        uint8_t type = reader.ReadU8();
        size_t size = ReadU24(reader);
        uint16_t number = reader.ReadU16();
        size_t offset = ReadU24(reader);
        size_t length = ReadU24(reader);
        sansio::ByteView bytes = reader.ReadBytes(length);
        constexpr size_t openMessages = 16;
        bool isNew = !m_fragments.count(number);
        if (reader.Failed() || size > m_limit || offset + length > size ||
            (isNew && m_fragments.size() >= openMessages))
        {
            return;
        }
        Fragments& whole = m_fragments[number];
        if (isNew || whole.bytes.size() != size || whole.type != type)
        {
            whole = {sansio::Bytes(size), std::vector<bool>(size), size, type};
        }
        for (size_t i = 0; i < length; i++)
        {
            whole.missing -= whole.present[offset + i] ? 0 : 1;
            whole.present[offset + i] = true;
            whole.bytes[offset + i] = bytes[i];
        }
        if (whole.missing == 0)
        {
            HearMessage(type, whole.bytes, leak);
            m_fragments.erase(number);
        }
    }
}

void
TlsListener::HearMessage(uint8_t type, sansio::ByteView body, FlowLeak& leak)
{
    switch (type)
    {
    case CLIENT_HELLO:
        ReadClientHello(body, m_datagrams, leak);
        break;
    case SERVER_HELLO:
        ReadServerHello(body, leak);
        break;
    case CERTIFICATE:
        ReadCertificates(body, leak);
        break;
    case CLIENT_KEY_EXCHANGE:
        ReadClientKeyExchange(body, leak);
        break;
    default:
        break;
    }
}

} // namespace attacks
