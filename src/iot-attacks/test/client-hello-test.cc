// SPDX-License-Identifier: GPL-2.0-only
#include "iot-attacks/protocol/client-hello.h"

#include <gtest/gtest.h>
#include <numeric>

namespace attacks
{

namespace
{

sansio::Bytes
Join(std::initializer_list<sansio::Bytes> parts)
{
    sansio::Bytes all;
    for (const sansio::Bytes& part : parts)
    {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

ClientHello
MakeHello(HelloCredential credential)
{
    ClientHello hello;
    hello.credential = credential;
    std::iota(hello.random.begin(), hello.random.end(), uint8_t{0x20});
    return hello;
}

sansio::Bytes
GetRandom()
{
    const auto random = MakeHello(HelloCredential::Psk).random;
    return {random.begin(), random.end()};
}

const sansio::Bytes COOKIE{0xc0, 0x0c, 0x1e, 0x00};

/// HelloVerifyRequest, RFC 6347 section 4.2.1, of a server that speaks DTLS 1.2.
const sansio::Bytes HELLO_VERIFY_REQUEST{
    22,   0xfe, 0xff,                      // handshake, DTLS 1.0
    0,    0,    0,    0,    0,    0, 0, 0, // epoch 0, sequence number 0
    0,    19,                              // bytes that follow
    3,    0,    0,    7,                   // HelloVerifyRequest of 7 bytes
    0,    0,    0,    0,    0,    0, 0, 7, // message 0, the fragment from 0 of 7 bytes
    0xfe, 0xff,                            // the version of the request
    4,    0xc0, 0x0c, 0x1e, 0x00,          // the cookie
};

} // namespace

TEST(ClientHello, OfPskIsSeventyNineBytes)
{
    const sansio::Bytes expected = Join({
        {22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 66}, // record of 66 bytes
        {1, 0, 0, 54, 0, 0, 0, 0, 0, 0, 0, 54},          // ClientHello, one fragment of 54 bytes
        {0xfe, 0xfd},                                    // DTLS 1.2
        GetRandom(),
        {0, 0},                         // no session, no cookie
        {0, 4, 0xc0, 0xa8, 0x00, 0xff}, // PSK_WITH_AES_128_CCM_8, renegotiation SCSV
        {1, 0},                         // no compression
        {0, 8, 0, 13, 0, 4, 0, 2, 4, 3} // signature_algorithms: ecdsa_secp256r1_sha256
    });
    EXPECT_EQ(Encode(MakeHello(HelloCredential::Psk)), expected);
    EXPECT_EQ(expected.size(), 79);
}

TEST(ClientHello, OfEcdsaIsNinetyFiveBytes)
{
    const sansio::Bytes bytes = Encode(MakeHello(HelloCredential::Ecdsa));
    const sansio::Bytes extensions{
        0, 24,                    //
        0, 11, 0, 4, 3, 0, 1, 2,  // ec_point_formats
        0, 10, 0, 4, 0, 2, 0, 23, // supported_groups: secp256r1
        0, 13, 0, 4, 0, 2, 4, 3,  // signature_algorithms
    };
    ASSERT_EQ(bytes.size(), 95);
    EXPECT_EQ(sansio::ByteView(bytes).From(95 - extensions.size()), sansio::ByteView(extensions));
}

TEST(ClientHello, ReturnsTheCookie)
{
    const auto cookie = FindCookie(HELLO_VERIFY_REQUEST);
    ASSERT_TRUE(cookie);
    EXPECT_EQ(*cookie, sansio::ByteView(COOKIE));
    ClientHello hello = MakeHello(HelloCredential::Psk);
    hello.cookie = *cookie;
    hello.sequence = 1;
    const sansio::Bytes bytes = Encode(hello);
    EXPECT_EQ(bytes.size(), 79 + COOKIE.size());
    EXPECT_EQ(bytes[10], 1); // record sequence number
    EXPECT_EQ(bytes[18], 1); // message sequence number
    EXPECT_EQ(sansio::ByteView(bytes).From(60).First(5).ToBytes(),
              Join({{static_cast<uint8_t>(COOKIE.size())}, COOKIE}));
}

TEST(ClientHello, FindsNoCookieWhereThereIsNone)
{
    for (size_t size = 0; size < HELLO_VERIFY_REQUEST.size(); size++)
    {
        EXPECT_FALSE(FindCookie(sansio::ByteView(HELLO_VERIFY_REQUEST).First(size))) << size;
    }
    for (size_t wrong : {0, 13, 27})
    {
        sansio::Bytes bytes = HELLO_VERIFY_REQUEST;
        bytes[wrong] += 1;
        EXPECT_FALSE(FindCookie(bytes)) << wrong;
    }
    EXPECT_FALSE(FindCookie(Encode(MakeHello(HelloCredential::Psk))));
}

TEST(ClientHello, LeavesOutWhatNoCookieCanBe)
{
    const sansio::Bytes huge(300, 1);
    ClientHello hello = MakeHello(HelloCredential::Psk);
    hello.cookie = huge;
    EXPECT_EQ(Encode(hello).size(), 79 + 255);
}

} // namespace attacks
