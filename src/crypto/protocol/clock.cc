// SPDX-License-Identifier: GPL-2.0-only
#include "crypto/protocol/clock.h"

#include "crypto/protocol/scope.h"

#include <ctime>
#include <link.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

namespace crypto
{

namespace
{

static_assert(sizeof(ElfW(Addr)) == 8, "only 64-bit ELF is known here");

constexpr int64_t MICROSECONDS = 1000000;

/// gettimeofday() as OpenSSL gets it: simulated in an open scope, else the real one.
int
GetTimeOfDay(timeval* now, void* /* zone */)
{
    if (const Scope* scope = Scope::GetCurrent())
    {
        now->tv_sec = scope->GetUnixTime() / MICROSECONDS;
        now->tv_usec = scope->GetUnixTime() % MICROSECONDS;
        return 0;
    }
    timespec real;
    int result = clock_gettime(CLOCK_REALTIME, &real);
    now->tv_sec = real.tv_sec;
    now->tv_usec = real.tv_nsec / 1000;
    return result;
}

/// time() as OpenSSL gets it.
time_t
GetTime(time_t* result)
{
    timeval now{};
    GetTimeOfDay(&now, nullptr);
    if (result)
    {
        *result = now.tv_sec;
    }
    return now.tv_sec;
}

/// The tables of a loaded shared object that its calls into other objects go through.
struct DynamicTables
{
    explicit DynamicTables(const dl_phdr_info& object);

    ElfW(Addr) base;
    const ElfW(Sym) * symbols{nullptr};
    const char* names{nullptr};
    const ElfW(Rela) * relocations[2]{};
    size_t bytes[2]{};
    ElfW(Addr) protectedBegin{0}; ///< pages the loader made read-only after relocation
    ElfW(Addr) protectedEnd{0};
};

DynamicTables::DynamicTables(const dl_phdr_info& object)
    : base(object.dlpi_addr)
{
    const ElfW(Dyn)* entry = nullptr;
    for (size_t i = 0; i < object.dlpi_phnum; i++)
    {
        const ElfW(Phdr)& segment = object.dlpi_phdr[i];
        if (segment.p_type == PT_DYNAMIC)
        {
            entry = reinterpret_cast<const ElfW(Dyn)*>(base + segment.p_vaddr);
        }
        else if (segment.p_type == PT_GNU_RELRO)
        {
            const ElfW(Addr) page = sysconf(_SC_PAGESIZE);
            protectedBegin = (base + segment.p_vaddr) / page * page;
            protectedEnd = (base + segment.p_vaddr + segment.p_memsz) / page * page;
        }
    }
    for (; entry && entry->d_tag != DT_NULL; entry++)
    {
        // glibc has relocated these addresses in place; other loaders leave them as in the file.
        const ElfW(Addr) given = entry->d_un.d_ptr;
        const ElfW(Addr) address = given < base ? base + given : given;
        switch (entry->d_tag)
        {
        case DT_SYMTAB:
            symbols = reinterpret_cast<const ElfW(Sym)*>(address);
            break;
        case DT_STRTAB:
            names = reinterpret_cast<const char*>(address);
            break;
        case DT_JMPREL:
            relocations[0] = reinterpret_cast<const ElfW(Rela)*>(address);
            break;
        case DT_PLTRELSZ:
            bytes[0] = entry->d_un.d_val;
            break;
        case DT_RELA:
            relocations[1] = reinterpret_cast<const ElfW(Rela)*>(address);
            break;
        case DT_RELASZ:
            bytes[1] = entry->d_un.d_val;
            break;
        }
    }
}

/// Writes an entry, also into pages that are read-only since the loader has finished (RELRO).
bool
SetEntry(const DynamicTables& tables, ElfW(Addr) address, ElfW(Addr) function)
{
    const bool isProtected = address >= tables.protectedBegin && address < tables.protectedEnd;
    void* begin = reinterpret_cast<void*>(tables.protectedBegin);
    const size_t size = tables.protectedEnd - tables.protectedBegin;
    if (isProtected && mprotect(begin, size, PROT_READ | PROT_WRITE) != 0)
    {
        return false;
    }
    *reinterpret_cast<ElfW(Addr)*>(address) = function;
    if (isProtected)
    {
        mprotect(begin, size, PROT_READ);
    }
    return true;
}

/// What was found while walking through the loaded objects.
struct Redirected
{
    bool getTimeOfDay{false};
    bool time{false};
};

void
RedirectEntry(const DynamicTables& tables, const ElfW(Rela) & relocation, Redirected& redirected)
{
    const auto index = ELF64_R_SYM(relocation.r_info);
    const std::string_view name = tables.names + tables.symbols[index].st_name;
    if (name == "gettimeofday")
    {
        redirected.getTimeOfDay |= SetEntry(tables,
                                            tables.base + relocation.r_offset,
                                            reinterpret_cast<ElfW(Addr)>(&GetTimeOfDay));
    }
    else if (name == "time")
    {
        redirected.time |= SetEntry(tables,
                                    tables.base + relocation.r_offset,
                                    reinterpret_cast<ElfW(Addr)>(&GetTime));
    }
}

int
RedirectObject(dl_phdr_info* object, size_t /* size */, void* redirected)
{
    const std::string_view path = object->dlpi_name;
    if (path.find("libssl.so") == path.npos && path.find("libcrypto.so") == path.npos)
    {
        return 0;
    }
    const DynamicTables tables(*object);
    for (size_t table = 0; table < 2 && tables.symbols && tables.names; table++)
    {
        for (size_t i = 0; i < tables.bytes[table] / sizeof(ElfW(Rela)); i++)
        {
            RedirectEntry(tables,
                          tables.relocations[table][i],
                          *static_cast<Redirected*>(redirected));
        }
    }
    return 0;
}

} // namespace

bool
RedirectClock()
{
    Redirected redirected;
    dl_iterate_phdr(&RedirectObject, &redirected);
    return redirected.getTimeOfDay && redirected.time;
}

} // namespace crypto
