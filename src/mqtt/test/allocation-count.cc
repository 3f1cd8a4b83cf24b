// SPDX-License-Identifier: GPL-2.0-only
#include "mqtt/test/allocation-count.h"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace
{

mqtt::test::AllocationCount g_count;

/// What a piece of the heap takes beside its content: its size in front of it (malloc of glibc).
constexpr size_t PIECE_HEADER = sizeof(size_t);

} // namespace

namespace mqtt::test
{

AllocationCount
GetAllocationCount()
{
    return g_count;
}

} // namespace mqtt::test

void*
operator new(size_t size)
{
    void* piece = std::malloc(size > 0 ? size : 1);
    if (!piece)
    {
        throw std::bad_alloc();
    }
    g_count.allocations++;
    g_count.bytes += malloc_usable_size(piece) + PIECE_HEADER;
    return piece;
}

void
operator delete(void* piece) noexcept
{
    if (piece)
    {
        g_count.bytes -= malloc_usable_size(piece) + PIECE_HEADER;
        std::free(piece);
    }
}

void
operator delete(void* piece, size_t) noexcept
{
    operator delete(piece);
}
