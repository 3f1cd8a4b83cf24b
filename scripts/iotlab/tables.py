# SPDX-License-Identifier: GPL-2.0-only
"""Tables: the summary in the terminal and in the report, paired differences and break-even."""

import math
import shutil

import numpy as np

from . import intervals, style, variants
from .project import UserError

# measure -> (heading, scale, digits, what it says)
COLUMNS = {
    "on_time_share": ("on time %", 100, 1, "Reports that reached the collector within the deadline (--deadline, 10 s unless said otherwise), of all generated."),
    "delivery_share": ("delivered %", 100, 1, "Reports that reached the collector at all, before the run ended."),
    "latency_p50": ("latency p50 s", 1, 3, "Half of all generated reports took no longer than this; a lost report took for ever."),
    "latency_p95": ("latency p95 s", 1, 3, "The same for 95 of 100 reports; “lost” where more than 5 of 100 never came."),
    "energy_per_report": ("mJ/report", 1, 2, "Energy a sensor spends per report that came on time, its share of the session's set-up included."),
    "energy_per_report_limit": ("mJ/report, long run", 1, 2, "The same without the set-up: what it comes to when a session lasts very long."),
    "bytes_per_report": ("bytes on air", 1, 0, "Bytes on the radio per generated report: every frame, acknowledgements and retransmissions too."),
    "on_time_during_share": ("on time during %", 100, 1, "Honest reports within the deadline, of those generated while attack or fault lasted (of all, without one)."),
    "reports_cost": ("reports it cost", 1, 1, "Honest reports on time that the same run without attack and defence had more."),
    "busy_during_share": ("busy during %", 100, 1, "Share of that time that the processor of broker or server was at work."),
    "retransmissions_mac": ("resent MAC", 1, 2, "Frames the link sent again, per generated report."),
    "retransmissions_above_link": ("resent above", 1, 3, "What TCP, DTLS, CoAP or MQTT sent again, per generated report."),
    "setup_time": ("set-up s", 1, 2, "From the sensor's start to the first report it could send: TCP, (D)TLS and MQTT handshakes."),
    "setup_bytes": ("set-up bytes", 1, 0, "Bytes of the (D)TLS handshake of one session, both directions, without lower headers."),
}
# The same for measures that a table shows only where it is told to.
_HEADINGS = {
    **COLUMNS,
    "bytes_application": ("MQTT or CoAP bytes", 1, 1, "Bytes of MQTT or CoAP beside the reading, on the radio, per generated report."),
    "payload_size": ("bytes of a report", 1, 1, "Mean size of what a report carries."),
    "energy_window_per_generated": ("mJ/generated", 1, 2, "Energy of the sensors in the window per generated report (or command), the set-up left out."),
}


def summary(results, spec):
    """(headings, rows of (labels, [(mean, low, high)]), measures) for the [table] of an experiment."""
    table = results.where(spec.get("where"))
    measures = [name for name in spec.get("measures", COLUMNS) if name in results.measures]
    if "variant" in results.described:
        names = ["variant", *(name for name in results.varied() if name not in variants.PARAMETERS)]
    else:
        names = results.varied() or results.parameters[:1]
    names = [name for name in names if name == "variant" or table[name].astype(str).nunique() > 1]
    names = spec.get("columns", names)
    if not names:
        names = results.parameters[:1]
    rows = []
    for combination, labels in table.iterrows():
        rows.append(([_label(name, labels[name]) for name in names],
                     [results.value(combination, measure) for measure in measures]))
    return names, rows, measures


def _label(name, value):
    if isinstance(value, float) and math.isnan(value):
        return "–"
    return f"{100 * value:g} %" if name == "loss" else f"{value:g}" if isinstance(value, float) else f"{value}"


def cell(measure, value):
    """'12.3 ±0.4', 'lost' for a quantile without value, '' for what was not measured."""
    mean, low, high = value
    _, scale, digits, _ = _HEADINGS.get(measure, (measure, 1, 4, ""))
    if math.isnan(mean):
        return "–"
    if math.isinf(mean):
        return "lost"
    text = f"{mean * scale:.{digits}f}"
    if math.isnan(low):
        return text
    sign = "−" if high == mean != low else "+" if low == mean != high else "±"  # shares of all or none
    return f"{text} {sign}{max(high - mean, mean - low) * scale:.{digits}f}"


def label_heading(name):
    return {"variant": "stack", "threat": "attack", "defences": "defence", "replayed": "sent again"}.get(name, name)


def heading(measure):
    return _HEADINGS[measure][0] if measure in _HEADINGS else measure


def meaning(measure):
    return _HEADINGS[measure][3] if measure in _HEADINGS else ""


def as_text(results, spec, most=48):
    """The summary table for the terminal; columns that do not fit the width are left to the report."""
    names, rows, measures = summary(results, spec)
    cells = [[*labels, *(cell(measure, value) for measure, value in zip(measures, values))] for labels, values in rows]
    heads = [*map(label_heading, names), *(heading(measure) for measure in measures)]
    widths = [max(len(str(row[index])) for row in [heads, *cells]) for index in range(len(heads))]
    room, used, shown = shutil.get_terminal_size((120, 25)).columns, 0, 0
    while shown < len(heads) and (shown <= len(names) or used + widths[shown] <= room):
        used += widths[shown] + 2
        shown += 1
    lines = ["  ".join(_pad(text, width, index < len(names)) for index, (text, width) in enumerate(zip(row[:shown], widths)))
             .rstrip() for row in [heads, *cells[:most]]]
    lines.insert(1, "-" * min(used, room))
    if len(cells) > most:
        lines.append(f"... {len(cells) - most} more rows in summary.csv")
    where = f" ({spec['where']})" if spec.get("where") else ""
    return f"Means over {results.experiment.repeat} runs with 95 % confidence{where}\n" + "\n".join(lines)


def _pad(text, width, left):
    return str(text).ljust(width) if left else str(text).rjust(width)


def paired(results, spec):
    """A [[paired]] of the experiment: title, first, second (parameter values), names of the two, where,
    measures. One row per setting of the other parameters, with second minus first, run by run."""
    for key in ("first", "second"):
        if not isinstance(spec.get(key), dict):
            raise UserError(f"paired {spec.get('title')}: expected {key} = {{parameter = value}}")
    measures = [name for name in spec.get("measures", ["on_time_share", "latency_p50", "energy_per_report"])
                if name in results.measures]
    columns = [results.paired(spec["first"], spec["second"], measure, spec.get("where")) for measure in measures]
    rows = []
    for settings in zip(*columns):
        labels = ", ".join(style.parameter_value(name, value) for name, value in settings[0][0].items()
                           if name in results.varied() and value == value)
        rows.append((labels, [difference(measure, values) for measure, (_, values) in zip(measures, settings)]))
    return measures, rows


def difference(measure, value):
    """(text, verdict): 'better', 'worse', or '' where the interval holds zero."""
    mean, low, high = value
    _, scale, digits, _ = _HEADINGS.get(measure, (measure, 1, 4, ""))
    if math.isnan(mean) or math.isinf(mean):
        return "no value", ""
    text = f"{mean * scale:+.{digits}f}"
    if not math.isnan(low):
        text += f" [{low * scale:+.{digits}f}, {high * scale:+.{digits}f}]"
    more, less = ("better", "worse") if measure.endswith("_share") else ("worse", "better")
    return text, less if high < 0 else more if low > 0 else ""


def break_even(results, spec):
    """For each row of a [[paired]]: from how many reports per session the costlier set-up has paid for itself."""
    table = results.where(spec.get("where"))
    needed = ("setup_energy", "energy_window_per_generated")
    if any(name not in results.measures for name in needed):
        return []
    setup, report = (results.paired_values(spec["first"], spec["second"], name, table) for name in needed)
    names = spec.get("names", ["the first", "the second"])
    return [_verdict(np.asarray(a, float), np.asarray(b, float), names) for a, b in zip(setup, report)]


def _verdict(setup, report, names):
    """setup, report: second minus first in mJ, a value per run; the lines cross at n = -setup / report."""
    if not (np.isfinite(setup).all() and np.isfinite(report).all()):
        return "no value"
    if (setup <= 0).all() and (report <= 0).all():
        return f"{names[1]} always"
    if (setup >= 0).all() and (report >= 0).all():
        return f"{names[0]} always"
    if (report < 0).all() or (report > 0).all():
        crossing = -setup / report
        if (crossing > 0).all():
            mean, low, high = intervals.student(crossing)
            winner = names[1] if report.mean() < 0 else names[0]
            return f"{winner} from {mean:.0f} reports on [{max(low, 0):.0f}, {high:.0f}]"
    return "not decided by these runs"
