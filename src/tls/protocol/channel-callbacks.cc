// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/channel-callbacks.h"

#include "tls/protocol/channel.h"

#include <openssl/ssl.h>

namespace tls
{

namespace
{

constexpr int FATAL = 2; // RFC 8446 section 6: AlertLevel

/// Null while a DatagramListener answers with this SSL.
Channel*
GetChannel(const SSL* handle)
{
    return static_cast<Channel*>(SSL_get_app_data(handle));
}

void
TakeInfo(const SSL* handle, int where, int value)
{
    Channel* channel = GetChannel(handle);
    const int level = value >> 8;
    if (channel && (where & SSL_CB_ALERT) && level == FATAL)
    {
        channel->NoteFatalAlert(static_cast<uint8_t>(value & 0xff), where & SSL_CB_READ);
    }
}

void
TakeMessage(int writing,
            int /* version */,
            int contentType,
            const void* data,
            size_t size,
            SSL* handle,
            void* /* argument */)
{
    Channel* channel = writing ? GetChannel(handle) : nullptr;
    if (!channel)
    {
        return;
    }
    const auto* bytes = static_cast<const uint8_t*>(data);
    if (contentType == SSL3_RT_HEADER)
    {
        const size_t length = static_cast<size_t>(bytes[size - 2]) << 8 | bytes[size - 1];
        channel->NoteRecord(bytes[0], size + length);
    }
    else if (contentType == SSL3_RT_INNER_CONTENT_TYPE)
    {
        channel->NoteInnerType(bytes[0]);
    }
}

void
LogKey(const SSL* handle, const char* line)
{
    if (const Channel* channel = GetChannel(handle))
    {
        channel->LogKey(line);
    }
}

} // namespace

void
InstallChannelCallbacks(ssl_ctx_st* handle, bool logKeys)
{
    if (logKeys)
    {
        SSL_CTX_set_keylog_callback(handle, &LogKey);
    }
    SSL_CTX_set_info_callback(handle, &TakeInfo);
    SSL_CTX_set_msg_callback(handle, &TakeMessage);
}

} // namespace tls
