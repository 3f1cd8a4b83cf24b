// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace ns3
{

/**
 * A file that is being written beside its name. Commit() gives it the name; otherwise it is
 * removed, by the destructor or when SIGINT, SIGTERM or SIGHUP ends the process. What SIGKILL
 * leaves has the name of the part.
 */
class PendingFile
{
  public:
    /// \param part where somebody writes it, in the folder of \p path
    PendingFile(std::string part, std::string path);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    const std::string& GetPart() const;

    /// Gives the complete file its name; \return false, with errno, when the disk refuses.
    bool Commit();

  private:
    std::string m_part;
    std::string m_path;
};

} // namespace ns3
