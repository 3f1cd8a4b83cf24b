// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "mqtt/protocol/access-control.h"

#include <vector>

namespace mqtt
{

/// Bounds of an AccessList; a file beyond them is refused.
struct AccessListLimits
{
    size_t rules{10000};
    size_t filterSize{1024}; ///< bytes of a topic filter
};

/**
 * Who may publish and subscribe to what. What no rule allows is denied, and one that denies counts
 * more than any that allow.
 *
 * The text form is that of Mosquitto's access lists, one rule a line, with `client` besides:
 *
 *     topic read $SYS/#            for clients without user name, as long as no line names one
 *     user alice                   from here on for this user
 *     client c0                    from here on for this client identifier
 *     topic readwrite alice/#
 *     topic deny alice/secret
 *     pattern write dev/%c/state   for everybody; %c is the client identifier, %u the user
 *
 * `write` is to publish, `read` to subscribe, `readwrite` (also where nothing is said) is both and
 * `deny` neither; a filter may contain spaces. A subscription is allowed where the rule covers
 * every topic that it could match, so `read s/+/t` allows `s/01/t` and not `s/#`. It is denied by
 * a rule that covers all of it; what a rule denies a part of, MayReceive() judges message by
 * message.
 *
 * %c and %u stand for one level: a client or user of whom the name is empty or has a wildcard or
 * a slash in it has no rights by patterns, for it could choose the filter.
 */
class AccessList
{
  public:
    explicit AccessList(const AccessListLimits& limits = {});

    /**
     * Takes over the rules of a text, instead of those that are here.
     * \return empty, or one line that says which line is wrong and why; then nothing has changed
     */
    std::string Read(std::string_view text);

    bool MayPublish(const Principal& principal, std::string_view topic) const;

    /// \param filter as it is matched: without `$share/` and the group
    bool MaySubscribe(const Principal& principal, std::string_view filter) const;

    /// Whether a client that has subscribed, or has found the subscription in its session, may
    /// have a message.
    bool MayReceive(const Principal& principal, std::string_view topic) const;

    /// \return how many rules there are
    size_t GetSize() const
    {
        return m_rules.size();
    }

  private:
    enum class Subject : uint8_t
    {
        Nobody, ///< clients without user name
        User,
        Client,
        Everybody, ///< with %c and %u
    };

    struct Rule
    {
        Subject subject{Subject::Nobody};
        std::string name{}; ///< of the user or client
        bool publish{false};
        bool subscribe{false};
        bool deny{false};
        std::string filter{};
    };

    std::string ReadLine(std::string_view line, Rule& subject, std::vector<Rule>& rules) const;
    static bool IsFor(const Rule& rule, const Principal& principal);

    /// The filter of a rule for a client; empty where it has none.
    static std::string GetFilter(const Rule& rule, const Principal& principal);

    template <typename Predicate>
    bool Judge(const Principal& principal, bool Rule::*what, Predicate covers) const;

    AccessListLimits m_limits;
    std::vector<Rule> m_rules;
};

/// Whether every topic that \p narrow matches is matched by \p wide too; both are valid filters.
bool FilterCovers(std::string_view wide, std::string_view narrow);

} // namespace mqtt
