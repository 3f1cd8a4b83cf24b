// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/default-context.h"

#include "crypto/protocol/library-context.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

namespace crypto
{

DefaultContext::DefaultContext()
    : m_before(OSSL_LIB_CTX_set0_default(GetLibraryContext()))
{
}

DefaultContext::~DefaultContext()
{
    OSSL_LIB_CTX_set0_default(m_before);
    ERR_clear_error(); // what a library leaves behind is nobody's error
}

} // namespace crypto
