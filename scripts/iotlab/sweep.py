# SPDX-License-Identifier: GPL-2.0-only
"""scripts/sweep: an experiment from the command line."""

import json
import re
import sys

from . import arguments, experiment, program, run
from .points import canonical, typed
from .project import UserError, run_command

_OWN = ["name", "repeat", "program", "constraint", "jobs"]


def main(words):
    positional, options = arguments.parse(words, _OWN, ["check"], open_ended=True)
    if positional:
        raise UserError(f"unexpected argument {positional[0]}: expected --parameter=values (--help explains)")
    if "name" not in options:
        raise UserError("--name is missing: expected --name=NAME, the folder under results/")
    repeat = arguments.count(options, "repeat", "5")
    jobs = arguments.count(options, "jobs", None)
    if not set(options) - set(_OWN) - {"check"}:
        raise UserError("no parameter to sweep: expected one at least, for example --loss=0:0.6:0.2")
    document = document_of(options, repeat)
    chosen = experiment.parse(document, options["name"])
    if chosen.name in experiment.available() + ["first"]:
        raise UserError(f"--name={chosen.name}: expected a name that no experiment file has")
    if options.get("check"):
        print(chosen.program)  # what has to be built
        return 0
    document = leave_out_idle(chosen, document)
    chosen = experiment.parse(document, options["name"])
    run.check(chosen)
    run.keep(chosen, as_toml(document))
    run.run(chosen, jobs)
    return 0


def document_of(options, repeat):
    """The experiment file these options stand for."""
    head = {"name": options["name"], "program": options.get("program", "iot-scenario"), "repeat": repeat,
            "title": f"Sweep {options['name']}", "description": "A parameter sweep, made by scripts/sweep."}
    if "constraint" in options:
        head["constraint"] = options["constraint"]
    fixed, iterate = {}, {}
    for name, text in options.items():
        if name in _OWN or name == "check":
            continue
        values = values_of(name, text)
        if len(values) == 1:
            fixed[name] = values[0]
        else:
            iterate[name] = values
    return {"experiment": head, "fixed": fixed, "iterate": iterate}


def leave_out_idle(chosen, document):
    """A list for one stack goes with a list of stacks: where a parameter has no effect it is not given."""
    rows, left_out = program.without_idle(chosen.program, chosen.combinations)
    for name, needed in sorted(left_out.items()):
        print(f"--{name} is given only with {needed}: without it has no effect", file=sys.stderr)
    head = {name: value for name, value in document["experiment"].items() if name != "constraint"}
    return {"experiment": head, "zip": {"rows": rows}} if left_out else document


def values_of(name, text):
    """One value, a list a,b,c, or a range from:to:step of numbers."""
    number = r"[+-]?\d+(?:\.\d+)?"
    match = re.fullmatch(rf"({number}):({number}):({number})", text)
    if match:
        return experiment.value_range(name, *match.groups())
    values = text.split(",")
    if "" in values:
        raise UserError(f"--{name}={text}: expected a value, a list a,b,c or a range from:to:step")
    return list(dict.fromkeys(typed(canonical(value)) for value in values))


def as_toml(document):
    lines = ["# Made by scripts/sweep; scripts/run runs it again."]
    for section, values in document.items():
        lines.append(f"\n[{section}]")
        lines += [f"{_key(name)} = {_value(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def _value(value):
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = ("{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in row.items()) + " }" for row in value)
        return "[\n" + "".join(f"  {row},\n" for row in rows) + "]"
    return json.dumps(value)


def _key(name):
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)


if __name__ == "__main__":
    run_command("scripts/sweep", main)
