// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/client-hello.h"

#include "sans-io/protocol/byte-reader.h"
#include "sans-io/protocol/byte-writer.h"

namespace attacks
{

namespace
{

constexpr uint8_t HANDSHAKE = 22; // ContentType, RFC 5246 section 6.2.1
constexpr uint8_t CLIENT_HELLO = 1;
constexpr uint8_t HELLO_VERIFY_REQUEST = 3;
constexpr uint16_t DTLS_1_0 = 0xfeff; // the version of a first record, whatever is offered inside
constexpr uint16_t DTLS_1_2 = 0xfefd;
constexpr size_t MAX_COOKIE = 255;

constexpr uint16_t PSK_WITH_AES_128_CCM_8 = 0xc0a8;         // RFC 6655
constexpr uint16_t ECDHE_ECDSA_WITH_AES_128_CCM_8 = 0xc0ae; // RFC 7251
constexpr uint16_t EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;  // RFC 5746

void
WriteU24(sansio::ByteWriter& writer, size_t value)
{
    writer.WriteU8(static_cast<uint8_t>(value >> 16));
    writer.WriteU16(static_cast<uint16_t>(value));
}

/// An extension with four bytes of data.
void
WriteExtension(sansio::ByteWriter& writer, uint16_t type, uint32_t data)
{
    writer.WriteU16(type);
    writer.WriteU16(sizeof(data));
    writer.WriteU32(data);
}

sansio::Bytes
EncodeExtensions(HelloCredential credential)
{
    sansio::ByteWriter writer;
    if (credential == HelloCredential::Ecdsa)
    {
        WriteExtension(writer, 11, 0x03000102); // ec_point_formats
        WriteExtension(writer, 10, 0x00020017); // groups: secp256r1
    }
    // signature_algorithms: ecdsa_secp256r1_sha256
    WriteExtension(writer, 13, 0x00020403);
    return writer.Take();
}

sansio::Bytes
EncodeBody(const ClientHello& hello)
{
    const bool psk = hello.credential == HelloCredential::Psk;
    const sansio::ByteView cookie = hello.cookie.First(MAX_COOKIE);
    sansio::ByteWriter writer;
    writer.WriteU16(DTLS_1_2);
    writer.WriteBytes({hello.random.data(), hello.random.size()});
    writer.WriteU8(0); // no session to resume
    writer.WriteU8(static_cast<uint8_t>(cookie.size()));
    writer.WriteBytes(cookie);
    writer.WriteU16(4);
    writer.WriteU16(psk ? PSK_WITH_AES_128_CCM_8 : ECDHE_ECDSA_WITH_AES_128_CCM_8);
    writer.WriteU16(EMPTY_RENEGOTIATION_INFO_SCSV);
    writer.WriteU16(0x0100); // one compression method: null
    const sansio::Bytes extensions = EncodeExtensions(hello.credential);
    writer.WriteU16(static_cast<uint16_t>(extensions.size()));
    writer.WriteBytes(extensions);
    return writer.Take();
}

} // namespace

sansio::Bytes
Encode(const ClientHello& hello)
{
    constexpr size_t handshakeHeader = 12;
    const sansio::Bytes body = EncodeBody(hello);
    sansio::ByteWriter writer;
    writer.WriteU8(HANDSHAKE);
    writer.WriteU16(DTLS_1_0);
    writer.WriteU16(0); // epoch
    writer.WriteU16(0); // upper part of the record's sequence number
    writer.WriteU32(hello.sequence);
    writer.WriteU16(static_cast<uint16_t>(handshakeHeader + body.size()));
    writer.WriteU8(CLIENT_HELLO);
    WriteU24(writer, body.size());
    writer.WriteU16(hello.sequence);
    WriteU24(writer, 0); // a fragment that is the whole message
    WriteU24(writer, body.size());
    writer.WriteBytes(body);
    return writer.Take();
}

std::optional<sansio::ByteView>
FindCookie(sansio::ByteView datagram)
{
    sansio::ByteReader reader(datagram);
    const bool handshake = reader.ReadU8() == HANDSHAKE;
    reader.ReadBytes(2 + 8); // version; epoch and sequence number
    sansio::ByteReader record(reader.ReadBytes(reader.ReadU16()));
    const bool request = record.ReadU8() == HELLO_VERIFY_REQUEST;
    record.ReadBytes(3 + 2 + 3 + 3 + 2); // length, sequence, fragment; server's version
    const sansio::ByteView cookie = record.ReadBytes(record.ReadU8());
    if (!handshake || !request || reader.Failed() || record.Failed())
    {
        return std::nullopt;
    }
    return cookie;
}

} // namespace attacks
