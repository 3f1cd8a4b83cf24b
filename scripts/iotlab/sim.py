# SPDX-License-Identifier: GPL-2.0-only
"""scripts/sim: a parameter that a program does not have is one line, where ns-3 would print its whole help."""

from . import program
from .project import run_command


def main(words):
    name, *arguments = words
    program.check_names(name, [word[2:].partition("=")[0] for word in arguments if word.startswith("--")])


if __name__ == "__main__":
    run_command("scripts/sim", main)
