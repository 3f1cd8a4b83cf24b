// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace ns3
{

/**
 * A file that is being written beside its name. Commit() gives it the name; otherwise it is
 * removed, by the destructor or when SIGINT, SIGTERM or SIGHUP ends the process. What SIGKILL
 * leaves has the name of the part. A write beyond the limit of file sizes (ulimit -f) fails as any
 * other does instead of ending the process by SIGXFSZ.
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

    /**
     * Gives the file its name.
     *
     * \param complete whether everything could be written to it, and it was closed or flushed
     * \throw std::runtime_error with one line naming file and reason when it could not, or when
     * the disk refuses the name; there is no part of it any more then
     */
    void Commit(bool complete);

  private:
    std::string FindReason() const;

    std::string m_part;
    std::string m_path;
};

} // namespace ns3
