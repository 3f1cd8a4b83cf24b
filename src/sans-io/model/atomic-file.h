// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/pending-file.h"

#include <fstream>
#include <string>

namespace ns3
{

/**
 * A file that appears under its name only when it is complete: it is written beside, as
 * PATH.part, and renamed by Commit(). Without Commit() nothing is left behind and an older file
 * of the name stays as it was.
 */
class AtomicFile
{
  public:
    /**
     * Opens PATH.part. Throws std::runtime_error with one line naming the path where that
     * cannot be written, so open before a long run rather than after it.
     *
     * \param secret nobody but the owner may read it, from its first byte on
     */
    explicit AtomicFile(const std::string& path, bool secret = false);
    ~AtomicFile();

    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    std::ostream& GetStream();

    /// Gives the complete file its name. Throws std::runtime_error when the disk refuses.
    void Commit();

  private:
    PendingFile m_pending;
    std::ofstream m_stream;
};

} // namespace ns3
