// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-auth/protocol/token.h"
#include "iot-device/model/processor.h"
#include "iot-device/model/secure-element.h"
#include "sans-io/model/ns3-random-source.h"

#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <functional>

namespace ns3
{

/**
 * What a device proves with who it is: its name and its private key, aggregated to its node. It
 * signs the tokens (RFC 7519) that a broker takes as passwords.
 *
 * The private key never leaves it: there is a function that sets it and none that tells it. It is
 * in the memory of the processor, which then makes the signatures itself (module iot-device: time
 * and energy of the operations that were really done), or in the SecureElement of the node, which
 * takes its own time and current for them while the processor only hashes. A node without
 * Processor signs in no time.
 *
 * The device's clock runs as the simulation's, ahead by the attribute ClockOffset.
 */
class DeviceCredential : public Object
{
  public:
    static TypeId GetTypeId();

    DeviceCredential();
    ~DeviceCredential() override;

    /// The node that signs; its Processor and SecureElement are looked for when they are needed.
    void SetNode(Ptr<Node> node);

    /**
     * Draws a new key pair, in the time that the device needs.
     * \param done called then, with the public key in PEM
     */
    void MakeKey(std::function<void(std::string publicKey)> done);

    /// Takes over a private key in PEM; false where it does not suit the algorithm.
    bool SetPrivateKey(const std::string& pem);

    /// In PEM; empty before there is a key.
    const std::string& GetPublicKey() const;

    const std::string& GetName() const;
    crypto::SignatureAlgorithm GetAlgorithm() const;

    /// What a token was made of and at what cost.
    struct MadeToken
    {
        std::string token;
        Time expires;     ///< simulation time, by the true clock, at which it ends by `exp`
        Time duration;    ///< from when it was asked for
        double charge{0}; ///< coulomb for making it, of the processor or secure element
    };

    /**
     * Signs a token for the lifetime of the attribute.
     * \param done called when it is there; never where there is no key
     */
    void MakeToken(std::function<void(const MadeToken& made)> done);

    /// Fixes the random stream of keys and signatures; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

    typedef void (*TokenMadeCallback)(const MadeToken& made);

  protected:
    void DoDispose() override;

  private:
    /// When the work is done and what charge it takes.
    struct Cost
    {
        Time done;
        double charge{0};
    };

    bool HasElement() const;
    Cost Charge(const sansio::Operations& operations, sansio::OperationKind secret);
    int64_t GetUnixTime() const; ///< by the clock of the device, seconds

    // Attributes.
    std::string m_name;
    std::string m_algorithmName;
    std::string m_keyStore;
    std::string m_audience;
    Time m_lifetime;
    Time m_clockOffset;
    uint64_t m_startDate;

    Ptr<Node> m_node;
    Ns3RandomSource m_random;
    crypto::KeyPair m_key;
    TracedCallback<const MadeToken&> m_madeTrace;
};

} // namespace ns3
