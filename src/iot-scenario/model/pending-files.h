// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/model/pending-file.h"

#include "ns3/pcap-file-wrapper.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

/// Files that are written beside their names during a run, and get their names together at its end.
class PendingFiles
{
  public:
    /**
     * \param part where somebody writes it, in the folder of \p path
     * \param close ends the writing; \return whether everything could be written
     */
    void Add(const std::string& part, const std::string& path, std::function<bool()> close);

    void AddCapture(const std::string& part, const std::string& path, Ptr<PcapFileWrapper> capture);

    /**
     * Where the secrets of TLS sockets are to be written for \p path (KeyLogFile).
     * \throw std::runtime_error if it cannot be written
     */
    std::string AddKeyLog(const std::string& path);

    /**
     * Closes all files and gives them their names.
     * \throw std::runtime_error with one line naming the first that could not be written; none of
     * them has its name then
     */
    void Commit();

  private:
    struct Output
    {
        std::unique_ptr<PendingFile> file;
        std::function<bool()> close;
    };

    std::vector<Output> m_outputs;
};

} // namespace ns3
