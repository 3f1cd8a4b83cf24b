// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-attacks/model/datagram-flood.h"
#include "iot-attacks/protocol/client-hello.h"

#include <array>
#include <string>
#include <vector>

namespace ns3
{

/**
 * A flood of DTLS 1.2 ClientHello messages, without a key and without cryptography of the attacker.
 *
 * A server without cookie exchange keeps a handshake for each and answers with its flight (and
 * repeats it), in ECDHE-ECDSA after signing. A server with it keeps nothing and answers with a
 * HelloVerifyRequest (RFC 6347 section 4.2.1); only AnswerCookie, from own addresses, takes the
 * attack further.
 */
class DtlsFlood : public DatagramFlood
{
  public:
    static TypeId GetTypeId();

    /// Cookies returned.
    uint64_t GetCookiesAnswered() const;

  protected:
    void StartApplication() override;
    sansio::Bytes MakeDatagram(OwnPort port) override;
    void HandleReply(uint32_t port, sansio::ByteView datagram) override;

  private:
    attacks::ClientHello MakeHello() const;

    std::string m_credential;
    bool m_answerCookie;
    std::vector<std::array<uint8_t, 32>> m_randoms; ///< of the last ClientHello of each own port
    uint64_t m_cookiesAnswered{0};
};

} // namespace ns3
