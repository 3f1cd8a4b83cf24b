# SPDX-License-Identifier: GPL-2.0-only
"""Where things are, and the one kind of error a user sees."""

import contextlib
import difflib
import errno
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(os.environ.get("IOT_RESULTS", ROOT / "results"))
PROGRAMS = Path(os.environ.get("IOT_PROGRAMS", ROOT / "build" / "bin"))
EXPERIMENTS = ROOT / "examples" / "experiments"


class UserError(Exception):
    """One line for the user: names the value and what was expected."""


def nearest(name, known, otherwise):
    """For a message about an unknown name: those like it, not a list of hundreds."""
    near = difflib.get_close_matches(str(name), known, 3)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def run_command(name, function, arguments=None):
    """Call function(arguments); a UserError becomes one line on stderr and exit code 1."""
    try:
        sys.exit(function(sys.argv[1:] if arguments is None else arguments) or 0)
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"\n{name}: stopped; the same command finishes what is missing", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def cannot_write(path, error):
    """The UserError of an OSError; a full disk needs space, not another folder."""
    expected = "" if error.errno in (errno.ENOSPC, errno.EDQUOT) else " (expected a writable folder)"
    return UserError(f"cannot write {path}: {error.strerror}{expected}")


def write_text(path, text):
    """Write beside, then rename: a reader never sees half a file."""
    write_bytes(path, text.encode())


def write_bytes(path, data):
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise cannot_write(path, error) from None
