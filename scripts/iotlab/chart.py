# SPDX-License-Identifier: GPL-2.0-only
"""scripts/chart: sequence charts from the diaries of runs, with a line for every node that speaks."""

import re
from collections import Counter
from pathlib import Path

from . import arguments
from .project import UserError, run_command, write_bytes

_ONLINE = "#9cc9e8"
_MOST = 400  # arrows of a chart that can still be read
_MINOR = ("mac-ack", "mac-poll")
_PROTOCOLS = ("tcp", "udp", "icmpv6", "tls", "dtls", "mqtt", "coap", "raw")  # of what is not minor


def main(words):
    diaries, options = arguments.parse(words, ["from", "to", "titles", "without", "output"])
    if not diaries:
        raise UserError("expected a diary, as in scripts/chart run.jsonl (scripts/sim --events=run.jsonl writes one)")
    begin, end = _seconds(options, "from", 0.0), _seconds(options, "to", float("inf"))
    without = _protocols(options)
    titles = options["titles"].split("|") if "titles" in options else [Path(name).stem for name in diaries]
    if len(titles) != len(diaries):
        raise UserError(f"--titles={options['titles']}: expected {len(diaries)} of them, with | in between")
    output = Path(options.get("output", Path(diaries[0]).with_suffix(".svg")))
    if output.suffix != ".svg":
        raise UserError(f"--output={output}: expected a name that ends with .svg")
    runs = [_read(name) for name in diaries]
    charts = [_extract(events, title, begin, end, without) for events, title in zip(runs, titles)]
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


def _protocols(options):
    names = options["without"].split(",") if "without" in options else []
    for name in names:
        if name not in _PROTOCOLS:
            raise UserError(f"--without={options['without']}: expected protocols with commas: {', '.join(_PROTOCOLS)}")
    return names


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


def _extract(events, title, begin, end, without=()):
    """A ladder (times from begin on) that knows its nodes, and when each was connected."""
    from .ladder import Ladder
    chart = Ladder(title, "")
    chart.online = {}
    names = set()
    for event in events:
        kind = event["type"]
        if kind in ("frame", "message"):
            _note_session(chart.online, event, begin)
        spoken = kind in ("frame", "message") and event["protocol"] not in (*_MINOR, *without)
        if not (spoken or kind == "report") or not begin <= event["t"] <= end:
            continue
        here = {**event, "t": event["t"] - begin}
        {"frame": chart.frames, "message": chart.messages, "report": chart.reports}[kind].append(here)
        names |= {event["from"], event["to"]} - {""} if spoken else {event["node"]}
    chart.nodes = sorted(names, key=lambda name: ({"s": 0, "r": 1, "h": 2, "c": 3}.get(name[0], 4), name))
    _set_lanes(chart)
    chart.end = max((event["t"] + event.get("duration", 0) for event in chart.frames + chart.messages + chart.reports), default=0)
    return chart


def _set_lanes(chart):
    """Arrows of one instant that would lie on each other get rows of their own: event["lane"] counts from 0."""
    place, taken = {name: index for index, name in enumerate(chart.nodes)}, {}
    for event in chart.frames + chart.messages:
        if event["from"] not in place or event["to"] not in place:
            continue
        span = sorted((place[event["from"]], place[event["to"]]))
        lanes = taken.setdefault(event["t"], [])
        event["lane"] = next((index for index, spans in enumerate(lanes)
                              if all(span[1] <= left or right <= span[0] for left, right in spans)), len(lanes))
        if event["lane"] == len(lanes):
            lanes.append([])
        lanes[event["lane"]].append(span)
    chart.more = {time: len(lanes) - 1 for time, lanes in taken.items()}


def _note_session(online, event, begin):
    """From CONNECT to DISCONNECT, by node: [(begin, end or None)]."""
    words, sessions = event["label"].split(", "), online.setdefault(event["from"], [])
    if event["from"] in ("host", "router"):
        return
    if "CONNECT" in words and not (sessions and sessions[-1][1] is None):
        sessions.append((event["t"] - begin, None))
    elif "DISCONNECT" in words and sessions:
        sessions[-1] = (sessions[-1][0], event["t"] - begin)


def draw(charts, begin):
    """SVG with a chart per diary; time runs downwards."""
    from matplotlib import pyplot

    from . import style
    paper = _Rows(charts)
    longest = max(len(_text(event)) for chart in charts for event in chart.frames + chart.messages)
    widths = [max(2.4, max(1.15, 0.065 * longest) * len(chart.nodes)) for chart in charts]
    figure, axes = pyplot.subplots(1, len(charts), sharey=True, squeeze=False, layout="constrained", width_ratios=widths,
                                   figsize=(sum(widths) + 0.8, max(3.0, min(24.0, 1.2 + 0.2 * paper.length))))
    for axis, chart in zip(axes[0], charts):
        _one(axis, chart, paper)
    shown = sorted({paper.first, *(right for _, right in paper.breaks)})
    axes[0][0].set_yticks([paper(time) for time in shown], [f"{begin + time:.3f} s" for time in shown], fontsize=7.5)
    axes[0][0].set_ylabel("simulated time (quiet stretches are drawn short)")
    _legend(figure, charts)
    return style.as_svg(figure, "chart")


def _legend(figure, charts):
    from matplotlib.lines import Line2D
    handles = []
    if any(sessions for chart in charts for sessions in chart.online.values()):
        handles.append(Line2D([], [], color=_ONLINE, linewidth=6, label="connected to the broker"))
    for what, text in (("generated", "reading or command begins"), ("delivered", "it arrives")):
        if any(report["what"] == what for chart in charts for report in chart.reports):
            handles.append(Line2D([], [], linestyle="none", label=text, **_marker(what)))
    if any(event.get("outcome", "received") != "received" for chart in charts for event in chart.frames):
        handles.append(Line2D([], [], color="#d11", marker="x", linestyle="none", markeredgewidth=2, label="lost"))
    if handles:
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncol=2, fontsize=7.5)


def _marker(what):
    return {"marker": "o" if what == "generated" else "*", "markersize": 8 if what == "generated" else 13,
            "color": "#3a9a4a", "markeredgecolor": "white"}


class _Rows:
    """Maps time to rows of paper: one for each instant at which something starts, or as many as its arrows need,
    and more after a quiet stretch."""

    _QUIET = 0.3  # s

    def __init__(self, charts):
        moments = sorted({event["t"] for chart in charts for event in chart.frames + chart.messages + chart.reports})
        self.first, self.last = moments[0], max(chart.end for chart in charts)
        self.breaks, self._times, self._places = [], [self.first], [0.5]
        more = {time: max(chart.more.get(time, 0) for chart in charts) for time in moments}
        for left, right in zip(moments, moments[1:]):
            quiet = right - left > self._QUIET
            begin = self._places[-1] + more[left]
            self._times.append(right)
            self._places.append(begin + (2.5 if quiet else 1))
            if quiet:
                self.breaks.append((begin, right))
        self.length = self._places[-1] + more[moments[-1]] + 1

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
                axis.plot([x, x], [paper(start) if start > paper.first else 0, paper(stop)], color=_ONLINE, linewidth=6, solid_capstyle="butt", zorder=0)
    for left, right in paper.breaks:
        axis.axhspan(left + 0.75, paper(right) - 0.75, color="#f0f0f0", zorder=-1)
    for event in sorted(chart.frames + chart.messages, key=lambda event: event["t"]):
        if event["from"] in place and event["to"] in place:
            _arrow(axis, event, place, paper)
    for (node, time, what), count in Counter((report["node"], report["t"], report["what"]) for report in chart.reports).items():
        axis.plot([place[node]], [paper(time)], zorder=6, **_marker(what))
        if count > 1:
            axis.annotate(f"{count} x", (place[node], paper(time)), (8, 0), textcoords="offset points", va="center", fontsize=8, color=style.GREY)
    axis.set_xlim(-0.5, len(chart.nodes) - 0.5)
    axis.set_ylim(paper.length, 0)
    axis.set_xticks([])
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_title(chart.title, loc="center", pad=26, fontsize=9.5)


def _text(event):
    from . import ladder
    return ladder.message_text(event) + (" (again)" if event.get("retransmission") else "")


def _arrow(axis, event, place, paper):
    """From the first bit to the last, not far below; crossed out where it was lost."""
    from . import ladder
    left, right = place[event["from"]], place[event["to"]]
    top = paper(event["t"]) + event["lane"]
    bottom = min(paper(event["t"] + event.get("duration", 0)) + event["lane"], top + 0.6)
    again = event.get("retransmission", "")
    colour = ladder.LAYERS.get(again, "#333333")
    lost = event.get("outcome", "received") != "received"
    reach = left + (right - left) * (0.6 if lost else 1)
    axis.annotate("", (reach, bottom), (left, top), arrowprops={
        "arrowstyle": "-" if lost else "-|>", "color": colour, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9})
    if lost:
        axis.plot([reach], [bottom], marker="x", color="#d11", markersize=8, markeredgewidth=2, zorder=5)
    axis.text((left + right) / 2, (top + bottom) / 2, _text(event), fontsize=6.5, va="center", ha="center", zorder=4, color=colour,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85})


if __name__ == "__main__":
    run_command("scripts/chart", main)
