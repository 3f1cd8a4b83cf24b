# SPDX-License-Identifier: GPL-2.0-only
import json
import os
import signal
import time

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


def test_a_point_knows_where_it_comes_from(shared):
    record = json.loads(points(shared)[0].read_text())
    assert record["point"]["program"] == "iot-scenario" and record["point"]["arguments"]["nodes"] == "3"
    assert record["point"]["id"] == points(shared)[0].stem
