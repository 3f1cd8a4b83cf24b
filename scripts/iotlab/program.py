# SPDX-License-Identifier: GPL-2.0-only
"""The simulation program: its parameters, and a checksum stamp of everything that makes a result."""

import difflib
import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .points import canonical
from .project import PROGRAMS, ROOT, UserError

_MANY = 300  # combinations that take a moment to check
# Of every ns-3 program, but not in the first column of its help.
_GENERAL = {"RngRun", "RngSeed", "help", "version", "PrintHelp", "PrintGroup", "PrintAttributes"}


def path_of(program):
    path = PROGRAMS / program
    if not path.is_file():
        raise UserError(f"no program {program} in {PROGRAMS}: expected the name of a program of examples/ or scratch/")
    return path


def stamp(program):
    """Program, the project's libraries it loads, and device profiles: small, so that points can depend on it."""
    path = path_of(program)
    digest = hashlib.sha256()
    files = [path, *_libraries(path), *sorted(ROOT.glob("src/*/profiles/**/*.toml"))]
    for file in files:
        digest.update(file.name.encode() + b"\0")
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _libraries(path):
    """Those that were built here; the system's are named by their package versions in the record."""
    try:
        listing = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
    except OSError:
        return []
    found = {Path(match) for match in re.findall(r"=> (\S+)", listing)}
    return sorted(file for file in found if path.parent.parent in file.parents)


def check_parameters(program, names, combinations=()):
    """Unknown parameter, impossible value or combination: one line that names it, before anything runs."""
    known = check_names(program, names)
    if "check" in known:
        if len(combinations) > _MANY:
            print(f"Checking {len(combinations)} combinations ...", file=sys.stderr)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(lambda combination: _check_values(program, combination), combinations))


def without_idle(program, combinations):
    """(the combinations without parameters that would have no effect in them, {name: where it has one})"""
    effects = _Effects(_ask(program, "--PrintHelp"))
    found, left_out = [], {}
    for combination in combinations:
        row = dict(combination)
        while idle := [name for name in row if effects.is_idle(name, row)]:  # without one, another may be idle too
            for name in idle:
                left_out[name] = effects.need_of(name)
                del row[name]
        found.append(row)
    unique = {tuple(sorted((name, canonical(value)) for name, value in row.items())): row for row in found}
    return list(unique.values()), left_out


class _Effects:
    """Where parameters have an effect, as a program tells in its help: "(only with --stack=mqtt, mqtts or --fault=runaway)",
    of a parameter, or of attributes by how their names begin; of these, the first that fits counts."""

    def __init__(self, help_text):
        self._defaults = dict(re.findall(r"^\s*--([A-Za-z]\w*):.* \[(.*)\]$", help_text, re.MULTILINE))
        self._needs = dict(re.findall(r"^\s*--([A-Za-z]\w*):.* \(only with (.*?)\)", help_text, re.MULTILINE))
        self._attributes = re.findall(r"^Attributes (ns3::\S+)\.\.\. \((?:only with (.*)|always)\)$", help_text, re.MULTILINE)

    def need_of(self, name):
        """Empty where there is no such rule."""
        return self._needs.get(name) or next((need for prefix, need in self._attributes if name.startswith(prefix)), "")

    def is_idle(self, name, row):
        choices = re.findall(r"--(\w+)=(.*?)(?= or --|$)", self.need_of(name))
        return bool(choices) and not any(canonical(row.get(other, self._defaults.get(other, ""))) in values.split(", ")
                                         for other, values in choices)


def check_names(program, names):
    """The parameters that the program has; an error where one of `names` is not among them. A program that cannot
    tell its parameters has none to check."""
    known = set(re.findall(r"^\s*--([A-Za-z]\w*):", _ask(program, "--PrintHelp"), re.MULTILINE))
    if not known:
        return known
    unknown = [name for name in names if name not in known | _GENERAL and not name.startswith("ns3::")]
    if unknown:
        unknown = [name for name in unknown if name not in re.findall(r"--(\w+)=\[", _ask(program, "--PrintGlobals"))]
    for name in unknown:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"scripts/sim {program} --PrintHelp lists them"
        raise UserError(f"unknown parameter {name} of {program}: {hint}")
    return known


def _ask(program, option):
    return subprocess.run([str(path_of(program)), option], capture_output=True, text=True, check=False).stdout


def _check_values(program, combination):
    words = [f"--{name}={canonical(value)}" for name, value in sorted(combination.items())]
    done = subprocess.run([str(path_of(program)), "--check=true", *words],
                          cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"ended with exit code {done.returncode}"]
        raise UserError(lines[-1].removeprefix(f"{program}: "))
