// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/bytes.h"
#include "sans-io/protocol/time-point.h"
#include "sans-io/protocol/token-bucket.h"

#include <string>
#include <vector>

namespace tls
{

/// Who speaks first: the client (RFC 5246, RFC 8446, RFC 6347).
enum class Role : uint8_t
{
    Client,
    Server,
};

enum class Version : uint8_t
{
    Tls12,  ///< RFC 5246, over a byte stream
    Tls13,  ///< RFC 8446, over a byte stream
    Dtls12, ///< RFC 6347, over datagrams
};

/// "TLS 1.2", "TLS 1.3" or "DTLS 1.2".
const char* ToString(Version version);

/**
 * How much of what OpenSSL says by default is said on the wire.
 *
 * | switch                                         | Lean        | OpenSsl               |
 * |------------------------------------------------|-------------|-----------------------|
 * | session tickets (RFC 5077), TLS 1.3 tickets     | none        | offered, two in 1.3   |
 * | encrypt-then-MAC (RFC 7366; no use to an AEAD)  | not offered | offered               |
 * | extended master secret (RFC 7627)              | not offered | offered               |
 * | middlebox compatibility (RFC 8446 appendix D.4) | off         | on                    |
 * | signature algorithms                           | ecdsa_secp256r1_sha256 | OpenSSL's list |
 * | groups                                         | P-256       | OpenSSL's list, X25519 first |
 *
 * Lean is what a constrained client sends; it leaves out the extended master secret, which RFC 7925
 * section 16 asks for, to stay comparable with the published message sizes.
 */
enum class Profile : uint8_t
{
    Lean,
    OpenSsl,
};

/// A key both ends hold, and the name under which the client refers to it (RFC 4279 section 2).
struct PreSharedKey
{
    std::string identity; ///< 1 to 127 bytes, without a zero byte
    sansio::Bytes key;    ///< 1 to 64 bytes
};

/// What bounds the memory an endpoint spends on its peers. What happens at a bound is counted.
struct Limits
{
    size_t maxHalfOpen{100}; ///< listener: handshakes under way; a new peer beyond it is ignored,
                             ///< or takes the place of one that the owner gives up
    size_t maxSessions{256};          ///< listener: channels alive; likewise
    size_t maxSessionsPerAddress{0};  ///< DTLS listener: of those; 0: as many as there are
    sansio::RateLimit ratePerAddress; ///< DTLS listener: new peers of one address
    size_t maxRateEntries{4096}; ///< DTLS listener: addresses whose rate is known; beyond it the
                                 ///< one heard longest ago is forgotten
    size_t maxCertificateChain{
        16384}; ///< bytes of a peer's chain; a longer one fails the handshake
};

/// Everything an endpoint is told before it meets a peer. Context checks it.
struct Settings
{
    Version version{Version::Tls12};
    Profile profile{Profile::Lean};

    /// IANA or OpenSSL names, best first; see GetCipherSuites(). Not empty.
    std::vector<std::string> cipherSuites;

    /// "P-256" or "X25519", best first; empty takes those of the profile.
    std::vector<std::string> groups;

    /// A client uses the first, a server accepts any of them. Empty: no PSK.
    std::vector<PreSharedKey> preSharedKeys;

    std::string certificateChain; ///< PEM, own certificate first; empty: none
    std::string privateKey;       ///< PEM, P-256, of the first certificate of the chain
    std::string trustAnchors;     ///< PEM, certificates that are trusted; empty: none

    bool verifyPeer{true}; ///< client: refuse a server that the trust anchors do not vouch for
    bool requireClientCertificate{false}; ///< server: mutual authentication
    std::string peerName;       ///< client: DNS name the certificate must carry; empty: any
    bool sendServerName{false}; ///< client: also send peerName (RFC 6066 section 3)

    bool cookieExchange{true}; ///< DTLS listener: RFC 6347 section 4.2.1
    size_t mtu{1232}; ///< DTLS: most bytes of a handshake datagram, 80 to 16384 (OpenSSL puts up to
                      ///< 16 more into the one that carries Finished)
    sansio::Duration initialTimeout{std::chrono::seconds(1)};  ///< DTLS: RFC 6347 section 4.2.4.1
    sansio::Duration maximumTimeout{std::chrono::seconds(60)}; ///< DTLS: where doubling ends

    int64_t startDate{
        1767225600}; ///< unix time, in seconds, of simulated time 0 (2026-01-01 00:00 UTC)
    Limits limits;
};

/// What a record of a suite looks like on the wire.
struct CipherSuite
{
    const char* openSslName;
    const char* ianaName;
    bool tls13;           ///< a suite of TLS 1.3; the others are of TLS 1.2 and DTLS 1.2
    bool psk;             ///< needs a pre-shared key (TLS 1.3 leaves that open)
    bool certificate;     ///< needs a certificate of the server (TLS 1.3 leaves that open)
    size_t explicitNonce; ///< bytes of nonce in front of the ciphertext
    size_t tag;           ///< bytes of authentication tag behind it
};

/// The suites that can be named in Settings::cipherSuites.
const std::vector<CipherSuite>& GetCipherSuites();

/// The suite of an IANA or OpenSSL name, or a null pointer.
const CipherSuite* FindCipherSuite(const std::string& name);

} // namespace tls
