// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/emulation-address.h"
#include "sans-io/model/parameter-text.h"

#include "ns3/inet-socket-address.h"

#include <gtest/gtest.h>

namespace
{

using namespace ns3;

EmulationAddress
Parse(const std::string& text)
{
    return EmulationAddress::Parse("address", text);
}

TEST(EmulationAddressTest, TheNeighborIsAnotherHostOfTheNetwork)
{
    EXPECT_EQ(Parse("10.77.0.2/24").GetNeighbor().ToString(), "10.77.0.1/24");
    EXPECT_EQ(Parse("10.77.0.1").GetNeighbor().ToString(), "10.77.0.2/24");
    EXPECT_EQ(Parse("10.77.0.14/30").GetNeighbor().ToString(), "10.77.0.13/30");
    EXPECT_EQ(Parse("fd00:0:0:77::2").GetNeighbor().ToString(), "fd00:0:0:77::1/64");
}

TEST(EmulationAddressTest, NetworksAreCutAtAnyBit)
{
    EXPECT_EQ(Parse("10.77.203.9/21").GetNetwork(), "10.77.200.0/21");
    EXPECT_EQ(Parse("fd00::1:2/124").GetNetwork(), "fd00::1:0/124");
    EXPECT_EQ(Parse("10.77.203.9/21").GetMask(), Ipv4Mask("255.255.248.0"));
    EXPECT_TRUE(Parse("10.77.0.2/24").Overlaps(Parse("10.77.0.130/25")));
    EXPECT_TRUE(Parse("10.0.0.1/8").Overlaps(Parse("10.254.2.1/24")));
    EXPECT_FALSE(Parse("10.77.0.2/24").Overlaps(Parse("10.77.1.2/24")));
    EXPECT_FALSE(Parse("10.77.0.2/24").Overlaps(Parse("fd00::2/64")));
}

TEST(EmulationAddressTest, ATextIsReadAndWrittenTheSame)
{
    EXPECT_EQ(ToText(Parse("10.77.0.2/24").GetSocketAddress(1883)), "10.77.0.2:1883");
    EXPECT_EQ(ToText(Parse("fd00:0:0:77::2").GetSocketAddress(8883)), "[fd00:0:0:77::2]:8883");
}

TEST(EmulationAddressTest, WhatIsNoHostIsRefused)
{
    for (const char* text : {"",
                             "10.77.0",
                             "10.77.0.2/",
                             "10.77.0.2/31",
                             "10.77.0.2/7",
                             "10.77.0.0/24",
                             "10.77.0.2/24x",
                             "224.0.0.1",
                             "127.0.0.1",
                             "::1",
                             "fe80::1",
                             "ff02::1",
                             "2001:db8::2",
                             "fd00::2/127",
                             "fd00::/64",
                             "fd00:::1",
                             "broker"})
    {
        EXPECT_THROW(Parse(text), ParameterError) << text;
    }
}

} // namespace
