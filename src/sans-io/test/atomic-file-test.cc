// SPDX-License-Identifier: GPL-2.0-only
#include "sans-io/model/atomic-file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

using namespace ns3;
namespace fs = std::filesystem;

namespace
{

class AtomicFileTest : public testing::Test
{
  protected:
    AtomicFileTest()
        : m_folder(fs::temp_directory_path() / ("atomic-file-test-" + std::to_string(getpid()))),
          m_path((m_folder / "record.json").string())
    {
        fs::create_directory(m_folder);
    }

    ~AtomicFileTest() override
    {
        fs::remove_all(m_folder);
    }

    std::string Read() const
    {
        std::ostringstream text;
        text << std::ifstream(m_path).rdbuf();
        return text.str();
    }

    fs::path m_folder;
    std::string m_path;
};

} // namespace

TEST_F(AtomicFileTest, HasItsNameOnlyOnceComplete)
{
    {
        AtomicFile file(m_path);
        file.GetStream() << "whole";
        EXPECT_FALSE(fs::exists(m_path));
        file.Commit();
    }
    EXPECT_EQ(Read(), "whole");
    EXPECT_FALSE(fs::exists(m_path + ".part"));
}

TEST_F(AtomicFileTest, AbandonedItLeavesTheOldFile)
{
    std::ofstream(m_path) << "old";
    {
        AtomicFile file(m_path);
        file.GetStream() << "half";
    }
    EXPECT_EQ(Read(), "old");
    EXPECT_FALSE(fs::exists(m_path + ".part"));
}

TEST_F(AtomicFileTest, AFullDiskIsOneLineAndLeavesTheOldFile)
{
    std::ofstream(m_path) << "old";
    fs::create_symlink("/dev/full", m_path + ".part"); // every write to it fails
    AtomicFile file(m_path);
    file.GetStream() << "half";
    try
    {
        file.Commit();
        FAIL();
    }
    catch (const std::runtime_error& error)
    {
        EXPECT_EQ(error.what(), m_path + ": could not be completed (No space left on device)");
    }
    EXPECT_EQ(Read(), "old");
    EXPECT_FALSE(fs::is_symlink(m_path + ".part"));
}

TEST_F(AtomicFileTest, APipeKeepsItsName)
{
    ASSERT_EQ(mkfifo(m_path.c_str(), 0600), 0);
    EXPECT_THROW(AtomicFile file(m_path), std::runtime_error);
    EXPECT_TRUE(fs::is_fifo(m_path));
    EXPECT_FALSE(fs::exists(m_path + ".part"));
}

TEST_F(AtomicFileTest, AnUnwritablePathIsOneLine)
{
    std::string path = (m_folder / "no-such-folder" / "x.json").string();
    try
    {
        AtomicFile file(path);
        FAIL();
    }
    catch (const std::runtime_error& error)
    {
        EXPECT_EQ(error.what(),
                  path + ": expected a file that can be written (No such file or directory)");
    }
}

TEST_F(AtomicFileTest, AFolderIsNoFile)
{
    EXPECT_THROW(AtomicFile(m_folder.string()), std::runtime_error);
    EXPECT_FALSE(fs::exists(m_folder.string() + ".part"));
}
