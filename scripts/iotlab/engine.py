# SPDX-License-Identifier: GPL-2.0-only
"""Runs the points of an experiment that are missing, on all cores or on a cluster, by Snakemake.

Finished is a point whose record is under results/NAME/points/ and carries the stamp of the program
as it is now. A Snakemake job is a worker that takes one missing point after the other, so that a job
costs little however short the points are, and all processors are busy to the end. Whatever kills a
run, the next one plans what is still missing.
"""

import ctypes
import errno
import fcntl
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import program as programs
from .progress import Progress
from .project import RESULTS, ROOT, UserError, cannot_write, write_text

# On a cluster a job may take so many points, that its time is bounded and all nodes get some.
_JOBS_PER_NODE = 24
_MAX_SHARE = 40


class Engine:
    def __init__(self, experiment, jobs=None, profile=None):
        self.experiment = experiment
        self.folder = RESULTS / experiment.name
        self.points_folder = self.folder / "points"
        self._work = self.folder / ".engine"
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._profile = profile

    def run(self):
        """Run what is missing; returns all points in order."""
        try:
            self.points_folder.mkdir(parents=True, exist_ok=True)
            self._work.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(self.folder, error) from None
        with self._lock() as lock:
            points = self.experiment.points()
            stamp = programs.stamp(self.experiment.program)
            missing = [point for point in points if not self.is_finished(point, stamp)]
            self._clean(stamp)
            if not missing:
                print(f"All {len(points)} simulations of {self.experiment.name} are there.", file=sys.stderr)
                return points
            if len(missing) < len(points):
                print(f"{len(points) - len(missing)} of {len(points)} simulations are there already.", file=sys.stderr)
            self._run_missing(missing, len(points), stamp, lock)
        return points

    def unfinished(self):
        """The combinations with runs that are missing."""
        stamp = programs.stamp(self.experiment.program)
        return [row for row in self.experiment.combinations
                if not all(self.is_finished(point, stamp) for point in self.experiment.points_of(row))]

    def is_finished(self, point, stamp):
        try:
            record = json.loads((self.points_folder / f"{point.id}.json").read_text())
            return record["point"]["stamp"] == stamp
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _lock(self):
        """Held until the last process of a run has ended, also when the first was killed."""
        lock = open(self._work / "lock", "a+")
        for attempt in range(60):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            except BlockingIOError:
                if attempt == 4:
                    print(f"Waiting for another run in {self.folder} to end ...", file=sys.stderr)
                time.sleep(0.5)
        raise UserError(f"another run is at work in {self.folder}: expected one at a time")

    def _clean(self, stamp):
        """What an interrupted run left; the lock says that nobody uses it."""
        for name in ("done", "taken", "failures"):
            shutil.rmtree(self._work / name, ignore_errors=True)
        for leftover in self.points_folder.glob(".*.tmp"):
            leftover.unlink(missing_ok=True)
        stamp_file = self._work / "stamp"
        if not stamp_file.is_file() or stamp_file.read_text() != stamp:
            write_text(stamp_file, stamp)

    def _plan(self, missing, stamp):
        """The number of workers."""
        missing = sorted(missing, key=lambda point: point.id)  # cheap and dear ones mixed, so that the time left is true
        share, workers = len(missing), min(self._jobs, len(missing))
        if self._profile:
            share = max(1, min(_MAX_SHARE, len(missing) // (self._jobs * _JOBS_PER_NODE)))
            workers = math.ceil(len(missing) / share)
        plan = {
            "engine": os.getpid(), "host": os.uname().nodename, "root": str(ROOT), "stamp": stamp,
            "program": str(programs.path_of(self.experiment.program)), "timeout": self.experiment.timeout,
            "points": str(self.points_folder), "failures": str(self._work / "failures"), "taken": str(self._work / "taken"),
            "share": share, "missing": [{"id": point.id, "arguments": point.arguments} for point in missing],
        }
        (self._work / "taken").mkdir()
        write_text(self._work / "plan.json", json.dumps(plan))
        return workers

    def _snakemake(self, *arguments):
        return ["/usr/bin/snakemake", "--snakefile", str(Path(__file__).with_name("points.smk")),
                "--directory", str(self._work), "--nocolor", *arguments]

    def _run_missing(self, missing, total, stamp, lock):
        workers = self._plan(missing, stamp)
        configuration = ["--config", f"plan={self._work / 'plan.json'}", f"workers={workers}"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
        if any((self._work / ".snakemake" / "locks").glob("*")):
            subprocess.run(self._snakemake("--unlock", *configuration), env=environment, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        where = ["--profile", str(self._profile)] if self._profile else [
            "--cores", str(self._jobs), "--scheduler", "greedy"]
        # Configuration last: it takes every word that follows.
        command = self._snakemake("--rerun-incomplete", "--rerun-triggers", "mtime", *where, *configuration)
        progress = Progress(total, total - len(missing))
        with open(self._work / "snakemake.log", "w") as log:
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       pass_fds=[lock.fileno()], preexec_fn=_end_with_parent)
            try:
                self._watch(process, missing, stamp, total, progress)
            except BaseException:
                process.send_signal(signal.SIGINT)
                _wait(process)
                raise
        done = total - len(missing) + self._count(missing)
        progress.show(done, final=True)
        if process.returncode != 0 or done < total:
            raise UserError(self._failure())

    def _watch(self, process, missing, stamp, total, progress):
        ids = {f"{point.id}.json" for point in missing}
        stale = {name: self._mtime(name) for name in ids if (self.points_folder / name).exists()}
        self._ids, self._stale = ids, stale
        while process.poll() is None:
            progress.show(total - len(missing) + self._count(missing))
            time.sleep(0.2)

    def _count(self, missing):
        with os.scandir(self.points_folder) as entries:
            present = {entry.name for entry in entries} & self._ids
        return sum(1 for name in present if name not in self._stale or self._mtime(name) != self._stale[name])

    def _mtime(self, name):
        return (self.points_folder / name).stat().st_mtime_ns

    def _failure(self):
        folder = self._work / "failures"
        for path in sorted(folder.glob("*.json")):
            try:
                failure = json.loads(path.read_text())
                arguments = " ".join(f"--{name}={value}" for name, value in failure["arguments"])
                return f"{failure['message']}; see for yourself with: scripts/sim {self.experiment.program} {arguments}"
            except (OSError, ValueError, KeyError, TypeError):
                continue
        if folder.exists():
            full = os.statvfs(folder).f_bavail == 0
            return f"a simulation failed and its reason could not be written to {folder}" + f": {os.strerror(errno.ENOSPC)}" * full
        return f"the runs ended early; the reason is at the end of {self._work / 'snakemake.log'}"


def _end_with_parent():
    """Snakemake gets SIGTERM when this process is killed: it ends its jobs and is gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _wait(process):
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
