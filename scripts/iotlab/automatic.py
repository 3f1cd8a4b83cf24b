# SPDX-License-Identifier: GPL-2.0-only
"""Figures for an experiment that describes none: the main measures along its first numeric axis or side by side, and of
attacks attack by defence and its course. Every combination has a mark of its own; where there is but one, and no attack, the
table is enough."""

import pandas

from . import attacks, variants

_MAIN = ("on_time_share", "latency_p50", "energy_per_report", "bytes_per_report")
_UNDER_ATTACK = ("on_time_during_share", "latency_during", "busy_during_share")
_QUIET = {attacks.NO_THREAT, attacks.THREATS["sniff"], attacks.THREATS["replay"]}  # floods nobody
_MOST_PANELS = 6
_READ = ("Each mark is the mean over the runs, its bar the 95 % confidence interval. Where bars overlap widely, more runs are needed to "
         "tell the two apart.")
_READ_FLOODS = ("In each group the red bar is the attack without a defence, the others the attack with one, and grey, where it was run, "
                "the same without attack. Latency is of the reports that arrived: hollow where fewer than half were on time.")
_READ_TIMELINE = ("The attack lasts as long as the background is shaded; a line is one defence, its band the 95 % confidence interval "
                  "over the runs. Look at how soon the table on the right is full, and at what the sensors notice of it.")


def figures(results):
    table = results.combinations()
    attacked = table[~table["threat"].isin(_QUIET)] if "threat" in table else table.iloc[:0]
    measures = [name for name in (_MAIN if attacked.empty else _UNDER_ATTACK) if name in results.measures]
    if not measures:
        return []
    x = _axis(results)
    if x:
        return [_lines(results, table, x, measures)]
    if not attacked.empty and _are_told_apart(attacked, _present(table, "threat", "variant", "host", "defences")):
        return _floods(measures)
    if not results.varied():
        return []  # one row of the table says it all
    by = _present(table, "case") or _present(table, "variant")
    return [{"name": "overview", "kind": "bars", "title": "The main measures", "y": measures, "read": _READ,
             "by": _one_or_list([*by, *_needed(table, by, results.varied())])}]


def _axis(results):
    """The first parameter whose values are several numbers, or none; a stack's own are in its name."""
    for name in results.varied():
        values = results.runs[name].dropna()
        numeric = pandas.api.types.is_numeric_dtype(values) and not pandas.api.types.is_bool_dtype(values)
        if numeric and values.nunique() > 1 and name not in variants.PARAMETERS:
            return name
    return None


def _lines(results, table, x, measures):
    drawn = table[table[x].notna()]
    by = _present(table, "case") or _present(table, "variant")
    others = _needed(drawn, [*by, x], [name for name in results.varied() if name != x])
    if not by:
        by, others = others[:1], others[1:]
    spec = {"kind": "lines", "name": f"by-{x.replace('::', '-')}", "title": f"The main measures against {x}", "x": x, "y": measures, "read": _READ}
    if len(drawn) < len(table):
        spec["read"] += f" Where {x} has no effect there is no mark: the table has these combinations too."
    if len(others) > 2 or any(drawn[name].nunique() > _MOST_PANELS or drawn[name].isna().any() for name in others):
        return {**spec, "by": _one_or_list([*by, *others])}
    return {**spec, "by": _one_or_list(by), **dict(zip(("columns", "rows"), others))}


def _floods(measures):
    return [{"name": "attack-by-defence", "kind": "floods", "title": "Attack by defence", "y": measures, "read": _READ_FLOODS},
            {"name": "timeline", "kind": "timeline", "title": "In the course of time", "y": ["on_time", "latency", "table"],
             "read": _READ_TIMELINE}]


def _needed(table, keys, names):
    """Those of the parameters without which combinations would share a mark; what the name of a stack tells goes first.
    Where one is needed that some leave out, all are: what these have instead is then told of them."""
    needed = sorted(names, key=lambda name: name not in variants.PARAMETERS)
    for name in list(needed):
        rest = [other for other in needed if other != name]
        if _are_told_apart(table, [*keys, *rest]):
            needed = rest
    if table[needed].isna().any(axis=None):
        return [name for name in names if name in needed or name not in variants.PARAMETERS]
    return needed


def _are_told_apart(table, keys):
    return not table.duplicated(keys).any() if keys else len(table) == 1


def _present(table, *names):
    return [name for name in names if name in table]


def _one_or_list(names):
    return names[0] if len(names) == 1 else names
