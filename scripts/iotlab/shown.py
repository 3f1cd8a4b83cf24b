# SPDX-License-Identifier: GPL-2.0-only
"""Whether the report can show what an experiment file asks for with [[figure]], [table] and [[paired]]: told before hours of
simulation, not after. Names of the record (retransmissions.tcp), and any measure of a program of one's own, are known only then."""

import re

from . import attacks, variants
from .expression import Condition
from .measures import ALIASES, MEASURES, hint_for
from .project import UserError, nearest

FIGURE_KEYS = {"name", "title", "read", "kind", "where", "rows", "columns", "x", "y", "along", "by", "log"}
# kind -> {key it needs: of what it is a name}
KINDS = {"lines": {"x": "parameter", "y": "measure"}, "tradeoff": {"x": "measure", "y": "measure", "along": "parameter"}, "cdf": {},
         "stacked": {"y": "measure"}, "bars": {"y": "measure"}, "matrix": {}, "floods": {"y": "measure"}, "timeline": {}}
_PARAMETERS = dict.fromkeys(("rows", "columns", "by"), "parameter")  # of any kind


def check(document, program, combinations):
    figures, paired, table = _parts(document, "figure"), _parts(document, "paired"), document.get("table", {})
    if not isinstance(table, dict):
        raise UserError(f"table = {table!r}: expected [table]")
    names = _names(combinations)
    for figure in figures:
        _check_form(figure)
        where = f"figure {figure['name']}"
        kinds = {**_PARAMETERS, **KINDS[figure["kind"]], **({"y": "panel"} if figure["kind"] == "timeline" else {})}
        for key in sorted(set(kinds) & set(figure)):
            _check_names(f"{where}: {key}", figure[key], kinds[key], names, program)
        _check_condition(where, figure, names)
    _check_condition("table", table, names)
    _check_names("table: columns", table.get("columns", []), "parameter", names, program)
    _check_names("table: measures", table.get("measures", []), "measure", names, program)
    for pair in paired:
        _check_condition(f"paired {pair.get('title')}", pair, names)
        _check_names(f"paired {pair.get('title')}: measures", pair.get("measures", []), "measure", names, program)


def _parts(document, name):
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise UserError(f"{name}: expected [[{name}]], with double brackets")
    return found


def _names(combinations):
    """The parameters of the combinations and what they are called in words."""
    found = set()
    for values in combinations:
        try:
            found |= {*values, *variants.describe(values), *attacks.describe(values)}
        except (AttributeError, TypeError, ValueError):  # a value that cannot be: the program refuses it
            found |= {*values, *variants.DESCRIBED}
    return found


def _check_form(figure):
    name, kind = figure.get("name"), figure.get("kind")
    for key in figure:
        if key not in FIGURE_KEYS:
            raise UserError(f"unknown key of [[figure]]: {key} (expected one of {', '.join(sorted(FIGURE_KEYS))})")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.,-]+", name):
        raise UserError(f"figure name {name!r}: expected letters, digits, - and _")
    if kind not in KINDS:
        raise UserError(f"figure {name}: kind {kind!r} (expected one of {', '.join(KINDS)})")
    missing = set(KINDS[kind]) - set(figure)
    if missing:
        raise UserError(f"figure {name}: {min(missing)} is missing, a {kind} figure needs it")


def _check_condition(what, spec, names):
    if spec.get("where"):
        try:
            Condition(spec["where"]).check_names(names)
        except UserError as error:
            raise UserError(f"{what}: {error}") from None


def _check_names(what, given, kind, names, program):
    for name in given if isinstance(given, list) else [given]:
        if not isinstance(name, str):
            raise UserError(f"{what} = {name!r}: expected the name of a {kind}")
        if kind == "measure":
            of_the_record = "." in name or program != "iot-scenario"
            if name not in MEASURES and name not in ALIASES and not of_the_record:
                raise UserError(f"{what}: unknown measure {name}: {hint_for(name)}")
        else:
            known = attacks.PANELS if kind == "panel" else names
            if name not in known:
                otherwise = f"expected one of {', '.join(sorted(known)) or 'none, for none is given'}"
                raise UserError(f"{what}: unknown {kind} {name}: {nearest(name, known, otherwise)}")
