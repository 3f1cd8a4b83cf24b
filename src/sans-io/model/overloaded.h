// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace ns3
{

/// Functions for the cases of a std::variant as one visitor: who adds an event to a machine is told
/// by the compiler where it is not handled.
template <typename... Cases>
struct Overloaded : Cases...
{
    using Cases::operator()...;
};

template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

} // namespace ns3
