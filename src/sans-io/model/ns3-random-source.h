// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "sans-io/protocol/random-source.h"

#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{

/// A stream of ns-3 as random source of a protocol machine: same seed, run and stream, same draws.
class Ns3RandomSource : public sansio::RandomSource
{
  public:
    Ns3RandomSource();

    uint64_t GetInteger() override;

    /// Fixes the stream; \return how many streams it uses (1).
    int64_t AssignStreams(int64_t stream);

  private:
    Ptr<UniformRandomVariable> m_uniform;
};

} // namespace ns3
