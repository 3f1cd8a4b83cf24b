# SPDX-License-Identifier: GPL-2.0-only
"""What an attack does in the course of time: a row of panels for each attack, a line for each defence.

The record of a run holds a timeline in equal steps; a line is the mean over the runs, its band the
95 % confidence interval, and the time of the attack is shaded.
"""

import math

import numpy as np
import pandas
from matplotlib import pyplot
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from . import attacks, intervals
from .project import UserError

_SHADE = "#ebebeb"


def draw(results, spec, table):
    """Figure, data, and in data.attrs the table: before, during and after, by attack and defence."""
    columns = spec.get("y", ["on_time", "busy", "table"])
    for name in columns:
        if name not in attacks.PANELS:
            raise UserError(f"figure {spec.get('name')}: y = {name!r} (expected one of {', '.join(attacks.PANELS)})")
    table = table[table["threat"] != attacks.NO_THREAT] if "threat" in table else table.iloc[:0]
    if table.empty:
        raise UserError(f"figure {spec.get('name')}: expected combinations with an attack or a fault")
    groups = attacks.groups(table)
    colours = attacks.defence_colours(table["defences"])
    figure, axes = pyplot.subplots(len(groups), len(columns), squeeze=False, layout="constrained",
                                   figsize=(max(9.5, 3.8 * len(columns)), 1.9 * len(groups)))
    data = []
    for (heading, rows), row_axes in zip(groups, axes):
        for combination, labels in rows.iterrows():
            steps = timeline_of(results, combination)
            for name, axis in zip(columns, row_axes):
                values = series(steps, name, labels)
                _line(axis, places(steps["t_s"], name), values, colours[labels["defences"]])
                data += _rows(labels, name, steps["t_s"], values)
        row_axes[0].set_title(heading)
        _finish(row_axes, columns, rows, results)
    for axis in axes[-1]:
        axis.set_xlabel("simulated time (s)")
    handles = [Line2D([], [], color=colour, linewidth=1.8, label="no defence" if name == attacks.NO_DEFENCE else name)
               for name, colour in colours.items()]
    figure.legend(handles=[*handles, Patch(color=_SHADE, label="attack")], loc="lower center", bbox_to_anchor=(0.5, 1.0),
                  ncol=min(len(handles) + 1, 5))
    data = pandas.DataFrame(data)
    data.attrs["table"] = _table(results, groups)
    return figure, data


def timeline_of(results, combination):
    """{key: array of runs x steps} of the runs of a combination."""
    rows = results.runs[results.runs["combination"] == combination]
    found = [results.timelines.get((combination, run)) for run in rows["RngRun"]]
    if not all(found):
        raise UserError("the records hold no timeline: expected one in every run with an attack or a fault")
    length = min(len(steps) for steps in found)
    keys = [key for key in found[0][0] if all(key in step for steps in found for step in steps)]
    arrays = {key: np.array([[_number(step[key]) for step in steps[:length]] for steps in found]) for key in keys}
    arrays["t_s"] = arrays["t_s"][0]
    return arrays


def _number(value):
    return math.nan if value is None else float(value)


def places(times, name):
    """Where on the axis a step is drawn: a table is told as it was at its end, all else is of the whole step."""
    width = times[1] - times[0] if len(times) > 1 else 0.0
    return times + (width if name == "table" else width / 2)


def series(steps, name, labels):
    """[(mean, low, high)] over the runs, a row per step; shares in percent."""
    if name == "on_time":
        with np.errstate(invalid="ignore"):  # a step in which a run generated nothing has no share
            values = 100 * steps["on_time"] / steps["generated"]
    elif name == "packets":
        width = np.diff(steps["t_s"])[0] if len(steps["t_s"]) > 1 else 1.0
        values = steps["attack_packets"] / width
    elif name == "table":
        values = steps[_table_key(labels, steps)]
    else:
        values = {"latency": lambda: steps["latency_mean_s"], "busy": lambda: 100 * steps["busy_share"]}[name]()
    found = np.array([intervals.student(column) for column in values.T])
    return np.clip(found, 0, 100) if name in ("on_time", "busy") else found


def _table_key(labels, steps):
    wanted = attacks.table_of(labels)
    return wanted if wanted in steps else "connections"


def _line(axis, times, values, colour):
    mean, low, high = values.T
    axis.plot(times, mean, color=colour, linewidth=1.5)
    axis.fill_between(times, np.where(np.isnan(low), mean, np.maximum(low, 0)), np.where(np.isnan(high), mean, high),
                      color=colour, alpha=0.18, linewidth=0)


def _finish(row_axes, columns, rows, results):
    """Limits and the shaded time of the attack in the panels of one attack."""
    labels = rows.iloc[0]
    period = results.periods.get(rows.index[0])
    for name, axis in zip(columns, row_axes):
        table = attacks.TABLE_NAMES[attacks.table_of(labels)]
        axis.set_ylabel(f"{table}\n{attacks.PANELS[name]}" if name == "table" else attacks.PANELS[name])
        if name in ("on_time", "busy"):
            axis.set_ylim(-3, 105)
        else:
            axis.set_ylim(bottom=0)
        if period:
            axis.axvspan(*period, color=_SHADE, linewidth=0, zorder=0)


def _rows(labels, name, times, values):
    for time, (mean, low, high) in zip(times, values):
        yield {"threat": labels["threat"], "variant": labels.get("variant", ""), "defence": labels["defences"], "series": name,
               "t_s": time, "mean": mean, "low_95": low, "high_95": high}


def _table(results, groups):
    heads = ["attack", "defence", "on time before, %", "during, %", "after, %", "processor busy during, %", "table, most in it"]
    rows = []
    for heading, part in groups:
        for combination, labels in part.iterrows():
            steps, period = timeline_of(results, combination), results.periods.get(combination)
            begin, end = period or (steps["t_s"][0], math.inf)
            inside = (steps["t_s"] >= begin) & (steps["t_s"] < end)
            key = _table_key(labels, steps)
            busy = intervals.student(100 * _mean(steps["busy_share"][:, inside]))
            most = intervals.student(steps[key].max(axis=1))
            rows.append([heading, labels["defences"],
                         *(_share(steps, chosen) for chosen in (steps["t_s"] < begin, inside, steps["t_s"] >= end)),
                         _plus_minus(busy, 1), f"{_plus_minus(most, 0)} {attacks.TABLE_NAMES[key]}"])
    return {"heads": heads, "labels": {0, 1, 6}, "rows": rows}


def _mean(array):
    return array.mean(axis=1) if array.shape[1] else np.full(array.shape[0], math.nan)


def _share(steps, chosen):
    if not chosen.any():
        return "–"
    return _plus_minus([100 * value for value in intervals.share(steps["on_time"][:, chosen].sum(axis=1),
                                                                 steps["generated"][:, chosen].sum(axis=1))], 1)


def _plus_minus(value, digits):
    """'93.1 ±2.0'; of an interval that is not even on both sides, the wider one."""
    mean, low, high = value
    if math.isnan(mean):
        return "–"
    half = max(mean - low, high - mean)
    return f"{mean:,.{digits}f}" + ("" if math.isnan(half) else f" ±{half:,.{digits}f}")
