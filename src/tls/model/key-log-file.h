// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <fstream>
#include <memory>
#include <string>

namespace ns3
{

/**
 * A file of session secrets in the NSS key log format that Wireshark reads. All factories that
 * name the same file write into one; each line is complete when it is written, so the file of a
 * run that was killed is usable.
 */
class KeyLogFile
{
  public:
    /**
     * The log of this name: the one that is open, or a new and empty file.
     * \throw std::runtime_error if the file cannot be written; the text names it
     */
    static std::shared_ptr<KeyLogFile> Open(const std::string& name);

    explicit KeyLogFile(const std::string& name);

    void Write(const std::string& line);

    /// Whether all lines up to now could be written.
    bool IsComplete() const;

  private:
    std::ofstream m_stream;
};

} // namespace ns3
