# SPDX-License-Identifier: GPL-2.0-only
"""Attack by defence: bars in groups, one for each attack on a stack, and the table of all that was measured.

The first bar of a group is the same run without the attack, the next the attack without a defence,
then one with each defence. A latency is of the reports that arrived; where fewer than half were on time
it tells of the lucky ones: its bar is hollow and its number says so, for a bar may be too short to see.
"""

import math

import numpy as np
import pandas
from matplotlib import pyplot

from . import attacks, figures
from .project import UserError

_TABLE = "the table that the attack fills"
_OF_FEW = "\nhollow, (few): of the lucky ones,\nfewer than half were on time"
# (heading, key in the record or measure, scale, digits); a row has what its runs measured
_COLUMNS = [
    ("on time during the attack, %", "on_time_during_share", 100, 1),
    ("latency of those that arrived, s", "latency_during", 1, 3),
    ("processor busy, %", "busy_during_share", 100, 1),
    ("most in the table", _TABLE, 1, 0),
    ("attacker's packets", "attack.packets", 1, 0),
    ("reports of the loop served", "fault.served", 1, 0),
    ("attacker's kB", "attack.bytes", 1e-3, 0),
    ("refused by it", "defence.refused", 1, 0),
    ("honest ones of them", "defence.false_positives", 1, 0),
    ("honest ones, no attack", "false_positives_idle", 1, 0),
]


def draw(results, spec, table):
    if "threat" not in table:
        raise UserError(f"figure {spec.get('name')}: expected combinations with an attack or a fault")
    measures = [figures.measure_name(results, name) for name in figures.as_list(spec["y"])]
    groups = _groups(results, table)
    if not groups:
        raise UserError(f"figure {spec.get('name')}: expected combinations with an attack or a fault")
    bars = _bars(results, groups)
    figure, axes = pyplot.subplots(1, len(measures), squeeze=False, sharey=True, layout="constrained",
                                   figsize=(2.4 + 2.75 * len(measures), 0.9 + 0.235 * (bars[-1]["y"] + 1)))
    for axis, measure in zip(axes[0], measures):
        for bar in bars:
            _bar(axis, results, bar, measure)
        axis.set_xlabel(figures.wrap(figures.axis_label(measure), 30) + (_OF_FEW if _is_latency(measure) else ""))
        axis.set_xlim(left=0, right=118 if measure.endswith("_share") else None)
        axis.margins(x=0.2)
        axis.grid(axis="y", visible=False)
        for heading in [bar for bar in bars if "heading" in bar]:
            axis.axhline(heading["y"] - 0.75, color="#d0d0d0", linewidth=0.7)
    _label(axes[0][0], bars)
    data = pandas.DataFrame([row for bar in bars if "combination" in bar for row in _rows(results, bar, measures)])
    data.attrs["table"] = _table(results, groups)
    return figure, data


def _is_latency(measure):
    return measure.startswith("latency_")


def of_few(results, combination):
    """Whether fewer than half of the reports were on time: what a latency then tells is who was lucky."""
    mean, _, _ = results.value(combination, "on_time_during_share")
    return mean < 0.5


def _groups(results, table):
    """[(heading, [combination without attack or None, the attacked ones])]"""
    found = []
    for heading, rows in attacks.groups(table):
        rows = rows.iloc[np.argsort(rows["defences"] != attacks.NO_DEFENCE, kind="stable")]
        found.append((heading, attacks.calm_of(results, rows.index[0]), rows))
    return found


def _bars(results, groups):
    bars, y = [], 0.0
    for heading, calm, rows in groups:
        bars.append({"y": y, "heading": heading})
        y += 1
        colours = attacks.defence_colours(rows["defences"])
        if calm is not None:
            bars.append({"y": y, "combination": calm, "label": "no attack", "colour": attacks.CALM_COLOUR, "group": heading})
            y += 1
        for combination, labels in rows.iterrows():
            name = labels["defences"]
            bars.append({"y": y, "combination": combination, "colour": colours[name], "group": heading,
                         "label": "attack, no defence" if name == attacks.NO_DEFENCE else name})
            y += 1
        y += 0.4
    return bars


def _bar(axis, results, bar, measure):
    if "combination" not in bar:
        return
    scale = figures.scale_of(measure)
    mean, low, high = (scale * value for value in results.value(bar["combination"], measure))
    if not math.isfinite(mean):
        axis.annotate("no value" if math.isinf(mean) else "–", (0, bar["y"]), (4, 0), textcoords="offset points", va="center",
                      fontsize=7.5, color="#555555")
        return
    hollow = _is_latency(measure) and of_few(results, bar["combination"])
    axis.barh(bar["y"], mean, color="white" if hollow else bar["colour"], edgecolor=bar["colour"] if hollow else "none",
              linewidth=1.2, height=0.74)
    above = 0 if math.isnan(high) else high - mean
    if not math.isnan(low):
        axis.errorbar(mean, bar["y"], xerr=[[max(0, mean - max(low, 0))], [max(0, above)]], color="black", elinewidth=0.9, capsize=2, fmt="none")
    axis.annotate(figures.short(mean) + (" (few)" if hollow else ""), (mean + above, bar["y"]), (4, 0), textcoords="offset points", va="center", fontsize=7.5,
                  color="#555555")


def _label(axis, bars):
    axis.set_yticks([bar["y"] for bar in bars], [bar.get("heading", bar.get("label")) for bar in bars])
    for bar, text in zip(bars, axis.get_yticklabels()):
        if "heading" in bar:
            text.set_fontweight("bold")
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(bars[-1]["y"] + 0.6, -0.8)


def _rows(results, bar, measures):
    labels = results.combinations().loc[bar["combination"]]
    for measure in measures:
        mean, low, high = results.value(bar["combination"], measure)
        yield {**labels, "group": bar["group"], "case": bar["label"], "measure": measure, "mean": mean, "low_95": low, "high_95": high}


def _table(results, groups):
    """A row for each bar; columns that no run measured are left out."""
    columns = [column for column in _COLUMNS if column[1] in [*results.measures, _TABLE]]
    rows = []
    for heading, calm, part in groups:
        rows.append([heading, *[""] * len(columns)])
        for combination in [*([calm] if calm is not None else []), *part.index]:
            labels = results.combinations().loc[combination]
            name = "no attack" if combination == calm else "attack, no defence" if labels["defences"] == attacks.NO_DEFENCE else labels["defences"]
            cells = (_table_cell(results, combination, part.iloc[0]) if key == _TABLE else _cell(results.value(combination, key), scale, digits)
                     for _, key, scale, digits in columns)
            rows.append([f"\u2003{name}", *cells])
    return {"heads": ["attack and defence", *(column[0] for column in columns)], "labels": {0}, "rows": rows}


def _table_cell(results, combination, labels):
    """'1,015 connections': of the table that this attack aims at."""
    table = attacks.table_of(labels)
    key = f"victim.{table}_max"
    text = _cell(results.value(combination, key), 1, 0) if key in results.measures else "–"
    return text if text == "–" else f"{text} {attacks.TABLE_NAMES[table]}"


def _cell(value, scale, digits):
    mean, low, high = value
    if math.isnan(mean):
        return "–"
    if math.isinf(mean):
        return "no value"
    half = max(mean - low, high - mean) * scale
    told = not math.isnan(half) and (digits > 0 or half >= 0.5)  # packets and entries are mostly the same in every run
    return f"{mean * scale:,.{digits}f}" + (f" ±{half:,.{digits}f}" if told else "")
