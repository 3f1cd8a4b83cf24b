# SPDX-License-Identifier: GPL-2.0-only
"""The figures of a report, each described by a [[figure]] of the experiment file:

name, title, read   file name, heading, and two sentences on how to read it
kind                lines, tradeoff, cdf, stacked or bars; of attacks matrix (matrix.py), floods (floods.py), timeline (timeline.py)
where               condition: the combinations it shows
rows, columns       a parameter each, with a panel per value (reliability: raw TCP and UDP join every panel)
x, y, along         the parameter or measures drawn; y may be a list; `along` is what a tradeoff line follows
by                  a series per value (default: variant, the stack in words), or per combination of the values of a list of parameters
log                 true: logarithmic vertical (tradeoff, lines) axis

Every mark is the mean over the runs and carries its 95 % confidence interval.
"""

import importlib
import math

import numpy as np
import pandas
from matplotlib import pyplot
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from . import intervals, style, variants
from .measures import ALIASES, MEASURES, hint_for, label_of
from .project import UserError


def draw(results, spec):
    """(matplotlib figure, data frame) for a [[figure]]."""
    if results.experiment.repeat < 2:
        raise UserError("a figure is not drawn from one run per combination: expected repeat of at least 2")
    table = results.where(spec.get("where"))
    if not len(table):  # .empty is true without a parameter, too
        raise UserError(f"figure {spec.get('name')}: where '{spec.get('where', '')}' leaves no combination")
    by = _by(results, spec)
    if isinstance(by, str) and table[by].isna().any():
        by = [by]  # a series of those that leave it out, too
    if isinstance(by, list):
        table = table.assign(**{_JOINED: [_joined(results, by, row) for _, row in table.iterrows()]})
        spec = {**spec, "by": _JOINED}
    return _KINDS[spec["kind"]](results, spec, table)


_JOINED = "of several parameters"


def _joined(results, names, row):
    """The values of several parameters as one text, without those that the combination leaves out."""
    values = ((name, row[column_name(results, name)]) for name in names)
    texts = [style.parameter_value(name, value) for name, value in values if value == value]
    return ", ".join(texts or ["–"] * bool(names))


def measure_name(results, name):
    name = ALIASES.get(name, name)
    if name not in results.measures:
        raise UserError(f"unknown measure {name}: {hint_for(name, results.measures)}")
    return name


def column_name(results, name):
    known = results.parameters + results.described
    if name not in known:
        raise UserError(f"parameter {name}: expected one of {', '.join(known)}")
    return name


def _by(results, spec):
    if "by" in spec:
        return spec["by"] if spec["by"] == _JOINED or isinstance(spec["by"], list) else column_name(results, spec["by"])
    if "variant" in results.described:
        return "variant"
    varied = [name for name in results.varied() if name not in (spec.get("x"), spec.get("rows"), spec.get("columns"))]
    return varied[0] if varied else results.parameters[:1]


def _panels(results, spec, table, measures=(None,)):
    """(row title, column title, measure, part of the table) of each panel, by rows and columns."""
    grid = []
    for row, row_part in _split(results, spec.get("rows"), table):
        for measure in measures:
            grid.append([(row, column, measure, part) for column, part in _split(results, spec.get("columns"), row_part)])
    return grid


def _split(results, name, table):
    if not name:
        return [("", table)]
    column_name(results, name)
    values = [value for value in dict.fromkeys(table[name]) if value == value]
    if name == "reliability":
        values = [value for value in variants.CLASSES if value in values] or values
        return [(value, table[table[name].isin([value, variants.FLOOR])]) for value in values]
    if name != "variant":  # which has an order of its own
        values.sort(key=_order)
    return [(style.parameter_value(name, value), table[table[name] == value]) for value in values]


def _order(value):
    """Numbers before texts, for a parameter may have both."""
    return isinstance(value, str), value


def _series(by, part):
    return [(value, rows) for value, rows in part.groupby(by, sort=False, dropna=False)]


def _looks(by, table):
    """How each series is drawn; by the stack, where that tells them apart."""
    rows = {value: rows.iloc[0] for value, rows in _series(by, table)}
    looks = {value: variants.look(row if by in ("variant", "case") else {}, index) for index, (value, row) in enumerate(rows.items())}
    if len({str(look) for look in looks.values()}) < len(looks):
        return {value: variants.look({}, index) for index, value in enumerate(rows)}
    return looks


def _check_one_each(part, keys, spec):
    """A mark stands for one combination; two at one place would be a mean over unlike things."""
    twice = part[part.duplicated(keys, keep=False)]
    if not twice.empty:
        differing = [name for name in part.columns if name not in keys and twice[name].astype(str).nunique() > 1
                     and name not in ("variant", "protocol", "security", "reliability")]
        raise UserError(f"figure {spec.get('name')}: several combinations fall on one mark; "
                        f"expected a condition or --by for {' or '.join(differing)}")


def _grid(grid, width=4.6, height=3.1, **options):
    rows, columns = len(grid), max(len(row) for row in grid)
    figure, axes = pyplot.subplots(rows, columns, squeeze=False, layout="constrained",
                                   figsize=(width * columns, height * rows), **options)
    for axis in axes.flat:
        axis.tick_params(labelbottom=True)  # a shared axis is numbered in every row: one need not scroll down for it
    return figure, axes


def _legend(figure, looks, extra=(), by="variant"):
    handles = [Line2D([], [], **look, label=str(value) if by == "variant" else style.parameter_value(by, value))
               for value, look in looks.items() if value != ""]
    if not handles and not extra:
        return  # one series without a name
    figure.legend(handles=[*handles, *extra], loc="outside lower center" if _outside() else "lower center",
                  bbox_to_anchor=None if _outside() else (0.5, 1.0), ncol=4, handlelength=2.6)


def _outside():
    """matplotlib 3.7 places a figure's legend outside by itself; 3.6 needs to be told where."""
    return tuple(int(part) for part in pyplot.matplotlib.__version__.split(".")[:2]) >= (3, 7)


def _titles(axis, row, column):
    title = ", ".join(part for part in (column, row) if part)
    if title:
        axis.set_title(title[0].upper() + title[1:])


def scale_of(name):
    return 100 if name == "loss" or name.endswith("_share") else 1


def axis_label(name):
    label = label_of(name)
    return label.replace("(share of ", "(% of ")


def _points(results, part, measure, scale):
    """Mean, and the lengths of the bars below and above it."""
    values = np.array([results.value(combination, measure) for combination in part.index], dtype=float) * scale
    mean, low, high = values.T
    return mean, np.nan_to_num(mean - low, nan=0, posinf=0), np.nan_to_num(high - mean, nan=0, posinf=0)


def _mark_infinite(axis, xs, means, look):
    """A quantile that falls on lost reports has no value: an open mark at the upper edge."""
    for x in np.asarray(xs)[np.isinf(means)]:
        axis.plot([x], [1.0], transform=axis.get_xaxis_transform(), marker="^", markersize=8, markerfacecolor="white",
                  markeredgecolor=look["color"], linestyle="none", clip_on=False, zorder=5)


def _data(results, part, measures, extra):
    rows = []
    for combination, labels in part.iterrows():
        for measure in measures:
            mean, low, high = results.value(combination, measure)
            rows.append({**extra, **labels, "measure": measure, "mean": mean, "low_95": low, "high_95": high})
    return rows


def lines(results, spec, table):
    by, x = _by(results, spec), column_name(results, spec.get("x"))
    table = _with(x, spec, table)
    measures = [measure_name(results, name) for name in as_list(spec.get("y"))]
    grid = _panels(results, spec, table, measures)
    looks, data, infinite = _looks(by, table), [], False
    figure, axes = _grid(grid, sharex="col" if not spec.get("rows") else False, sharey="row")
    numeric = pandas.api.types.is_numeric_dtype(table[x])
    shift = _side_by_side(list(looks), table[x] * scale_of(x)) if numeric else {}
    drawn_on = {axis: [] for axis in axes.flat}
    for axis, (row, column, measure, part) in _cells(axes, grid):
        _check_one_each(part, [by, x], spec)
        for value, rows in _series(by, part):
            rows = rows.sort_values(x, key=lambda values: values.map(_order))
            xs = rows[x] * scale_of(x) + shift[value] if numeric else rows[x].astype(str)
            mean, below, above = _points(results, rows, measure, scale_of(measure))
            drawn = np.where(np.isinf(mean), np.nan, mean)
            drawn_on[axis] += [value for value in drawn if value > 0]
            axis.errorbar(xs, drawn, yerr=[np.minimum(below, 0.98 * drawn) if spec.get("log") else below, above], capsize=2, elinewidth=0.9, **looks[value])
            _mark_infinite(axis, xs, mean, looks[value])
            infinite |= bool(np.isinf(mean).any())
        data += _data(results, part, [measure], {})
        _titles(axis, row, column)
        axis.set_xlabel(style.parameter_label(x))
        axis.set_ylabel(wrap(axis_label(measure)))
        if numeric and table[x].nunique() <= 8:
            axis.set_xticks(_apart(part[x].unique() * scale_of(x)))
            axis.xaxis.set_major_formatter(FuncFormatter(_plain))
        axis.measure = measure
    for row in axes:
        _limits(row, spec, [value for axis in row for value in drawn_on[axis]])
    extra = [Line2D([], [], marker="^", markerfacecolor="white", markeredgecolor=style.GREY, linestyle="none", markersize=8,
                    label="no value: too many reports lost")] if infinite else []
    _legend(figure, looks, extra, by)
    return figure, pandas.DataFrame(data)


def _with(name, spec, table):
    """The combinations that have a value of the parameter: where it has no effect it has none."""
    table = table[table[name].notna()]
    if table.empty:
        raise UserError(f"figure {spec.get('name')}: no combination has a {name}")
    return table


def _apart(values):
    """Of the values of an axis those whose numbers do not lie on each other; the largest is one."""
    kept = []
    for value in sorted(values, reverse=True):
        if not kept or kept[-1] - value >= 0.05 * (max(values) - min(values)):
            kept.append(value)
    return kept[::-1]


def _side_by_side(series, xs):
    """A small step between the series, so that bars at the same x do not hide each other."""
    step = 0.004 * (xs.max() - xs.min())
    return {value: step * (index - (len(series) - 1) / 2) for index, value in enumerate(series)}


def _limits(row, spec, drawn):
    """The vertical axis that the panels of a row share: logarithmic only where `drawn` spans much."""
    for axis in row:
        if getattr(axis, "measure", "").endswith("_share"):
            axis.set_ylim(-2, 103)
        elif spec.get("log") and drawn and max(drawn) > 6 * min(drawn):
            axis.set_yscale("log")
            axis.set_ylim(bottom=min(drawn) / 1.5)
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if max(drawn) < 100 * min(drawn) else (1,)))
            axis.yaxis.set_major_formatter(FuncFormatter(_plain))
            axis.yaxis.set_minor_formatter(NullFormatter())
        else:
            axis.set_ylim(bottom=0)


def tradeoff(results, spec, table):
    by, x, y = _by(results, spec), measure_name(results, spec.get("x")), measure_name(results, spec.get("y"))
    along = column_name(results, spec.get("along"))
    table = _with(along, spec, table)
    if not pandas.api.types.is_numeric_dtype(table[along]):
        raise UserError(f"figure {spec.get('name')}: along {along} (expected a parameter whose values are numbers)")
    grid, looks, data = _panels(results, spec, table), _looks(by, table), []
    figure, axes = _grid(grid, 4.9, 3.6, sharex="row", sharey=True)
    steps = sorted(table[along].unique())
    for axis, (row, column, _, part) in _cells(axes, grid):
        _check_one_each(part, [by, along], spec)
        for value, rows in _series(by, part):
            rows = rows.sort_values(along)
            xs, left, right = _points(results, rows, x, scale_of(x))
            ys, below, above = _points(results, rows, y, scale_of(y))
            look = looks[value]
            axis.plot(xs, ys, color=look["color"], linestyle=look["linestyle"], linewidth=1.2, zorder=2)
            axis.errorbar(xs, ys, xerr=[left, right], yerr=[below, above], fmt="none", ecolor=look["color"], elinewidth=0.8)
            sizes = [_size(steps.index(step)) for step in rows[along]]
            axis.scatter(xs, ys, s=sizes, color=look["color"], marker=look["marker"], zorder=3, edgecolors="white", linewidths=0.6)
        data += _data(results, part, [x, y], {})
        _titles(axis, row, column)
        axis.set_xlabel(axis_label(x))
        axis.set_ylabel(wrap(axis_label(y)))
    _limits(axes[0], spec, [value for axis in axes.flat for line in axis.lines for value in line.get_ydata() if value > 0])
    extra = [Line2D([], [], marker="o", color=style.GREY, linestyle="none", markersize=math.sqrt(_size(index)),
                    label=style.parameter_value(along, step)) for index, step in enumerate(steps)]
    _legend(figure, looks, extra, by)
    return figure, pandas.DataFrame(data)


def _size(index):
    return 22 + 24 * index


def cdf(results, spec, table):
    by = _by(results, spec)
    grid, looks, data = _panels(results, spec, table), _looks(by, table), []
    figure, axes = _grid(grid, 4.9, 3.1)
    times = np.logspace(-2, 2, 161)
    for axis, (row, column, _, part) in _cells(axes, grid):
        _check_one_each(part, [by], spec)
        for value, rows in _series(by, part):
            combination = rows.index[0]
            curves = _curves(results, combination, times)
            mean, low, high = np.array([intervals.student(column_) for column_ in curves.T]).T * 100
            look = looks[value]
            axis.plot(times, mean, color=look["color"], linestyle=look["linestyle"], linewidth=1.5)
            axis.fill_between(times, np.clip(low, 0, 100), np.clip(high, 0, 100), color=look["color"], alpha=0.18, linewidth=0)
            labels = {name: rows.iloc[0][name] for name in results.varied() + [by]}
            data += [{**labels, "latency_s": t, "share": m / 100, "low_95": l / 100, "high_95": h / 100}
                     for t, m, l, h in zip(times, mean, low, high)]
        _titles(axis, row, column)
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(FuncFormatter(_plain))
        axis.set_xlim(times[0], times[-1])
        axis.set_ylim(0, 101)
        axis.set_xlabel("latency from reading to collector (s)")
        axis.set_ylabel("generated reports that\nhave arrived (%)")
    _legend(figure, {value: {**look, "marker": None} for value, look in looks.items()}, by=by)
    return figure, pandas.DataFrame(data)


def _curves(results, combination, times):
    """A row per run: the share of generated reports that arrived within each time."""
    rows = results.runs[results.runs["combination"] == combination]
    curves = []
    for run, generated in zip(rows["RngRun"], rows["reports.generated"]):
        samples = results.samples[combination, run]
        if samples is None:
            raise UserError("the records hold no reports.latency_samples_s: expected them for a latency figure")
        curves.append(np.searchsorted(samples, times, side="right") / max(generated, 1))
    return np.array(curves)


def stacked(results, spec, table):
    by = _by(results, spec)
    parts = [measure_name(results, name) for name in as_list(spec.get("y"))]
    grid, data = _panels(results, spec, table), []
    labels = [str(value) for value, _ in _series(by, table)]
    width = {1: 7.0, 2: 4.2}.get(len(grid[0]), 2.7)
    figure, axes = _grid(grid, width, 0.6 + 0.23 * len(labels), sharey=True, sharex=True)
    for axis, (row, column, _, part) in _cells(axes, grid):
        _check_one_each(part, [by], spec)
        for value, rows in _series(by, part):
            position, left = labels.index(str(value)), 0.0
            combination = rows.index[0]
            for measure in parts:
                mean = results.value(combination, measure)[0]
                axis.barh(position, mean, left=left, color=style.part_colour(measure), height=0.72, edgecolor="white", linewidth=0.4)
                left += mean
            total = results.runs.loc[results.runs["combination"] == combination, parts].sum(axis=1)
            mean, low, high = intervals.student(total)
            axis.errorbar(mean, position, xerr=[[mean - low], [high - mean]], color="black", elinewidth=0.9, capsize=2, fmt="none")
        data += _data(results, part, parts, {})
        _titles(axis, row, column)
        axis.set_yticks(range(len(labels)), labels)
        axis.grid(axis="y", visible=False)
    for axis in axes[-1]:
        axis.set_xlabel(wrap(_unit_of(parts), 24))
        axis.set_xlim(left=0)
    axes[0][0].set_ylim(len(labels) - 0.4, -0.6)
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=style.part_colour(name), label=label_of(name)) for name in parts]
    figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=min(len(handles), 6))
    return figure, pandas.DataFrame(data)


def _unit_of(parts):
    if parts[0].startswith("energy"):
        return "mJ per generated report"
    if parts[0].startswith("bytes"):
        return "bytes on air per generated report"
    return "per generated report"


def bars(results, spec, table):
    by = _by(results, spec)
    measures = [measure_name(results, name) for name in as_list(spec.get("y"))]
    labels = [str(value) for value, _ in _series(by, table)]
    looks, data = _looks(by, table), []
    figure, axes = pyplot.subplots(1, len(measures), squeeze=False, sharey=True, layout="constrained",
                                   figsize=(_bars_width(measures, labels), 0.8 + 0.24 * len(labels)))
    _check_one_each(table, [by], spec)
    for axis, measure in zip(axes[0], measures):
        for value, rows in _series(by, table):
            position = labels.index(str(value))
            mean, below, above = _points(results, rows, measure, scale_of(measure))
            if np.isfinite(mean[0]):
                axis.barh(position, mean[0], color=looks[value]["color"], height=0.72)
                axis.errorbar(mean[0], position, xerr=[below, above], color="black", elinewidth=0.9, capsize=2, fmt="none")
                axis.annotate(short(mean[0]), (mean[0] + above[0], position), (4, 0), textcoords="offset points",
                              va="center", fontsize=7.5, color=style.GREY)
        axis.set_xlabel(wrap(axis_label(measure), 30))
        axis.margins(x=0.18)
        axis.set_xlim(left=min(0, axis.get_xlim()[0]) if _below_zero(results, table, measure) else 0)
        axis.grid(axis="y", visible=False)
    data += _data(results, table, measures, {})
    axes[0][0].set_yticks(range(len(labels)), labels)
    axes[0][0].set_ylim(len(labels) - 0.4, -0.6)
    return figure, pandas.DataFrame(data)


def _bars_width(measures, labels):
    """Inches; a single panel has to leave room for its labels."""
    return max(6.5, 3.0 * len(measures)) + 0.07 * max(0, max(map(len, labels)) - 30)


def _below_zero(results, table, measure):
    """Whether a bar leads to the left: a difference may be negative."""
    return any(results.value(combination, measure)[0] < 0 for combination in table.index)


def _cells(axes, grid):
    for axis_row, row in zip(axes, grid):
        for axis, cell in zip(axis_row, row):
            yield axis, cell
        for axis in axis_row[len(row):]:
            axis.set_visible(False)


def as_list(value):
    return value if isinstance(value, list) else [value]


def short(value):
    return f"{value:.0f}" if value >= 100 or value == 0 else f"{value:.3g}"


def _plain(value, _):
    return f"{value:g}"


def wrap(text, width=30):
    words, rows = text.split(), [""]
    for word in words:
        if len(rows[-1]) + len(word) + 1 > width and rows[-1]:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return "\n".join(rows)


def _of_attacks(module):
    return lambda results, spec, table: importlib.import_module(f"{__package__}.{module}").draw(results, spec, table)


_KINDS = {"lines": lines, "tradeoff": tradeoff, "cdf": cdf, "stacked": stacked, "bars": bars,
          **{name: _of_attacks(name) for name in ("matrix", "floods", "timeline")}}
