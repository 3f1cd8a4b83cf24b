# SPDX-License-Identifier: GPL-2.0-only
"""A point: one program with one set of arguments, known by a hash of them and never by an index."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .project import UserError


def canonical(value):
    """The text of an argument; equal values get equal text (0, 0.0 and "0" are one value)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return canonical_number(Decimal(str(value)))
    try:
        return canonical_number(Decimal(value))
    except InvalidOperation:
        return value


def canonical_number(number):
    if not number.is_finite():
        raise UserError(f"value {number}: expected a finite number")
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def typed(text):
    """The value of an argument's text for constraints and tables: number, truth value or string."""
    if text in ("true", "false"):
        return text == "true"
    try:
        number = float(text)
    except (TypeError, ValueError):
        return text
    return int(number) if number.is_integer() else number


@dataclass(frozen=True)
class Point:
    program: str
    arguments: tuple  # of (name, text), sorted by name; the run number RngRun is one of them

    @classmethod
    def of(cls, program, values):
        return cls(program, tuple(sorted((name, canonical(value)) for name, value in values.items())))

    @property
    def id(self):
        text = "\n".join([self.program, *(f"{name}={value}" for name, value in self.arguments)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def command(self):
        return [f"--{name}={value}" for name, value in self.arguments]

    def values(self):
        return {name: typed(text) for name, text in self.arguments}
