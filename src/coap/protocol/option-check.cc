// SPDX-License-Identifier: GPL-2.0-only
#include "coap/protocol/option-check.h"

namespace coap
{

namespace
{

/// Whether an option is understood; \p repeated that one of the same number came before it.
bool
IsUnderstood(const OptionView& option, bool repeated)
{
    const OptionDefinition* definition = FindOptionDefinition(option.number);
    return definition && option.value.size() >= definition->minimumLength &&
           option.value.size() <= definition->maximumLength &&
           (!repeated || definition->repeatable);
}

} // namespace

OptionCheck
CheckOptions(const Options& options)
{
    OptionCheck check;
    std::optional<OptionNumber> before;
    for (const OptionView& option : options)
    {
        if (!IsUnderstood(option, before == option.number))
        {
            bool critical = IsCritical(option.number);
            check.ignored |= !critical;
            if (critical && !check.bad)
            {
                check.bad = option.number;
            }
        }
        before = option.number;
    }
    return check;
}

std::optional<OptionNumber>
FindBadOption(const Options& options)
{
    return CheckOptions(options).bad;
}

void
RemoveIgnoredOptions(Options& options)
{
    if (!CheckOptions(options).ignored)
    {
        return;
    }
    Options kept;
    std::optional<OptionNumber> before;
    for (const OptionView& option : options)
    {
        if (IsCritical(option.number) || IsUnderstood(option, before == option.number))
        {
            kept.Add(option.number, option.value);
        }
        before = option.number;
    }
    options = std::move(kept);
}

} // namespace coap
