// SPDX-License-Identifier: GPL-2.0-only
#include "iot-auth/model/device-credential.h"

#include "crypto/protocol/scope.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <cmath>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(DeviceCredential);

namespace
{

using sansio::OperationKind;

} // namespace

TypeId
DeviceCredential::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::DeviceCredential")
            .SetParent<Object>()
            .SetGroupName("IotAuth")
            .AddConstructor<DeviceCredential>()
            .AddAttribute("DeviceName",
                          "The name of the device in the registry, also the issuer of its tokens.",
                          StringValue(""),
                          MakeStringAccessor(&DeviceCredential::m_name),
                          MakeStringChecker())
            .AddAttribute("Algorithm",
                          "How tokens are signed: ES256 (P-256) or RS256 (RSA of 2048 bits).",
                          StringValue("ES256"),
                          MakeStringAccessor(&DeviceCredential::m_algorithmName),
                          MakeStringChecker())
            .AddAttribute("KeyStore",
                          "Where the private key is: memory, or secure-element (ES256 only; the "
                          "profile of the device names one).",
                          StringValue("memory"),
                          MakeStringAccessor(&DeviceCredential::m_keyStore),
                          MakeStringChecker())
            .AddAttribute("Audience",
                          "Whom the tokens are for, as the broker's own name.",
                          StringValue("iot"),
                          MakeStringAccessor(&DeviceCredential::m_audience),
                          MakeStringChecker())
            .AddAttribute("Lifetime",
                          "From the issue of a token to its end, whole seconds.",
                          TimeValue(Hours(1)),
                          MakeTimeAccessor(&DeviceCredential::m_lifetime),
                          MakeTimeChecker(Seconds(1)))
            .AddAttribute("ClockOffset",
                          "By how much the clock of the device is ahead; negative: behind.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&DeviceCredential::m_clockOffset),
                          MakeTimeChecker())
            .AddAttribute("StartDate",
                          "Unix time of simulation time 0, seconds (2026-01-01 00:00 UTC).",
                          UintegerValue(1767225600),
                          MakeUintegerAccessor(&DeviceCredential::m_startDate),
                          MakeUintegerChecker<uint64_t>(0, 1ULL << 39))
            .AddTraceSource("TokenMade",
                            "A token is ready: its text, end, and what it took.",
                            MakeTraceSourceAccessor(&DeviceCredential::m_madeTrace),
                            "ns3::DeviceCredential::TokenMadeCallback");
    return tid;
}

DeviceCredential::DeviceCredential() = default;

DeviceCredential::~DeviceCredential() = default;

void
DeviceCredential::DoDispose()
{
    m_node = nullptr;
    Object::DoDispose();
}

void
DeviceCredential::SetNode(Ptr<Node> node)
{
    m_node = node;
}

const std::string&
DeviceCredential::GetPublicKey() const
{
    return m_key.publicKey;
}

const std::string&
DeviceCredential::GetName() const
{
    return m_name;
}

crypto::SignatureAlgorithm
DeviceCredential::GetAlgorithm() const
{
    auto algorithm = crypto::ReadSignatureAlgorithm(m_algorithmName);
    NS_ABORT_MSG_UNLESS(algorithm,
                        "DeviceCredential::Algorithm is '" << m_algorithmName
                                                           << "': expected ES256 or RS256");
    return *algorithm;
}

bool
DeviceCredential::HasElement() const
{
    NS_ABORT_MSG_UNLESS(m_keyStore == "memory" || m_keyStore == "secure-element",
                        "DeviceCredential::KeyStore is '"
                            << m_keyStore << "': expected memory or secure-element");
    if (m_keyStore == "memory")
    {
        return false;
    }
    const bool isThere = m_node && m_node->GetObject<SecureElement>();
    NS_ABORT_MSG_UNLESS(isThere && GetAlgorithm() == crypto::SignatureAlgorithm::Es256,
                        "DeviceCredential::KeyStore is 'secure-element': expected Algorithm ES256 "
                        "and a device profile that has one");
    return true;
}

int64_t
DeviceCredential::GetUnixTime() const
{
    const double seconds = (Simulator::Now() + m_clockOffset).GetSeconds();
    return static_cast<int64_t>(m_startDate) + static_cast<int64_t>(std::floor(seconds));
}

DeviceCredential::Cost
DeviceCredential::Charge(const sansio::Operations& operations, OperationKind secret)
{
    const bool hasElement = HasElement();
    Ptr<Processor> processor = m_node ? m_node->GetObject<Processor>() : nullptr;
    sansio::Operations own;
    Cost cost{Simulator::Now()};
    for (const sansio::Operation& operation : operations)
    {
        if (!hasElement || operation.kind != secret)
        {
            own.push_back(operation);
            cost.charge += processor ? processor->GetDuration(operation).GetSeconds() *
                                           processor->GetProfile().crypto.value
                                     : 0;
        }
    }
    if (processor)
    {
        cost.done = processor->Execute(own);
    }
    if (hasElement)
    {
        Ptr<SecureElement> element = m_node->GetObject<SecureElement>();
        const bool makes = secret == OperationKind::EcP256KeyGeneration;
        const SecureElementProfile& profile = element->GetProfile();
        cost.charge += profile.active.value * (makes ? profile.keyGeneration : profile.sign).value;
        cost.done = Max(cost.done, makes ? element->MakeKey() : element->Sign());
    }
    return cost;
}

void
DeviceCredential::MakeKey(std::function<void(std::string publicKey)> done)
{
    const crypto::SignatureAlgorithm algorithm = GetAlgorithm();
    sansio::Operations operations;
    {
        crypto::Scope scope(GetUnixTime() * 1000000, m_random, &operations);
        m_key = crypto::MakeKeyPair(algorithm);
    }
    const Cost cost = Charge(operations, OperationKind::EcP256KeyGeneration);
    Simulator::Schedule(cost.done - Simulator::Now(), [done, key = m_key.publicKey] { done(key); });
}

bool
DeviceCredential::SetPrivateKey(const std::string& pem)
{
    crypto::Scope scope(0, m_random, nullptr);
    auto publicKey = crypto::FindPublicKey(pem, GetAlgorithm());
    if (publicKey)
    {
        m_key = {*publicKey, pem};
    }
    return publicKey.has_value();
}

void
DeviceCredential::MakeToken(std::function<void(const MadeToken& made)> done)
{
    if (m_key.privateKey.empty())
    {
        return;
    }
    const int64_t now = GetUnixTime();
    const auto lifetime = static_cast<int64_t>(m_lifetime.GetSeconds());
    const auth::TokenClaims claims{m_name, m_audience, now, now + lifetime};
    MadeToken made;
    sansio::Operations operations;
    {
        crypto::Scope scope(now * 1000000, m_random, &operations);
        made.token = auth::SignToken(claims, GetAlgorithm(), m_key.privateKey);
    }
    const Cost cost = Charge(operations, OperationKind::EcdsaP256Sign);
    made.duration = cost.done - Simulator::Now();
    made.charge = cost.charge;
    made.expires = Seconds(claims.expires - static_cast<int64_t>(m_startDate)) - m_clockOffset;
    Simulator::Schedule(made.duration, [self = Ptr<DeviceCredential>(this), made, done] {
        self->m_madeTrace(made);
        done(made);
    });
}

int64_t
DeviceCredential::AssignStreams(int64_t stream)
{
    return m_random.AssignStreams(stream);
}

} // namespace ns3
