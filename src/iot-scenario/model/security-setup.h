// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-metrics/model/security-meter.h"
#include "iot-scenario/model/defence-setup.h"
#include "iot-scenario/model/stack.h"
#include "sans-io/model/ns3-random-source.h"
#include "tls/model/secure-socket-factory.h"

namespace ns3
{

/**
 * Credentials of a run: a key of its own for every sensor and collector, or one certificate
 * authority that vouches for the servers (the host; the sensors too when they are observed). All
 * are drawn from a random stream. Both sides use one suite, PSK-AES128-CCM-8 or
 * ECDHE-ECDSA-AES128-CCM-8, and TLS_AES_128_CCM_8_SHA256 in TLS 1.3. A certificate of the user's
 * own is accepted under any name; simulated time 0 (attribute StartDate) must lie in its validity.
 */
class SecuritySetup
{
  public:
    /**
     * \param defences what the host's sockets are set to
     * \param keyLog file for the secrets; empty: none
     */
    SecuritySetup(const ScenarioParameters& parameters,
                  Ptr<const DefenceSetup> defences,
                  std::string keyLog);

    /**
     * Puts the factory the stack needs on every node, with its credentials; does nothing for a
     * stack that is not secured. Streams from \p stream on are used, one a node.
     */
    void Install(const Places& places, int64_t stream);

    /// The factories the applications name: plain or secured.
    TypeId GetStreamFactory() const;
    TypeId GetDatagramFactory() const;

    /// The one suite of the run, by its OpenSSL or IANA name.
    static std::string GetCipherSuite(const ScenarioParameters& parameters);

    const SecurityCounters& GetSensorCounters() const;
    const SecurityCounters& GetHostCounters() const;

  private:
    struct Party
    {
        Ptr<SecureSocketFactory> factory;
        std::string name;
        bool server{false};
    };

    Ptr<SecureSocketFactory> MakeFactory() const;
    Party MakeParty(Ptr<Node> node, const std::string& name, bool server, SecurityMeter& meter);
    void GiveKeys(std::vector<Party>& clients, Party& host);
    void GiveCertificates(std::vector<Party>& parties);
    void GiveOwnCertificate(std::vector<Party>& parties);
    void CheckSettings(const Party& party) const;

    const ScenarioParameters& m_parameters;
    Ptr<const DefenceSetup> m_defences;
    std::string m_keyLog;
    Ns3RandomSource m_random; ///< of the credentials
    int64_t m_nextStream{0};
    SecurityMeter m_sensors;
    SecurityMeter m_host;
    SecurityMeter m_collectors;
};

} // namespace ns3
