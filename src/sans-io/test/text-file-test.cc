// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/text-file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <unistd.h>

using namespace ns3;

TEST(TextFile, IsWrittenWholeOrNotAtAll)
{
    const std::string file = testing::TempDir() + "text-file-" + std::to_string(getpid());
    WriteTextFile(file, "one");
    EXPECT_EQ(ReadTextFile(file), "one");
    WriteTextFile(file, "two", true);
    EXPECT_EQ(ReadTextFile(file), "two");
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove(file);
    EXPECT_THROW(ReadTextFile(file), std::runtime_error);
    EXPECT_THROW(ReadTextFile(testing::TempDir()), std::runtime_error);
    EXPECT_THROW(WriteTextFile(file + "/none", "x"), std::runtime_error);
    EXPECT_THROW(WriteTextFile(file + "/none", "x", true), std::runtime_error);
}

TEST(TextFile, WhatWasLeftByAnotherForAllToReadIsASecretToo)
{
    const std::string file = testing::TempDir() + "text-file-" + std::to_string(getpid());
    WriteTextFile(file + ".part", "left behind");
    WriteTextFile(file, "secret", true);
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove(file);
}
