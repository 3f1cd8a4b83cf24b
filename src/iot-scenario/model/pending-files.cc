// SPDX-License-Identifier: GPL-2.0-only
#include "iot-scenario/model/pending-files.h"

#include "tls/model/key-log-file.h"

#include <utility>

namespace ns3
{

void
PendingFiles::Add(const std::string& part, const std::string& path, std::function<bool()> close)
{
    m_outputs.push_back({std::make_unique<PendingFile>(part, path), std::move(close)});
}

void
PendingFiles::AddCapture(const std::string& part,
                         const std::string& path,
                         Ptr<PcapFileWrapper> capture)
{
    Add(part, path, [capture] {
        capture->Close();
        return !capture->Fail();
    });
}

std::string
PendingFiles::AddKeyLog(const std::string& path)
{
    const std::string part = path + ".part";
    Add(part, path, [log = KeyLogFile::Open(part)] { return log->IsComplete(); });
    return part;
}

void
PendingFiles::Commit()
{
    std::vector<bool> complete;
    for (const Output& output : m_outputs)
    {
        complete.push_back(output.close());
    }
    for (bool named : {false, true}) // the broken ones first: their exception ends this
    {
        for (size_t i = 0; i < m_outputs.size(); i++)
        {
            if (complete[i] == named)
            {
                m_outputs[i].file->Commit(complete[i]);
            }
        }
    }
    m_outputs.clear();
}

} // namespace ns3
