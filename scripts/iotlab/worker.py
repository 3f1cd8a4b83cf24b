# SPDX-License-Identifier: GPL-2.0-only
"""One job: takes points that no other job has taken, one after the other, until none is left or it has
had its share. Called by Snakemake; imports little.

Usage: /usr/bin/python3 -m iotlab.worker PLAN
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .project import UserError, write_text


def main(plan_path):
    plan = json.loads(Path(plan_path).read_text())
    here = os.uname().nodename == plan["host"]
    left = plan["share"]
    for point in plan["missing"]:
        if here and not _alive(plan["engine"]):
            sys.exit("the command that planned this is gone")
        if left == 0 or os.path.exists(plan["failures"]):
            break
        if _take(plan, point):
            run_point(plan, point)
            left -= 1


def _take(plan, point):
    """True for one of all workers, also on a network file system."""
    try:
        os.close(os.open(Path(plan["taken"]) / point["id"], os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


def run_point(plan, point):
    """The record appears under its name only when it is whole."""
    target = Path(plan["points"]) / f"{point['id']}.json"
    beside = target.with_name(f".{point['id']}.{os.getpid()}.tmp")
    command = [plan["program"], *(f"--{name}={value}" for name, value in point["arguments"])]
    start = time.monotonic()
    try:
        done = subprocess.run([*command, f"--json={beside}"], cwd=plan["root"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=plan["timeout"])
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            _fail(plan, point, lines[-1] if lines else f"ended with exit code {done.returncode} and said nothing")
        record = json.loads(beside.read_text())
        record["point"] = {"id": point["id"], "program": Path(plan["program"]).name, "stamp": plan["stamp"],
                           "arguments": dict(point["arguments"]), "wall_s": round(time.monotonic() - start, 3)}
        beside.write_text(json.dumps(record))
        beside.replace(target)
    except subprocess.TimeoutExpired:
        _fail(plan, point, f"did not end within {plan['timeout']:g} s")
    except OSError as error:
        _fail(plan, point, f"{error.strerror}: {error.filename}")
    except (ValueError, TypeError) as error:
        _fail(plan, point, f"wrote a record that is not JSON: {error}")
    finally:
        beside.unlink(missing_ok=True)


def _fail(plan, point, message):
    failure = {"arguments": point["arguments"], "message": message}
    try:
        write_text(Path(plan["failures"]) / f"{point['id']}.json", json.dumps(failure))
    except UserError as error:
        sys.exit(f"{message}; {error}")
    sys.exit(1)


def _alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
