# SPDX-License-Identifier: GPL-2.0-only
"""The replay matrix: a row for each way and delay, a column for each stack, the outcome in the cell.

An outcome belongs to one replayed message and is judged at the victim. A cell adds up the messages
of all runs; where the runs disagree, or the messages of one run do, it shows the split.
"""

import re
from dataclasses import dataclass

import pandas
from matplotlib import pyplot
from matplotlib.patches import Rectangle

from . import intervals
from .attacks import OUTCOMES, WAYS, seconds
from .project import UserError

_LAYER = re.compile(r"^(tcp|udp|tls|dtls|mqtt|coap) ")  # the column says which; the table below has it
_COUNTS, _REASONS, _SKIPPED = "attack.replay.outcomes.", "attack.replay.reasons.", "attack.replay.skipped."


@dataclass(frozen=True)
class Cell:
    """What became of the messages of one combination, in all runs."""
    counts: dict  # outcome -> messages, only those above 0, most frequent first
    reasons: dict  # text -> messages
    verdicts: list  # the most frequent outcome of each run, in the order of the runs; None for a run that replayed nothing
    skipped: int

    @property
    def total(self):
        return sum(self.counts.values())

    def agrees(self):
        """Whether all messages of all runs had one outcome."""
        return len(self.counts) <= 1 and None not in self.verdicts

    def runs_agree(self):
        return len(set(self.verdicts)) <= 1


def cell_of(rows):
    """From the runs of one combination (a data frame)."""
    counts = _sums(rows, _COUNTS)
    verdicts = []
    for _, row in rows.iterrows():
        of_run = {name: row.get(_COUNTS + name, 0) for name in OUTCOMES}
        most = max(of_run, key=lambda name: of_run[name] if of_run[name] == of_run[name] else 0)
        verdicts.append(most if of_run[most] > 0 else None)
    return Cell(counts, _sums(rows, _REASONS), verdicts, sum(_sums(rows, _SKIPPED).values()))


def _sums(rows, prefix):
    found = {name.removeprefix(prefix): int(rows[name].sum()) for name in rows.columns if name.startswith(prefix)}
    return dict(sorted(((name, count) for name, count in found.items() if count), key=lambda item: (-item[1], item[0])))


def words(cell, width=17):
    """The lines in a cell."""
    if not cell.total:
        return ["nothing to replay"] if not cell.skipped else ["could not", "be sent again"]
    if cell.agrees():
        lines = _wrapped(OUTCOMES[next(iter(cell.counts))][0], width)
    else:
        lines = [f"{_share(count, cell.total)} {_short(name)}" for name, count in cell.counts.items()]
    reasons = [_LAYER.sub("", text) for text in cell.reasons if cell.agrees() or "closed" not in text]
    lines += [part for text in reasons for part in _wrapped(text, width)][:2]
    lines.append(f"{cell.total:,} messages")
    if not cell.runs_agree():
        lines.append("runs: " + ", ".join(f"{cell.verdicts.count(name)} {_short(name)}" for name in dict.fromkeys(cell.verdicts)))
    return lines


def _share(count, total):
    """'37 %', but never 0 % or 100 % for what is neither none nor all."""
    percent = 100 * count / total
    return "<1 %" if percent < 1 else ">99 %" if 99 < percent < 100 else f"{percent:.0f} %"


def _short(name):
    return {"accepted": "accepted", "connection_lost": "conn. lost", "duplicate": "ignored", "rejected": "rejected",
            "unreachable": "no effect", None: "nothing sent"}[name]


def _wrapped(text, width):
    rows = [""]
    for word in re.sub(r" (s|late)\b", "\u00a0\\1", text).split(" "):
        if rows[-1] and len(rows[-1]) + len(word) + 1 > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def draw(results, spec, table):
    """Figure, data, and in data.attrs the table that stands below it."""
    table = table[table["replayed"].notna()] if "replayed" in table else table.iloc[:0]
    if table.empty:
        raise UserError(f"figure {spec.get('name')}: expected combinations with --attack=replay")
    if table.reindex(columns=["replayWay", "replayDelay"]).isna().any(axis=None):
        raise UserError(f"figure {spec.get('name')}: expected replayWay and replayDelay in each combination with --attack=replay")
    ways = _ways(table)
    stacks = list(dict.fromkeys(table["variant"]))
    cells, combinations = {}, {}
    for combination, labels in table.iterrows():
        place = ways.index((labels["replayWay"], labels["replayDelay"])), stacks.index(labels["variant"])
        if place in cells:
            raise UserError(f"figure {spec.get('name')}: several combinations fall on one cell; expected a condition")
        cells[place] = cell_of(results.runs[results.runs["combination"] == combination])
        combinations[place] = combination
    figure = _paint(cells, [table[(table["replayWay"] == way) & (table["replayDelay"] == delay)]["replayed"].iloc[0]
                            for way, delay in ways], stacks)
    data = pandas.DataFrame(_rows(results, cells, combinations, table))
    data.attrs["table"] = _table(results, cells, combinations, table)
    return figure, data


def _ways(table):
    known = list(WAYS)
    pairs = {(row["replayWay"], row["replayDelay"]) for _, row in table.iterrows()}
    return sorted(pairs, key=lambda pair: (known.index(pair[0]) if pair[0] in known else len(known), seconds(pair[1])))


def _paint(cells, way_names, stacks):
    width, height = 1.16, 0.8
    figure, axis = pyplot.subplots(figsize=(1.3 + width * len(stacks), 0.9 + height * len(way_names)), layout="constrained")
    for row in range(len(way_names)):
        for column in range(len(stacks)):
            cell = cells.get((row, column))
            if cell is None:
                axis.add_patch(Rectangle((column + .03, row + .04), .94, .92, facecolor="white", edgecolor="#e6e6e6", hatch="////", linewidth=0.5))
            else:
                _paint_cell(axis, cell, column, row)
    axis.set_xlim(0, len(stacks))
    axis.set_ylim(len(way_names), 0)
    axis.set_xticks([column + .5 for column in range(len(stacks))], [_two_lines(name) for name in stacks], fontweight="bold")
    axis.set_yticks([row + .5 for row in range(len(way_names))], ["\n".join(_wrapped(name, 17)) for name in way_names])
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    axis.grid(False)
    for side in axis.spines.values():
        side.set_visible(False)
    used = [name for name in OUTCOMES if any(name in cell.counts for cell in cells.values())]
    handles = [Rectangle((0, 0), 1, 1, color=OUTCOMES[name][1], label=OUTCOMES[name][0]) for name in used]
    if len(cells) < len(way_names) * len(stacks):
        handles.append(Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="#cccccc", hatch="////", label="not tried, or not possible"))
    figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=min(len(handles), 6))
    return figure


def _paint_cell(axis, cell, column, row):
    """Filled from the left by outcome, as large as its share of the messages."""
    left, room = column + .03, .94
    if not cell.total:
        axis.add_patch(Rectangle((left, row + .04), room, .92, facecolor="#f2f2f2", linewidth=0))
    for name in [name for name in OUTCOMES if name in cell.counts]:
        part = room * cell.counts[name] / cell.total
        axis.add_patch(Rectangle((left, row + .04), part, .92, facecolor=OUTCOMES[name][1], linewidth=0))
        left += part
    lines = words(cell)
    axis.text(column + .5, row + .5, "\n".join(lines), ha="center", va="center", fontsize=7.2 if len(lines) < 5 else 6.3, linespacing=1.15)


def _two_lines(name):
    return "\n".join(_wrapped(name, 12))


def _rows(results, cells, combinations, table):
    for place, cell in sorted(cells.items()):
        labels = table.loc[combinations[place]]
        for name in OUTCOMES:
            low, high = intervals.clopper_pearson(cell.counts.get(name, 0), cell.total)
            yield {"variant": labels["variant"], "replayWay": labels["replayWay"], "replayDelay": labels["replayDelay"],
                   "outcome": name, "messages": cell.counts.get(name, 0), "of": cell.total, "low_95": low, "high_95": high,
                   "runs": sum(verdict == name for verdict in cell.verdicts)}


def _table(results, cells, combinations, table):
    """A row for each cell: outcome and reason in full, and what it cost honest sensors."""
    heads = ["stack", "sent again", "messages", "reports it cost a run", "outcome at the victim", "the victim's reasons"]
    rows = []
    for (_, column), (place, cell) in sorted(((place[1], place[0]), (place, cell)) for place, cell in cells.items()):
        labels = table.loc[combinations[place]]
        outcome = ", ".join(f"{count:,} {OUTCOMES[name][0]}" if not cell.agrees() else OUTCOMES[name][0] for name, count in cell.counts.items())
        if cell.skipped:
            outcome = ", ".join(part for part in (outcome, f"{cell.skipped} could not be sent") if part)
        if not cell.runs_agree():
            outcome += "; runs: " + ", ".join(f"{cell.verdicts.count(name)} {_short(name)}" for name in dict.fromkeys(cell.verdicts))
        reasons = ", ".join(f"{text} ({count:,})" for text, count in cell.reasons.items())
        rows.append([labels["variant"], labels["replayed"], f"{cell.total:,}", cost(results, combinations[place]), outcome or "–", reasons or "–"])
    return {"heads": heads, "labels": {0, 1, 4, 5}, "rows": rows}


def cost(results, combination):
    """'12.4 ±1.1 of 300', against the same run without the attack."""
    if "reports_cost" not in results.measures:
        return "–"
    mean, low, high = results.value(combination, "reports_cost")
    if mean != mean:
        return "–"
    generated = results.runs.loc[results.runs["combination"] == combination, "reports.generated"].mean()
    return f"{mean:.1f}" + (f" ±{high - mean:.1f}" if high == high else "") + f" of {generated:.0f}"
