# SPDX-License-Identifier: GPL-2.0-only
"""Ladder diagrams from the event files of runs: who sent what to whom, side by side on one time axis."""

import json
from dataclasses import dataclass, field

import numpy as np
from matplotlib import pyplot
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from . import style
from .labels import FONT_SIZE, LINE_SPACING, Labels

LAYERS = {"": "#333333", "mac": "#8a8a8a", "tcp": "#2878b8", "dtls": "#c79200", "coap": "#e07b1a", "mqtt": "#7a5cc0"}
STATES = {"tx": "#c0392b", "rx": "#2878b8", "listen": "#9cc9e8", "sleep": "#e4e4e4"}
STATE_NAMES = {"tx": "sends", "rx": "receives", "listen": "listens", "sleep": "sleeps"}
LAYER_NAMES = {"mac": "the link (MAC)", "tcp": "TCP", "dtls": "DTLS", "coap": "CoAP", "mqtt": "MQTT"}
SHORT_NAMES = {**LAYER_NAMES, "mac": "link"}
_QUIET = 0.015  # s; longer stretches in which no stack says anything are drawn short
_AROUND = 1.8  # inches of titles, legend and costs
_SHORT = 0.006  # s of paper a quiet stretch gets, more for longer ones


@dataclass
class Ladder:
    """The events of one run between two times, counted from the first."""

    title: str
    sensor: str
    frames: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    radio: list = field(default_factory=list)  # of (start, end, state)
    reports: list = field(default_factory=list)
    energy: dict = field(default_factory=dict)
    until: float = float("inf")  # what is later does not count as this stack's effort


def read_events(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def extract(events, title, sensor, start, end):
    """Times relative to start."""
    ladder = Ladder(title, sensor)
    state, since = "sleep", start
    for event in events:
        kind = event["type"]
        if kind == "energy" and event["node"] == sensor:
            ladder.energy = event
        if "t" not in event or event["t"] > end:
            continue
        if kind == "radio" and event["node"] == sensor:
            if event["t"] > start and event["t"] > since:
                ladder.radio.append((since - start, event["t"] - start, state))
            state, since = event["state"], max(event["t"], start)
        elif kind == "message" and "router" not in (event["from"], event["to"]):
            continue  # between host and collectors, which share a line here
        elif event["t"] >= start:
            target = {"frame": ladder.frames, "message": ladder.messages, "report": ladder.reports}.get(kind)
            if target is not None:
                target.append({**event, "t": event["t"] - start})
    if since < end:
        ladder.radio.append((since - start, end - start, state))
    return ladder


class Paper:
    """Maps simulated time to paper: steady where a stack is active, short where all are quiet."""

    def __init__(self, ladders, end):
        busy = sorted({0.0, end, *self._moments(ladders)})
        self._times, self._places, self.breaks = [busy[0]], [0.0], []
        for left, right in zip(busy, busy[1:]):
            gap = right - left
            paper = gap if gap <= _QUIET else _SHORT * (2 + np.log10(gap / _QUIET))
            if gap > _QUIET:
                self.breaks.append((left, right))
            self._times.append(right)
            self._places.append(self._places[-1] + paper)

    @staticmethod
    def _moments(ladders):
        for ladder in ladders:
            for frame in ladder.frames:
                if frame["protocol"] != "mac-poll" and frame.get("shown", True):
                    yield from (frame["t"], frame["t"] + frame["duration"])
            for event in ladder.messages + ladder.reports:
                yield event["t"]

    def __call__(self, time):
        return np.interp(time, self._times, self._places)

    @property
    def length(self):
        return self._places[-1]


def draw(ladders, end, origin="the reading"):
    """One figure with a ladder per stack; time runs downwards from origin."""
    for ladder in ladders:
        _hide_idle_polls(ladder)
    paper = Paper(ladders, end)
    height = max(5.5, min(16.0, _AROUND + 68 * paper.length))
    figure, axes = pyplot.subplots(1, len(ladders), sharey=True, layout="constrained", squeeze=False,
                                   figsize=(3.0 * len(ladders) + 0.6, height))
    for axis, ladder in zip(axes[0], ladders):
        _one(axis, ladder, paper, end, (height - _AROUND) / paper.length)
    _time_axis(axes[0][0], paper, end, origin)
    _legend(figure, ladders)
    return figure


def _hide_idle_polls(ladder):
    """A poll that brings nothing is no step of the exchange: it shows in the radio's state alone."""
    data = [frame["t"] for frame in ladder.frames if frame["protocol"] not in ("mac-poll", "mac-ack")]
    for frame in ladder.frames:
        near = any(0 <= time - frame["t"] <= 0.03 for time in data)
        if frame["protocol"] == "mac-poll" and not near:
            frame["shown"] = False
    hidden = [frame["t"] + frame["duration"] for frame in ladder.frames if frame.get("shown") is False]
    for frame in ladder.frames:
        if frame["protocol"] == "mac-ack" and any(0 <= frame["t"] - time <= 0.002 for time in hidden):
            frame["shown"] = False


_SENSOR, _ROUTER, _HOST = 0.0, 1.0, 1.5
_LEFT, _RIGHT = -0.5, 1.7
_STRIP = (-0.38, -0.24)  # of the radio


def _place(name, ladder):
    if name == ladder.sensor:
        return _SENSOR
    return _ROUTER if name.startswith(("router", "border")) else _HOST


def _one(axis, ladder, paper, end, scale):
    """scale: inches of a second of paper."""
    for place, name in ((_SENSOR, "sensor"), (_ROUTER, "border\nrouter"), (_HOST, "host")):
        axis.plot([place, place], [0, paper.length], color="#444444", linewidth=1.1, zorder=1)
        axis.annotate(name, (place, 0), (0, 5), textcoords="offset points", ha="center", va="bottom", fontsize=7.5, color=style.GREY)
    for start, stop, state in ladder.radio:
        axis.add_patch(Rectangle((_STRIP[0], paper(start)), _STRIP[1] - _STRIP[0], paper(min(stop, end)) - paper(start), color=STATES[state], linewidth=0))
    axis.annotate("radio", (sum(_STRIP) / 2, 0), (0, 5), textcoords="offset points", ha="center", va="bottom", fontsize=7.5, color=style.GREY)
    for left, right in paper.breaks:
        axis.axhspan(paper(left) + 0.15 * (paper(right) - paper(left)), paper(right) - 0.15 * (paper(right) - paper(left)),
                     color="#fafafa", zorder=0)
    labels = Labels(scale, (_SENSOR, _ROUTER, _HOST), _STRIP[1])
    for frame in ladder.frames:
        if frame.get("shown", True):
            _frame(axis, ladder, paper, frame, labels)
    for message in ladder.messages:
        _message(axis, ladder, paper, message, labels)
    for x, y, text, options in labels.place():
        axis.text(x, y, text, fontsize=FONT_SIZE, va="center", ha="center", linespacing=LINE_SPACING, zorder=4,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.85}, **options)
    for report in ladder.reports:
        _report(axis, paper, report)
    axis.set_xlim(_LEFT, _RIGHT)
    axis.set_ylim(paper.length * 1.015, -0.004)
    axis.set_xticks([])
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_title(ladder.title, loc="center", pad=26)
    axis.set_xlabel(_cost(ladder), fontsize=8.5)


def _frame(axis, ladder, paper, frame, labels):
    """A band from the first bit to the last, an arrow to the receiver, a cross where it was lost."""
    source = _place(frame["from"], ladder)
    target = _ROUTER if source == _SENSOR else _SENSOR
    top, bottom = paper(frame["t"]), paper(frame["t"] + frame["duration"])
    colour = LAYERS.get(frame["retransmission"], "#333333")
    minor = frame["protocol"] in ("mac-ack", "mac-poll")
    lost = frame["outcome"] != "received"
    reach = source + (target - source) * (0.55 if lost else 1)
    width = 0.8 if minor else 1.8 if frame["retransmission"] else 1.3
    line = ((source, top), (reach, bottom))
    labels.add_line(line)
    axis.annotate("", line[1], line[0], arrowprops={
        "arrowstyle": "-" if lost else "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0,
        "mutation_scale": 7 if minor else 10, "linestyle": (0, (2, 1.5)) if minor else "-"})
    if lost:
        axis.plot([reach], [bottom], marker="x", color="#d11", markersize=9, markeredgewidth=2.2, zorder=5)
    if not minor:
        again = f"again ({SHORT_NAMES.get(frame['retransmission'], 'application')})" if frame["retransmission"] else ""
        labels.add_text(line, message_text(frame), again, color=colour, fontweight="bold" if frame["retransmission"] else "normal")


_METHODS = {"0.01": "GET", "0.02": "POST", "0.03": "PUT", "0.04": "DELETE"}


def message_text(frame):
    """The label of a frame in words: CoAP methods by name, and what an encrypted record holds."""
    if frame["protocol"] in ("tls", "dtls") and frame["label"] == "application data":
        return "encrypted reading" if frame.get("report") else "encrypted message"
    text = " ".join(_METHODS.get(word, word) for word in frame["label"].split())
    return f"TCP {text}" if frame["protocol"] == "tcp" and not text.startswith("TCP") else text


def _message(axis, ladder, paper, message, labels):
    source, target = _place(message["from"], ladder), _place(message["to"], ladder)
    labels.add_line(((source, paper(message["t"])), (target, paper(message["t"]))))
    axis.annotate("", (target, paper(message["t"])), (source, paper(message["t"])),
                  arrowprops={"arrowstyle": "-|>", "color": "#999999", "linewidth": 1, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8})


def _report(axis, paper, report):
    generated = report["what"] == "generated"
    x = _SENSOR if generated else _HOST
    axis.plot([x], [paper(report["t"])], marker="o" if generated else "*", markersize=8 if generated else 13,
              color="#3a9a4a", markeredgecolor="white", zorder=6)


def _cost(ladder):
    sizes = [frame["bytes"] for frame in ladder.frames if frame["t"] <= ladder.until]
    lines = [f"{len(sizes)} frames, {sum(sizes)} bytes on air"]
    times = {report["what"]: report["t"] for report in reversed(ladder.reports)}
    if "delivered" in times:
        lines.append(f"reading delivered after {1e3 * (times['delivered'] - times.get('generated', 0)):.0f} ms")
    elif "generated" in times:
        lines.append("reading never delivered")
    if ladder.energy:
        radio, processor = 1e3 * ladder.energy["radio_j"], 1e3 * ladder.energy["mcu_j"]
        lines.append(f"one interval: {radio + processor:.2f} mJ\n(radio {radio:.2f}, processor {processor:.2f})")
    return "\n".join(lines)


def _time_axis(axis, paper, end, origin):
    """A tick where something starts after a quiet stretch, and what the stretch leaves out."""
    times = sorted({0.0, *(right for _, right in paper.breaks), end})
    axis.set_yticks([paper(time) for time in times], [_time(time) for time in times], fontsize=7.5)
    axis.set_ylabel(f"time since {origin} (quiet stretches are drawn short)")
    axis.tick_params(axis="y", length=3)


def _time(seconds):
    return f"{1e3 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _legend(figure, ladders):
    used = {frame["retransmission"] for ladder in ladders for frame in ladder.frames} - {""}
    handles = [Line2D([], [], color=LAYERS[""], label="frame"),
               Line2D([], [], color=LAYERS[""], linewidth=0.8, linestyle=(0, (2, 1.5)), label="link acknowledgement or poll")]
    if any(frame["outcome"] != "received" for ladder in ladders for frame in ladder.frames):
        handles.append(Line2D([], [], color="#d11", marker="x", linestyle="none", markersize=8, markeredgewidth=2, label="lost frame"))
    handles += [Line2D([], [], color=LAYERS[layer], linewidth=2, label=f"sent again by {LAYER_NAMES[layer]}")
                for layer in LAYER_NAMES if layer in used]
    if any(ladder.reports for ladder in ladders):
        handles += [Line2D([], [], color="#3a9a4a", marker="o", linestyle="none", label="reading taken"),
                    Line2D([], [], color="#3a9a4a", marker="*", markersize=11, linestyle="none", label="reading delivered")]
    handles += [Rectangle((0, 0), 1, 1, color=STATES[state], label=f"radio {name}") for state, name in STATE_NAMES.items()]
    figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=5, fontsize=8)
