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

/// Calls \p handle for every option that is not understood until that returns true.
template <typename Handle>
void
ForEachNotUnderstood(const Options& options, Handle handle)
{
    std::optional<OptionNumber> before;
    for (const OptionView& option : options)
    {
        if (!IsUnderstood(option, before == option.number) && handle(option.number))
        {
            return;
        }
        before = option.number;
    }
}

} // namespace

std::optional<OptionNumber>
FindBadOption(const Options& options)
{
    std::optional<OptionNumber> bad;
    ForEachNotUnderstood(options, [&bad](OptionNumber number) {
        bad = IsCritical(number) ? std::optional(number) : std::nullopt;
        return bad.has_value();
    });
    return bad;
}

void
RemoveIgnoredOptions(Options& options)
{
    bool any = false;
    ForEachNotUnderstood(options,
                         [&any](OptionNumber number) { return any = !IsCritical(number); });
    if (!any)
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
