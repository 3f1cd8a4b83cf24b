# SPDX-License-Identifier: GPL-2.0-only
"""The looks all figures share, and how a figure becomes files."""

import io
import re

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

from .project import write_bytes, write_text  # noqa: E402

GREY = "#555555"
PARAMETERS = {"loss": "frames lost on the air, each direction (%)", "macRetries": "MAC retries", "nodes": "sensors",
              "payload": "payload (bytes)", "reports": "reports per sensor", "qos": "QoS", "interval": "interval",
              "pollPeriod": "time between polls (s)"}
PARTS = {
    "tx": "#c0392b", "rx": "#2878b8", "listen": "#9cc9e8", "sleep": "#d9d9d9",
    "active": "#7a5cc0", "crypto": "#e0a81a", "mcu_sleep": "#b5b5b5",
    "payload": "#3a9a4a", "application": "#9ed39b", "security": "#e0a81a", "transport": "#e07b1a",
    "network": "#9cc9e8", "link": "#bdbdbd",
    "mac": "#bdbdbd", "tcp": "#2878b8", "dtls": "#e0a81a", "coap": "#e07b1a", "mqtt": "#7a5cc0",
}


_UNDATED = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "ModDate": None}}


def part_colour(measure):
    name = measure.removeprefix("energy_radio_").removeprefix("bytes_").removeprefix("retransmissions_")
    name = {"energy_mcu_active": "active", "energy_mcu_crypto": "crypto", "energy_mcu_sleep": "mcu_sleep"}.get(measure, name)
    return PARTS.get(name, GREY)


pyplot.rcParams.update({
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"], "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7, "axes.axisbelow": True, "axes.titlesize": 9.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "legend.frameon": False, "legend.fontsize": 8.5, "lines.linewidth": 1.6,
    "lines.markersize": 5, "svg.fonttype": "none", "pdf.fonttype": 42, "figure.dpi": 100,
})


def parameter_label(name):
    return PARAMETERS.get(name, name)


def parameter_value(name, value):
    """A parameter's value as a title shows it."""
    if name == "loss":
        return f"{100 * value:g} % loss"
    if name == "macRetries":
        return f"{value:g} MAC retries" if value else "no MAC retries"
    if name == "pollPeriod" and not isinstance(value, str):
        return f"polls every {value:g} s"
    if name == "reliability" or isinstance(value, str):
        return str(value)
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


def save(figure, folder, name, data=None, kinds=("svg", "pdf")):
    """SVG, PDF and the data as CSV; returns the SVG text, ready to stand in an HTML page."""
    drawn = _render(figure, name, kinds)
    for kind, content in drawn.items():
        write_bytes(folder / f"{name}.{kind}", content)
    if data is not None:
        write_text(folder / f"{name}.csv", data.to_csv(index=False, float_format="%.6g"))
    return inline_svg(drawn["svg"].decode(), name)


def as_svg(figure, name):
    """The bytes of an SVG file; the same figure gives the same bytes."""
    return _render(figure, name, ("svg",))["svg"]


def _render(figure, name, kinds):
    pyplot.rcParams["svg.hashsalt"] = name  # identifiers differ between figures and not between runs
    buffers = {kind: io.BytesIO() for kind in kinds}
    figure.draw_without_rendering()  # lays out once, for both formats
    figure.set_layout_engine(None)  # "none" would keep an engine, for which every file is drawn twice
    box = figure.get_tightbbox().padded(0.08)
    for kind, buffer in buffers.items():
        figure.savefig(buffer, format=kind, bbox_inches=box, metadata=_UNDATED[kind])
    pyplot.close(figure)
    return {kind: buffer.getvalue() for kind, buffer in buffers.items()}


def inline_svg(text, name):
    """Without XML prologue, with a width that follows the page, and with identifiers of its own."""
    text = text[text.index("<svg"):]
    text = re.sub(r'(<svg[^>]*?) width="([\d.]+)pt" height="[\d.]+pt"', r'\1 style="max-width:\2pt;width:100%;height:auto"', text, 1)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'url\(#([^)]+)\)', rf'url(#{name}-\1)', text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
