// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/event.h"

namespace tls
{

const char*
ToString(RejectionReason reason)
{
    switch (reason)
    {
    case RejectionReason::Replay:
        return "replay";
    case RejectionReason::BadMac:
        return "bad-mac";
    case RejectionReason::Epoch:
        return "epoch";
    case RejectionReason::Malformed:
        return "malformed";
    case RejectionReason::Truncated:
        return "truncated";
    case RejectionReason::NoSession:
        return "no-session";
    }
    return "unknown";
}

const char*
GetAlertName(uint8_t alert)
{
    struct Name
    {
        uint8_t alert;
        const char* name;
    };

    static constexpr Name names[] = {
        {0, "close_notify"},
        {10, "unexpected_message"},
        {20, "bad_record_mac"},
        {22, "record_overflow"},
        {40, "handshake_failure"},
        {42, "bad_certificate"},
        {43, "unsupported_certificate"},
        {44, "certificate_revoked"},
        {45, "certificate_expired"},
        {46, "certificate_unknown"},
        {47, "illegal_parameter"},
        {48, "unknown_ca"},
        {49, "access_denied"},
        {50, "decode_error"},
        {51, "decrypt_error"},
        {70, "protocol_version"},
        {71, "insufficient_security"},
        {80, "internal_error"},
        {86, "inappropriate_fallback"},
        {90, "user_canceled"},
        {100, "no_renegotiation"},
        {109, "missing_extension"},
        {110, "unsupported_extension"},
        {112, "unrecognized_name"},
        {113, "bad_certificate_status_response"},
        {115, "unknown_psk_identity"},
        {116, "certificate_required"},
        {120, "no_application_protocol"},
    };
    for (const Name& entry : names)
    {
        if (entry.alert == alert)
        {
            return entry.name;
        }
    }
    return "unknown";
}

} // namespace tls
