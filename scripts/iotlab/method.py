# SPDX-License-Identifier: GPL-2.0-only
"""What a reader needs to judge and repeat an experiment: versions, parameters, seeds."""

import platform
import subprocess

from . import program
from .points import canonical
from .project import ROOT


def describe(results, record_parameters):
    """[(heading, [(name, value)])], the same for method.md and the report."""
    experiment = results.experiment
    versions = list(results.versions.items())
    versions += [("scripts", _commit()), ("program", f"{experiment.program}, checksum {program.stamp(experiment.program)}"),
                 ("evaluation", f"Python {platform.python_version()}, pandas, SciPy, matplotlib of this system")]
    fixed = [(name, _values([row.get(name) for row in experiment.combinations]))
             for name in experiment.parameters() if name not in results.varied()]
    varied = [(name, _values([row[name] for row in experiment.combinations if name in row])) for name in results.varied()]
    given = set(experiment.parameters()) | {"json", "pcap", "keylog", "events"}
    defaults = [(name, _text(value)) for name, value in record_parameters.items() if name not in given]
    return [
        ("Versions", versions),
        ("Varied parameters", varied),
        ("Fixed parameters", fixed),
        ("Parameters left at their default", defaults),
        ("Runs", _runs(experiment)),
        ("Statistics", _STATISTICS),
    ]


def _runs(experiment):
    runs = [("combinations", str(len(experiment.combinations))),
            ("runs of each", f"{experiment.repeat}, with --RngRun=1 to {experiment.repeat}, the same for every combination"),
            ("seed", "--RngSeed at its default")]
    if experiment.quick:
        runs.append(("quick look", f"{experiment.repeat} runs instead of {experiment.full_repeat}, and fewer combinations: not for conclusions"))
    return runs


_STATISTICS = [
    ("unit of replication", "the run; intervals are Student's over the means of the runs, 95 %"),
    ("shares", "Clopper-Pearson over all reports, 95 %, widened to Student's interval over the runs where that is wider"),
    ("latency quantiles", "over generated reports; one that never arrived counts as infinitely late"),
    ("differences", "paired: the same run number on both sides"),
]


def _values(values):
    texts = list(dict.fromkeys(canonical(value) for value in values if value is not None))
    return ", ".join(texts)


def _text(value):
    return canonical(value) if isinstance(value, (bool, int, float)) else str(value)


def _commit():
    found = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"],
                           capture_output=True, text=True, check=False)
    return f"commit {found.stdout.strip()}" if found.returncode == 0 else "commit unknown"


def as_markdown(experiment, sections):
    lines = [f"# Method: {experiment.title}", "", " ".join(experiment.description.split()), ""]
    for heading, rows in sections:
        if rows:
            lines += [f"## {heading}", "", *(f"- {name}: {value}" for name, value in rows), ""]
    return "\n".join(lines)
