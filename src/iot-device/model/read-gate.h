// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "iot-device/model/processor-turn.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <functional>

namespace ns3
{

/**
 * When an application may take its next piece of input from a socket: when the processor of its
 * node is free and it is its turn, and not while its owner holds this input back. What a security
 * socket delivers is read in the turn in which that socket has decrypted it.
 */
class ReadGate
{
  public:
    /// \param processor of the node; null: every read is granted
    /// \param resume called when input may be read after a refusal
    ReadGate(Ptr<Processor> processor, std::function<void()> resume);
    ~ReadGate();

    ReadGate(const ReadGate&) = delete;
    ReadGate& operator=(const ReadGate&) = delete;

    /// \return whether one piece may be read now; otherwise \p resume follows.
    bool MayRead();

    /// Nothing may be read before \p until.
    void HoldBack(Time until);

  private:
    void Resume();

    std::function<void()> m_resume;
    ProcessorTurn m_turn;
    EventId m_held; ///< the end of holding back
};

} // namespace ns3
