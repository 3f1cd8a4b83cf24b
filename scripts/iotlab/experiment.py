# SPDX-License-Identifier: GPL-2.0-only
"""An experiment file (TOML) and its expansion to points.

[experiment] name, program, repeat, title, description, timeout (seconds for one run)
[fixed]      parameter = value, the same at every point
[iterate]    parameter = [values] or {from, to, step}: every combination
[zip]        parameter = [values] of equal length, taken in lock-step; or rows = [{...}, ...], which gives each
             combination the parameters that have an effect in it: others are refused
constraint   (in [experiment] or a point-set) a condition a combination must fulfil
[[point-set]] the same four again, combined with those of the whole file; the sets are joined
[quick]      repeat and constraint for --quick
[[figure]], [table], [[paired]]: what the report shows (see figures.py, shown.py, report.py)
"""

import itertools
import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from . import shown
from .expression import Condition
from .points import Point, canonical, typed
from .project import EXPERIMENTS, UserError

_SECTIONS = {"experiment", "fixed", "iterate", "zip", "point-set", "quick", "figure", "table", "paired"}
_KEYS = {"name", "program", "repeat", "title", "description", "timeout", "constraint"}
_SET_KEYS = {"name", "fixed", "iterate", "zip", "constraint"}
_MAX_POINTS = 1_000_000
KEPT = "experiment.toml"  # beside its results


@dataclass
class Experiment:
    name: str
    program: str
    repeat: int
    title: str = ""
    description: str = ""
    timeout: float = 600.0
    quick: bool = False
    full_repeat: int = 0
    combinations: list = field(default_factory=list)  # of dict: parameter -> value, no run number
    figures: list = field(default_factory=list)
    table: dict = field(default_factory=dict)
    paired: list = field(default_factory=list)

    def points(self):
        return [point for combination in self.combinations for point in self.points_of(combination)]

    def points_of(self, combination):
        return [Point.of(self.program, {**combination, "RngRun": run}) for run in range(1, self.repeat + 1)]

    def parameters(self):
        return sorted({name for combination in self.combinations for name in combination})


def find(name):
    """The file of an experiment named on the command line."""
    path = Path(name)
    if path.suffix == ".toml":
        if not path.is_file():
            raise UserError(f"no such experiment file: {name}")
        return path
    path = EXPERIMENTS / f"{name}.toml"
    if not re.fullmatch(r"[\w.-]+", name) or not path.is_file():
        raise UserError(f"no experiment {name}: expected {', '.join([*available(), 'first'])}, or the path of a .toml file")
    return path


def available():
    return sorted(path.stem for path in EXPERIMENTS.glob("*.toml"))


def load(path, quick=False):
    """Without a name of its own an experiment has that of its file, or as results/NAME/experiment.toml of its folder."""
    path = Path(path)
    name = path.absolute().parent.name if path.name == KEPT else path.stem
    try:
        with open(path, "rb") as file:
            return parse(tomllib.load(file), name, quick)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: not TOML: {error}") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def parse(document, default_name, quick=False):
    _check_keys(document, _SECTIONS, "section")
    head = document.get("experiment", {})
    _check_keys(head, _KEYS, "key of [experiment]")
    name = head.get("name", default_name)
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name) or name in ("bench", "reference"):
        raise UserError(f"name {name!r}: expected letters, digits, - and _, and not bench or reference")
    program = head.get("program", "iot-scenario")
    if not isinstance(program, str) or not re.fullmatch(r"[\w.-]+", program):
        raise UserError(f"program {program!r}: expected the name of a program of examples/ or scratch/")
    repeat = full_repeat = _count(head.get("repeat", 5), "repeat")
    combinations = _expand(document, head.get("constraint"))
    quick_section = document.get("quick", {})
    _check_keys(quick_section, {"repeat", "constraint"}, "key of [quick]")
    if quick:
        repeat = min(repeat, _count(quick_section.get("repeat", 2), "quick repeat"))
        if "constraint" in quick_section:
            combinations = _filter(combinations, Condition(quick_section["constraint"]))
    if not combinations:
        raise UserError("no combination is left: expected a constraint that some combination fulfils")
    if len(combinations) * repeat > _MAX_POINTS:
        raise UserError(f"{len(combinations) * repeat} points: expected at most {_MAX_POINTS}")
    shown.check(document, program, combinations)
    timeout = head.get("timeout", 600)
    if not _is_number(timeout) or timeout <= 0:
        raise UserError(f"timeout {timeout!r}: expected seconds above 0")
    return Experiment(
        name=name, program=program, repeat=repeat, full_repeat=full_repeat, quick=quick, timeout=float(timeout),
        title=head.get("title", name), description=head.get("description", ""), combinations=combinations,
        figures=document.get("figure", []), table=document.get("table", {}), paired=document.get("paired", []))


def _expand(document, constraint):
    sets = document.get("point-set", [{}])
    if not isinstance(sets, list):
        raise UserError("point-set: expected [[point-set]], with double brackets")
    combinations = []
    for number, point_set in enumerate(sets, 1):
        _check_keys(point_set, _SET_KEYS, "key of [[point-set]]")
        layers = [document, point_set] if point_set else [document]
        found = [{}]
        names = set()
        for layer in layers:
            for part in (_fixed(layer), *_axes(layer), _zipped(layer)):
                new = {name for row in part for name in row}
                if names & new:
                    raise UserError(f"parameter {min(names & new)} is given twice for one combination")
                names |= new
                found = [{**left, **right} for left, right in itertools.product(found, part)]
                if len(found) > _MAX_POINTS:
                    raise UserError(f"point-set {number}: expected at most {_MAX_POINTS} points")
        for text in (constraint, point_set.get("constraint")):
            if text is not None:
                condition = Condition(text)
                condition.check_names(names)
                found = _filter(found, condition)
        combinations += found
    unique = {tuple(sorted((name, canonical(value)) for name, value in row.items())): row for row in combinations}
    return list(unique.values())


def _fixed(layer):
    values = layer.get("fixed", {})
    for name, value in _parameters(values):
        _check_value(name, value)
    return [values]


def _axes(layer):
    for name, values in _parameters(layer.get("iterate", {})):
        yield [{name: value} for value in _values(name, values)]


def _zipped(layer):
    columns = layer.get("zip", {})
    if "rows" in columns:
        rows = columns["rows"]
        if len(columns) > 1 or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
            raise UserError("zip: expected either rows = [{parameter = value, ...}, ...] or one list per parameter")
        for row in rows:
            for name, value in _parameters(row):
                _check_value(name, value)
        return rows
    if not columns:
        return [{}]
    lists = {name: _values(name, values) for name, values in _parameters(columns)}
    lengths = {name: len(values) for name, values in lists.items()}
    if len(set(lengths.values())) > 1:
        raise UserError(f"zip: expected lists of one length, not {lengths}")
    return [dict(zip(lists, row)) for row in zip(*lists.values())]


def _values(name, values):
    if isinstance(values, dict):
        if set(values) != {"from", "to", "step"} or not all(_is_number(value) for value in values.values()):
            raise UserError(f"{name} = {values}: expected {{from = number, to = number, step = number}}")
        return value_range(name, values["from"], values["to"], values["step"])
    if not isinstance(values, list) or not values:
        raise UserError(f"{name} = {values!r}: expected a list of values or {{from, to, step}}")
    for value in values:
        _check_value(name, value)
    return values


def value_range(name, start, end, step):
    """Both ends included; decimal arithmetic, so that 0:0.6:0.2 ends with 0.6."""
    start, end, step = (Decimal(str(value)) for value in (start, end, step))
    if step <= 0 or end < start:
        raise UserError(f"{name} = {start}:{end}:{step}: expected from <= to and a step above 0")
    count = int((end - start) / step) + 1
    if count > 100_000:
        raise UserError(f"{name} = {start}:{end}:{step}: expected at most 100000 values")
    return [typed(canonical(start + index * step)) for index in range(count)]


def _parameters(table):
    if not isinstance(table, dict):
        raise UserError(f"{table!r}: expected parameter = value")
    for name, value in table.items():
        if not re.fullmatch(r"[A-Za-z_][\w:]*", name):
            raise UserError(f"parameter {name!r}: expected the name of a parameter, without --")
        if name in ("RngRun", "json"):
            raise UserError(f"parameter {name}: expected repeat for runs; the record is written to results/")
        yield name, value


def _filter(combinations, condition):
    """A parameter a combination leaves out is None, which no comparison of numbers admits."""
    condition.check_names({name for row in combinations for name in row})
    texts = ({name: typed(canonical(value)) for name, value in row.items()} for row in combinations)
    return [row for row, values in zip(combinations, texts) if condition.holds(values)]


def _check_keys(table, known, what):
    if not isinstance(table, dict):
        raise UserError(f"{table!r}: expected a table")
    for key in table:
        if key not in known:
            raise UserError(f"unknown {what}: {key} (expected one of {', '.join(sorted(known))})")


def _check_value(name, value):
    if not isinstance(value, (bool, int, float, str)):
        raise UserError(f"{name} = {value!r}: expected a number, a text or true or false")


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _count(value, name):
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UserError(f"{name} = {value!r}: expected a whole number, at least 1")
    return value
