# SPDX-License-Identifier: GPL-2.0-only
import json
import os
import resource
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from iotlab.engine import Engine

# One run of each, so that no figures are drawn: they are not what is tested here.
SWEEP = ("sweep", "--name=mine", "--repeat=1", "--loss=0:1:0.1", "--stack=mqtt,coap", "--nodes=2", "--reports=5")


def points(commands):
    return sorted((commands.results / "mine" / "points").glob("[0-9a-f]*.json"))


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_killed_and_resumed_it_runs_only_what_is_missing(commands):
    first = commands.start(*SWEEP, FAKE_SECONDS="0.3")
    wait_for(lambda: len(points(commands)) >= 5)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    time.sleep(0.6)
    finished = {path: path.stat().st_mtime_ns for path in points(commands)}
    assert 5 <= len(finished) < 22
    done = commands.ok(*SWEEP)
    assert f"{len(finished)} of 22 simulations are there already" in done.stderr
    assert len(points(commands)) == 22
    assert all(path.stat().st_mtime_ns == when for path, when in finished.items())
    assert not list((commands.results / "mine" / "points").glob(".*"))


def test_only_the_command_killed_leaves_no_second_run_beside_it(commands):
    first = commands.start(*SWEEP, FAKE_SECONDS="0.3")
    wait_for(lambda: len(points(commands)) >= 2)
    os.kill(first.pid, signal.SIGKILL)
    commands.ok(*SWEEP)
    assert len(points(commands)) == 22
    first.communicate()


def test_stopped_by_hand_it_says_how_to_go_on(commands):
    first = commands.start(*SWEEP, FAKE_SECONDS="0.3")
    wait_for(lambda: len(points(commands)) >= 2)
    os.killpg(first.pid, signal.SIGINT)
    _, err = first.communicate(timeout=30)
    assert first.returncode == 130 and "finishes what is missing" in err
    commands.ok(*SWEEP)
    assert len(points(commands)) == 22


def test_a_new_value_adds_only_its_points_and_a_new_program_redoes_all(commands, tmp_path):
    commands.ok("sweep", "--name=mine", "--repeat=1", "--loss=0,0.2")
    done = commands.ok("sweep", "--name=mine", "--repeat=1", "--loss=0,0.2,0.4")
    assert "2 of 3 simulations are there already" in done.stderr
    program = tmp_path / "programs" / "iot-scenario"
    program.parent.mkdir()
    program.write_text((commands.programs / "iot-scenario").read_text() + "\n# changed\n")
    program.chmod(0o755)
    done = commands.ok("sweep", "--name=mine", "--repeat=1", "--loss=0,0.2,0.4", IOT_PROGRAMS=str(program.parent))
    assert "are there" not in done.stderr


def test_a_failing_point_ends_the_run_with_its_message_and_command(commands):
    done = commands("sweep", "--name=mine", "--repeat=2", "--loss=0.5,0.7", FAKE_FAILURE="0.7")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "the battery is empty" in last and "scripts/sim iot-scenario" in last
    assert not (commands.results / "mine" / "report.html").exists()


@pytest.mark.parametrize("text", ["", '{"arguments": [["loss", ', "[]", None])
def test_a_failure_whose_reason_was_not_written_is_one_line(tmp_path, text):
    engine = Engine(SimpleNamespace(name="mine", program="iot-scenario"))
    engine._work = tmp_path
    (tmp_path / "failures").mkdir()
    if text is not None:
        (tmp_path / "failures" / "a.json").write_text(text)
    assert engine._failure().startswith(f"a simulation failed and its reason could not be written to {tmp_path / 'failures'}")
    (tmp_path / "failures" / "b.json").write_text('{"arguments": [["loss", "1"]], "message": "the battery is empty"}')
    assert engine._failure() == "the battery is empty; see for yourself with: scripts/sim iot-scenario --loss=1"


def test_a_worker_that_cannot_write_its_reason_leaves_no_part_of_it(tmp_path):
    (tmp_path / "taken").mkdir()
    plan = {"engine": os.getpid(), "host": os.uname().nodename, "root": str(tmp_path), "stamp": "", "program": "/bin/false",
            "timeout": 10, "points": str(tmp_path), "failures": str(tmp_path / "failures"), "taken": str(tmp_path / "taken"),
            "share": 1, "missing": [{"id": "a", "arguments": []}]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run([sys.executable, "-m", "iotlab.worker", tmp_path / "plan.json"], stderr=subprocess.PIPE, text=True,
                          preexec_fn=full, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "said nothing" in done.stderr and "File too large" in done.stderr
    assert list((tmp_path / "failures").iterdir()) == []


def test_a_point_knows_where_it_comes_from(shared):
    record = json.loads(points(shared)[0].read_text())
    assert record["point"]["program"] == "iot-scenario" and record["point"]["arguments"]["nodes"] == "3"
    assert record["point"]["id"] == points(shared)[0].stem
