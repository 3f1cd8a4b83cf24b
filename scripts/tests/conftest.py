# SPDX-License-Identifier: GPL-2.0-only
"""The commands are tested as a user calls them, on a program that stands in for the simulation."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))
sys.dont_write_bytecode = True
# Whoever runs the tests in the background of a script has this signal ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Commands:
    def __init__(self, folder):
        self.results = folder / "results"
        self.programs = SCRIPTS / "tests" / "programs"
        self.environment = {**os.environ, "IOT_RESULTS": str(self.results), "IOT_PROGRAMS": str(self.programs), "COLUMNS": "160"}

    def start(self, *words, **variables):
        return subprocess.Popen([str(SCRIPTS / words[0]), *words[1:]], env={**self.environment, **variables}, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def __call__(self, *words, **variables):
        process = self.start(*words, **variables)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def ok(self, *words, **variables):
        done = self(*words, **variables)
        assert done.returncode == 0, done.stderr
        return done

    def refused(self, *words):
        """The one line that a bad input ends with; nothing is left behind."""
        done = self(*words)
        assert done.returncode == 1, done.stdout
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]


@pytest.fixture
def commands(tmp_path):
    return Commands(tmp_path)


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """One finished small sweep for the tests that only look at results."""
    commands = Commands(tmp_path_factory.mktemp("shared"))
    commands.output = commands.ok("sweep", "--name=mine", "--repeat=3", "--loss=0:0.4:0.2", "--stack=mqtt,coap,udp",
                                  "--nodes=3", "--reports=20", "--macRetries=0").stdout
    return commands
