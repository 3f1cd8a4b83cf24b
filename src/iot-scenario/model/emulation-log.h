// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <ostream>
#include <string>

namespace ns3
{

/// What an emulation tells its user while it runs: lines with the time of day, written at once.
class EmulationLog
{
  public:
    /// \param stream outlives the log
    explicit EmulationLog(std::ostream& stream);

    void Write(const std::string& line);

  private:
    std::ostream& m_stream;
};

} // namespace ns3
