# SPDX-License-Identifier: GPL-2.0-only
"""Command line arguments of the commands: --name=value or --name value, errors in one line."""

from .project import UserError


def parse(arguments, known, flags=(), open_ended=False, hint="--help explains them"):
    """(positional arguments, {name: value}). known: names with a value; open_ended admits any name; hint: said of an unknown one."""
    positional, options = [], {}
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if not argument.startswith("--"):
            positional.append(argument)
            continue
        name, equals, value = argument[2:].partition("=")
        if name in flags:
            if equals:
                raise UserError(f"{argument}: expected --{name} without a value")
            options[name] = True
            continue
        if name not in known and not open_ended:
            expected = ", ".join(f"--{option}" for option in [*known, *flags])
            raise UserError(f"unknown argument --{name}: expected one of {expected} ({hint})")
        if not equals:
            if not rest:
                raise UserError(f"--{name}: expected a value, as in --{name}=...")
            value = rest.pop(0)
        if name in options:
            raise UserError(f"--{name} is given twice")
        options[name] = value
    return positional, options


def count(options, name, default):
    """A whole number of at least 1."""
    text = options.get(name, default)
    if text is None:
        return None
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise UserError(f"--{name}={text}: expected a whole number, at least 1")
    return value
