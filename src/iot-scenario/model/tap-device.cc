// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/tap-device.h"

#include "sans-io/model/parameter-text.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ns3
{

namespace
{

/// How to make the device, to the end of a line that says it is needed.
std::string
GetRecipe(const std::string& name)
{
    return "ip tuntap add dev " + name + " mode tap user $USER (as root)";
}

/// What keeps us from the device, by the error of TUNSETIFF.
std::string
Explain(const std::string& name, int error)
{
    switch (error)
    {
    case EPERM:
        return "a device that is yours, but it belongs to another user: " + GetRecipe(name);
    case EBUSY:
        return "a device that no other program has open";
    case EINVAL:
        return "a TAP device, and this is another kind: " + GetRecipe(name);
    default:
        return std::string("a TAP device: ") + std::strerror(error);
    }
}

} // namespace

int
OpenTap(const std::string& name)
{
    if (name.empty() || name.size() >= IFNAMSIZ)
    {
        Reject("tap", name, "a name of 1 to " + std::to_string(IFNAMSIZ - 1) + " characters");
    }
    if (if_nametoindex(name.c_str()) == 0) // root would make one of any name by opening it
    {
        Reject("tap", name, "a device that exists; make it: " + GetRecipe(name));
    }
    const int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
    {
        Reject("tap",
               name,
               std::string("a machine that lets programs open /dev/net/tun: ") +
                   std::strerror(errno));
    }
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    if (ioctl(descriptor, TUNSETIFF, &request) < 0)
    {
        const int error = errno;
        close(descriptor);
        Reject("tap", name, Explain(name, error));
    }
    return descriptor;
}

} // namespace ns3
