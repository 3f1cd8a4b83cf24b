// SPDX-License-Identifier: GPL-2.0-only
#include "tls/protocol/wire.h"

#include <openssl/bio.h>

namespace tls
{

namespace
{

int
Write(BIO* bio, const char* data, int size)
{
    BIO_clear_retry_flags(bio);
    GetWire(bio).OnWrite({reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)});
    return size;
}

int
Read(BIO* bio, char* data, int size)
{
    BIO_clear_retry_flags(bio);
    const size_t count =
        GetWire(bio).OnRead(reinterpret_cast<uint8_t*>(data), static_cast<size_t>(size));
    if (count == 0)
    {
        BIO_set_retry_read(bio);
        return -1;
    }
    return static_cast<int>(count);
}

long
Control(BIO* bio, int command, long /* number */, void* /* pointer */)
{
    switch (command)
    {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return static_cast<long>(GetWire(bio).GetMtuOverhead());
    default:
        return 0;
    }
}

BIO_METHOD*
MakeMethod()
{
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    BIO_meth_set_write(method, &Write);
    BIO_meth_set_read(method, &Read);
    BIO_meth_set_ctrl(method, &Control);
    return method;
}

} // namespace

bio_st*
MakeBio(Wire& wire)
{
    static BIO_METHOD* method = MakeMethod(); // kept until the process ends
    BIO* bio = BIO_new(method);
    SetWire(bio, wire);
    BIO_set_init(bio, 1);
    return bio;
}

void
SetWire(bio_st* bio, Wire& wire)
{
    BIO_set_data(bio, &wire);
}

Wire&
GetWire(bio_st* bio)
{
    return *static_cast<Wire*>(BIO_get_data(bio));
}

} // namespace tls
