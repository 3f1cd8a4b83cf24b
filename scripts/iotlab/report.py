# SPDX-License-Identifier: GPL-2.0-only
"""Everything a finished experiment shows: CSV, figures, method.md and one self-contained report.html."""

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jinja2

from . import aggregate, automatic, figures, method, style, tables
from .project import write_text


def make(experiment, folder):
    """Writes all outputs into the folder; returns the results."""
    results = aggregate.read(experiment, folder)
    results.write(folder)
    sections = method.describe(results, _record_parameters(experiment, folder))
    write_text(folder / "method.md", method.as_markdown(experiment, sections))
    specs = []
    if experiment.repeat >= 2:
        specs = list(_fitting(results, experiment.figures or automatic.figures(results)))
    drawn = _draw_all(results, specs, folder)
    write_text(folder / "report.html", _html(results, drawn, sections))
    quick = folder / ".engine" / "quick"  # scripts/plot then expects the points of a quick look
    if experiment.quick:
        write_text(quick, "")
    else:
        quick.unlink(missing_ok=True)
    return results


def _draw_all(results, specs, folder):
    """All figures at the same time: each is a second or two of one processor."""
    if not specs:
        return []
    with ProcessPoolExecutor(min(len(specs), len(os.sched_getaffinity(0))),
                             multiprocessing.get_context("fork"), _inherit, (results, folder)) as pool:
        return list(pool.map(_draw_one, specs))


_inherited = None


def _inherit(*shared):
    global _inherited
    _inherited = shared


def _draw_one(spec):
    results, folder = _inherited
    figure, data = figures.draw(results, spec)
    kinds = ("svg",) if results.experiment.quick else ("svg", "pdf")  # the fonts of a PDF cost a third of a figure's time
    svg = style.save(figure, folder / "figures", spec["name"], data, kinds)
    return {**spec, "title": spec.get("title", spec["name"]), "svg": svg, "read": " ".join(spec.get("read", "").split()),
            "table": data.attrs.get("table")}


def _fitting(results, specs):
    """A quick look has fewer combinations: a figure whose condition leaves none is not drawn."""
    for spec in specs:
        if results.experiment.quick and results.where(spec.get("where")).empty:
            continue
        yield spec


def table_of(results):
    """The [table] of the experiment; all combinations where a quick look has none of those it names."""
    spec = results.experiment.table
    if spec.get("where") and results.where(spec["where"]).empty:
        return {**spec, "where": ""}
    return spec


def _record_parameters(experiment, folder):
    point = experiment.points()[0]
    return json.loads((folder / "points" / f"{point.id}.json").read_text()).get("parameters", {})


def _html(results, drawn, sections):
    names, rows, measures = tables.summary(results, table_of(results))
    summary = {
        "where": table_of(results).get("where", ""),
        "heads": [tables.label_heading(name) for name in names]
                 + [tables.heading(measure) for measure in measures],
        "labels": len(names),
        "rows": [[*labels, *(tables.cell(measure, value) for measure, value in zip(measures, values))] for labels, values in rows],
        "meanings": [(tables.heading(measure), tables.meaning(measure)) for measure in measures if tables.meaning(measure)],
    }
    return environment().get_template("report.html.j2").render(
        experiment=results.experiment, summary=summary, figures=drawn, sections=sections, paired=_paired(results))


def _paired(results):
    """The paired comparisons as tables, each row with its break-even."""
    found = []
    for spec in results.experiment.paired if results.experiment.repeat >= 2 else []:
        measures, rows = tables.paired(results, spec)
        verdicts = tables.break_even(results, spec)
        if rows:
            found.append({"title": spec.get("title", ""), "heads": [tables.heading(measure) for measure in measures],
                          "rows": [(label, cells, verdict) for (label, cells), verdict in zip(rows, verdicts or [""] * len(rows))]})
    return found


def environment():
    return jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
                              undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
