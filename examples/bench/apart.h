// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdlib>
#include <iostream>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>

namespace bench
{

/**
 * What \p run returns, run in a process of its own: each side of a comparison begins with the same
 * heap, while the second of two in one process would pay for the pieces that the first has left.
 */
template <typename Run>
auto
RunApart(Run run) -> decltype(run())
{
    using Result = decltype(run());
    static_assert(std::is_trivially_copyable_v<Result>, "it goes through a pipe");
    int ends[2];
    if (pipe(ends) != 0)
    {
        std::cerr << "no pipe to a run in a process of its own" << std::endl;
        std::exit(1);
    }
    const pid_t child = fork();
    if (child == 0)
    {
        const Result result = run();
        _exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
    }
    close(ends[1]);
    Result result{};
    const bool complete = read(ends[0], &result, sizeof(result)) == sizeof(result);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!complete || status != 0)
    {
        std::cerr << "a run in a process of its own failed" << std::endl;
        std::exit(1);
    }
    return result;
}

} // namespace bench
