# SPDX-License-Identifier: GPL-2.0-only
"""scripts/chart: sequence charts from the diaries of runs, with a line for every node that speaks."""

import re
from pathlib import Path

from . import arguments
from .project import UserError, run_command, write_bytes

_MOST = 400  # arrows of a chart that can still be read
_MINOR = ("mac-ack", "mac-poll")


def main(words):
    diaries, options = arguments.parse(words, ["from", "to", "titles", "output"])
    if not diaries:
        raise UserError("expected a diary, as in scripts/chart run.jsonl (scripts/sim --events=run.jsonl writes one)")
    begin, end = _seconds(options, "from", 0.0), _seconds(options, "to", float("inf"))
    titles = options["titles"].split("|") if "titles" in options else [Path(name).stem for name in diaries]
    if len(titles) != len(diaries):
        raise UserError(f"--titles={options['titles']}: expected {len(diaries)} of them, with | in between")
    output = Path(options.get("output", Path(diaries[0]).with_suffix(".svg")))
    if output.suffix != ".svg":
        raise UserError(f"--output={output}: expected a name that ends with .svg")
    runs = [_read(name) for name in diaries]
    charts = [_extract(events, title, begin, end) for events, title in zip(runs, titles)]
    for chart, name in zip(charts, diaries):
        arrows = len(chart.frames) + len(chart.messages)
        if not 0 < arrows <= _MOST:
            raise UserError(f"{name}: {arrows} messages from {begin:g} s to {end:g} s, expected 1 to {_MOST} (--from and --to choose)")
    write_bytes(output, draw(charts, begin))
    print(output)
    return 0


def _seconds(options, name, default):
    text = options.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d+(\.\d+)?s?", text):
        raise UserError(f"--{name}={text}: expected seconds, such as 60 or 60.5")
    return float(text.rstrip("s"))


def _read(name):
    from .ladder import read_events
    try:
        events = read_events(name)
    except OSError as error:
        raise UserError(f"{name}: {error.strerror}") from None
    except ValueError:
        raise UserError(f"{name}: no diary; expected a file of scripts/sim --events=FILE") from None
    if not all(isinstance(event, dict) and "type" in event for event in events):
        raise UserError(f"{name}: no diary; expected a file of scripts/sim --events=FILE")
    return events


def _extract(events, title, begin, end):
    """A ladder (times from begin on) that knows its nodes, and when each was connected."""
    from .ladder import Ladder
    chart = Ladder(title, "")
    chart.online = {}
    names = set()
    for event in events:
        kind = event["type"]
        if kind in ("frame", "message"):
            _note_session(chart.online, event, begin)
        spoken = kind == "message" or kind == "frame" and event["protocol"] not in _MINOR
        if not (spoken or kind == "report") or not begin <= event["t"] <= end:
            continue
        here = {**event, "t": event["t"] - begin}
        {"frame": chart.frames, "message": chart.messages, "report": chart.reports}[kind].append(here)
        names |= {event["from"], event["to"]} - {""} if spoken else {event["node"]}
    chart.nodes = sorted(names, key=lambda name: ({"s": 0, "r": 1, "h": 2, "c": 3}.get(name[0], 4), name))
    chart.end = max((event["t"] + event.get("duration", 0) for event in chart.frames + chart.messages + chart.reports), default=0)
    return chart


def _note_session(online, event, begin):
    """From CONNECT to DISCONNECT, by node: [(begin, end or None)]."""
    word, sessions = event["label"].split(" ")[0], online.setdefault(event["from"], [])
    if event["from"] in ("host", "router"):
        return
    if word == "CONNECT" and not (sessions and sessions[-1][1] is None):
        sessions.append((event["t"] - begin, None))
    elif word == "DISCONNECT" and sessions:
        sessions[-1] = (sessions[-1][0], event["t"] - begin)


def draw(charts, begin):
    """SVG with a chart per diary; time runs downwards."""
    from matplotlib import pyplot

    from . import style
    paper = _Rows(charts)
    widths = [max(2.4, 1.15 * len(chart.nodes)) for chart in charts]
    figure, axes = pyplot.subplots(1, len(charts), sharey=True, squeeze=False, layout="constrained", width_ratios=widths,
                                   figsize=(sum(widths) + 0.8, max(3.0, min(24.0, 1.2 + 0.2 * paper.length))))
    for axis, chart in zip(axes[0], charts):
        _one(axis, chart, paper)
    shown = sorted({paper.first, *(right for _, right in paper.breaks)})
    axes[0][0].set_yticks([paper(time) for time in shown], [f"{begin + time:.3f} s" for time in shown], fontsize=7.5)
    axes[0][0].set_ylabel("simulated time (quiet stretches are drawn short)")
    return style.as_svg(figure, "chart")


class _Rows:
    """Maps time to rows of paper: one for each instant at which something starts, more after a quiet stretch."""

    _QUIET = 0.3  # s

    def __init__(self, charts):
        moments = sorted({event["t"] for chart in charts for event in chart.frames + chart.messages + chart.reports})
        self.first, self.last = moments[0], max(chart.end for chart in charts)
        self.breaks, self._times, self._places = [], [self.first], [0.5]
        for left, right in zip(moments, moments[1:]):
            quiet = right - left > self._QUIET
            if quiet:
                self.breaks.append((left, right))
            self._times.append(right)
            self._places.append(self._places[-1] + (2.5 if quiet else 1))
        self.length = self._places[-1] + 1

    def __call__(self, time):
        import numpy
        return numpy.interp(time, [*self._times, self._times[-1] + 0.01], [*self._places, self.length])


def _one(axis, chart, paper):
    from . import style
    place = {name: index for index, name in enumerate(chart.nodes)}
    for name, x in place.items():
        axis.plot([x, x], [0, paper.length], color="#444444", linewidth=1.0, zorder=1)
        title = {"router": "border\nrouter", "host": "host"}.get(name, name)
        axis.annotate(title, (x, 0), (0, 5), textcoords="offset points", ha="center", va="bottom", fontsize=8, color=style.GREY)
        for start, stop in chart.online.get(name, []):
            stop = paper.last + 1 if stop is None else stop
            if stop > paper.first and start < paper.last:
                axis.plot([x, x], [paper(start) if start > paper.first else 0, paper(stop)], color="#9cc9e8", linewidth=6, solid_capstyle="butt", zorder=0)
    for left, right in paper.breaks:
        axis.axhspan(paper(left) + 0.75, paper(right) - 0.75, color="#f0f0f0", zorder=-1)
    for event in sorted(chart.frames + chart.messages, key=lambda event: event["t"]):
        if event["from"] in place and event["to"] in place:
            _arrow(axis, event, place, paper)
    for report in chart.reports:
        begins = report["what"] == "generated"
        axis.plot([place[report["node"]]], [paper(report["t"])], marker="o" if begins else "*", markersize=8 if begins else 13,
                  color="#3a9a4a", markeredgecolor="white", zorder=6)
    axis.set_xlim(-0.5, len(chart.nodes) - 0.5)
    axis.set_ylim(paper.length, 0)
    axis.set_xticks([])
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_title(chart.title, loc="center", pad=26, fontsize=9.5)


def _arrow(axis, event, place, paper):
    """From the first bit to the last, not far below; crossed out where it was lost."""
    from . import ladder
    left, right = place[event["from"]], place[event["to"]]
    top = paper(event["t"])
    bottom = min(paper(event["t"] + event.get("duration", 0)), top + 0.6)
    again = event.get("retransmission", "")
    colour = ladder.LAYERS.get(again, "#333333")
    lost = event.get("outcome", "received") != "received"
    reach = left + (right - left) * (0.6 if lost else 1)
    axis.annotate("", (reach, bottom), (left, top), arrowprops={
        "arrowstyle": "-" if lost else "-|>", "color": colour, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9})
    if lost:
        axis.plot([reach], [bottom], marker="x", color="#d11", markersize=8, markeredgewidth=2, zorder=5)
    text = ladder.message_text(event) + (" (again)" if again else "")
    axis.text((left + right) / 2, (top + bottom) / 2, text, fontsize=6.5, va="center", ha="center", zorder=4, color=colour,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85})


if __name__ == "__main__":
    run_command("scripts/chart", main)
