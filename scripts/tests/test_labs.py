# SPDX-License-Identifier: GPL-2.0-only
"""The worksheets of examples/labs: every simulation they ask for runs, and says what the findings say."""

import json
import re
import shlex
import subprocess

import pytest
from iotlab.project import ROOT
from reference_runs import PROGRAM

LABS = sorted((ROOT / "examples" / "labs").glob("*/worksheet.md"))


def simulations(worksheet):
    """The arguments of every scripts/sim of a worksheet; a loop over delays is written out."""
    text = re.sub(r"`", "\n", worksheet.read_text())
    delays = None
    for line in text.splitlines():
        loop = re.match(r"\s*for delay in (.*); do", line)
        if loop:
            delays = loop.group(1).split()
        elif line.strip() == "done":
            delays = None
        elif line.strip().startswith("scripts/sim "):
            for delay in delays or [""]:
                yield shlex.split(line.strip().replace("$delay", delay), comments=True)[1:]


COMMANDS = [(path.parent.name, arguments) for path in LABS for arguments in simulations(path)]


@pytest.mark.parametrize("lab, arguments", COMMANDS, ids=[f"{lab}:{' '.join(words)}" for lab, words in COMMANDS])
def test_commands_of_the_worksheets_run(tmp_path, lab, arguments):
    done = subprocess.run([PROGRAM, *arguments, "--json=run.json"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "run.json").read_text())
    if "--attack=replay" in arguments:
        assert record["attack"]["replay"]["replayed"] > 0
    if any(argument.startswith("--pcap=") for argument in arguments):
        attacked = any(argument.startswith("--attack=") for argument in arguments)
        assert list(tmp_path.glob("*-attacker.pcap" if attacked else "*-air.pcap"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.parent.name)
def test_every_question_has_its_finding(path):
    questions = re.findall(r"^(\d+)\. ", path.read_text(), re.MULTILINE)
    findings = re.findall(r"^(\d+)\. ", (path.parent / "findings.md").read_text(), re.MULTILINE)
    assert questions == [str(number) for number in range(1, len(questions) + 1)]
    assert findings == questions
