# SPDX-License-Identifier: GPL-2.0-only
"""The simulation program: its parameters, and a checksum stamp of everything that makes a result."""

import difflib
import hashlib
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .points import canonical
from .project import PROGRAMS, ROOT, UserError

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
    """Unknown parameter or impossible value: one line that names it, before anything runs."""
    known = check_names(program, names)
    if "check" in known:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(lambda combination: _check_values(program, combination), _cover(combinations)))


def without_idle(program, combinations):
    """(the combinations without parameters that would have no effect in them, {name: where it has one}). The program
    tells in its help what a parameter needs: "(only with --stack=mqtt, mqtts or --fault=runaway) [default]"."""
    help_text = _ask(program, "--PrintHelp")
    defaults = dict(re.findall(r"^\s*--([A-Za-z]\w*):.* \[(.*)\]$", help_text, re.MULTILINE))
    needs = dict(re.findall(r"^\s*--([A-Za-z]\w*):.* \(only with (.*?)\) \[", help_text, re.MULTILINE))
    choices = {name: [(other, values.split(", ")) for other, values in re.findall(r"--(\w+)=(.*?)(?= or --|$)", text)]
               for name, text in needs.items()}

    def idle(name, row):
        return name in choices and not any(canonical(row.get(other, defaults.get(other, ""))) in values
                                           for other, values in choices[name])

    found = [{name: value for name, value in row.items() if not idle(name, row)} for row in combinations]
    unique = {tuple(sorted((name, canonical(value)) for name, value in row.items())): row for row in found}
    return list(unique.values()), {name: needs[name] for row in combinations for name in row if idle(name, row)}


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


def _cover(combinations):
    """So many of them that every value of every parameter occurs."""
    seen = set()
    for combination in combinations:
        pairs = {(name, canonical(value)) for name, value in combination.items()}
        if not pairs <= seen:
            seen |= pairs
            yield pairs


def _check_values(program, pairs):
    done = subprocess.run([str(path_of(program)), "--check=true", *(f"--{name}={value}" for name, value in sorted(pairs))],
                          cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"ended with exit code {done.returncode}"]
        raise UserError(lines[-1].removeprefix(f"{program}: "))
