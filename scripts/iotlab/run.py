# SPDX-License-Identifier: GPL-2.0-only
"""scripts/run: an experiment from its file to its report."""

import sys
import time
from pathlib import Path

from . import arguments, experiment, first, program
from .engine import Engine
from .progress import duration
from .project import RESULTS, UserError, run_command, write_text


def main(words):
    if words and words[0] == "--check" and "first" in words[1:2]:
        return first.main(words[2:], only_check=True)
    if words and words[0] == "first":
        return first.main(words[1:])
    positional, options = arguments.parse(words, ["jobs", "profile"], ["quick", "list", "check"],
                                          hint="--help explains them; parameters of simulations stand in the file, or scripts/sweep takes them")
    if options.get("list"):
        return list_experiments()
    if len(positional) > 1:
        raise UserError(f"unexpected argument {positional[1]}: expected one experiment (--help explains)")
    jobs = arguments.count(options, "jobs", None)
    profile = Path(options["profile"]) if "profile" in options else None
    if profile and not profile.is_dir():
        raise UserError(f"--profile={profile}: expected the folder of a Snakemake profile")
    name = positional[0] if positional else "compare"
    path = experiment.find(name)
    chosen = experiment.load(path, options.get("quick", False))
    if options.get("check"):
        print(chosen.program)  # what has to be built
        return 0
    check(chosen)
    keep(chosen, path.read_text())
    run(chosen, jobs, profile)
    return 0


def check(chosen):
    """Whether the program takes what is still to be run, before anything is written."""
    program.check_parameters(chosen.program, chosen.parameters(), Engine(chosen).unfinished())


def keep(chosen, text):
    """The experiment file beside its results: scripts/plot draws from what was run, wherever its file is."""
    write_text(RESULTS / chosen.name / experiment.KEPT, text)


def run(chosen, jobs=None, profile=None):
    """Run what is missing, then make and print all results."""
    start = time.monotonic()
    engine = Engine(chosen, jobs, profile)
    engine.run()
    print("Drawing the figures ...", file=sys.stderr)
    from . import report, tables  # pandas and matplotlib, not needed before
    results = report.make(chosen, engine.folder)
    print(tables.as_text(results, report.table_of(results)))
    if chosen.repeat < 2:
        print("\nOne run per combination: no figures, for one run does not tell chance from effect. Use --repeat=10.")
    print(f"\nReport: {shown(engine.folder / 'report.html')} (open it in a browser), after {duration(time.monotonic() - start)}")


def shown(path):
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def list_experiments():
    for name in experiment.available():
        print(f"{name:12} {experiment.load(experiment.find(name)).title}")
    print(f"{'first':12} One lost frame, seen on every stack: ladder diagrams")
    return 0


if __name__ == "__main__":
    run_command("scripts/run", main)
