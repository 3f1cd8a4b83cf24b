# SPDX-License-Identifier: GPL-2.0-only
"""scripts/plot: one figure, and its data, from a finished experiment."""

import re

from . import arguments, experiment
from .measures import ALIASES, MEASURES
from .project import RESULTS, UserError, run_command


def main(words):
    positional, options = arguments.parse(words, ["x", "y", "by", "where", "rows", "columns", "output"], ["list", "log"])
    if len(positional) != 1:
        raise UserError("expected one experiment, as in scripts/plot compare --x=loss --y=latency")
    folder = RESULTS / positional[0]
    if not (folder / "report.html").is_file():
        raise UserError(f"no results of {positional[0]} in {folder}: run it first with scripts/run {positional[0]}")
    from . import aggregate, figures, style
    results = aggregate.read(load(positional[0]), folder)
    if options.get("list"):
        return list_names(results)
    for name in ("x", "y"):
        if name not in options:
            raise UserError(f"--{name} is missing: --list shows what can be drawn")
    spec = {name: value for name, value in options.items() if name != "output"}
    spec["y"] = options["y"].split(",")
    if "," in options.get("by", ""):
        spec["by"] = options["by"].split(",")
    name = options.get("output") or "-".join(["plot", options["y"], options["x"], *([options["by"]] if "by" in options else [])])
    if not re.fullmatch(r"[\w.,-]+", name):
        raise UserError(f"--output={name}: expected a file name without folder and extension")
    figure, data = figures.draw(results, {"name": name, "kind": "lines", **spec})
    style.save(figure, folder / "figures", name, data)
    print(f"{folder / 'figures' / name}.svg, .pdf and .csv")
    return 0


def load(name):
    """The experiment as it was run last: its results say whether that was a quick look."""
    return experiment.load(RESULTS / name / experiment.KEPT, quick=(RESULTS / name / ".engine" / "quick").is_file())


def list_names(results):
    print("parameters (--x, --by, --where):", ", ".join(results.parameters + results.described))
    print("measures (--y):")
    for name in results.measures:
        print(f"  {name:28} {MEASURES[name].label if name in MEASURES else 'of the record'}")
    print("short for:", ", ".join(f"{short} = {name}" for short, name in ALIASES.items() if name in results.measures))
    return 0


if __name__ == "__main__":
    run_command("scripts/plot", main)
