# SPDX-License-Identifier: GPL-2.0-only
"""Outputs that cannot be written: one line that names the file and why, and nothing under its name."""

import json
import resource
import subprocess

import pytest
from reference_runs import PROGRAM

SMALL = ["--stack=coaps", "--nodes=2", "--reports=4"]


def simulate(folder, *arguments, limit=None, **options):
    """One run; no file of it may grow beyond `limit` bytes, as on a full disk."""
    full = None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return subprocess.run([PROGRAM, *SMALL, *arguments], cwd=folder, preexec_fn=full, text=True, stderr=subprocess.PIPE,
                          **{"stdout": subprocess.PIPE, **options})


def assert_refused(done, line):
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"iot-scenario: {line}"]


@pytest.mark.parametrize("argument, file", [
    ("--json=run.json", "run.json"),
    ("--events=events", "events"),
    ("--keylog=run.keys", "run.keys"),
    ("--pcap=run", "run-lln.pcap"),
])
def test_a_disk_that_fills_up_is_one_line_and_leaves_nothing(tmp_path, argument, file):
    assert_refused(simulate(tmp_path, argument, limit=128), f"{file}: could not be completed (File too large)")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("capture", ["lln", "wired", "air", "attacker"])
def test_one_capture_that_fails_takes_the_name_from_none_and_gives_it_to_none(tmp_path, capture):
    """Writes to this part fail as on a full disk; an older file stays."""
    (tmp_path / f"run.part-{capture}.pcap").symlink_to("/dev/full")
    (tmp_path / f"run-{capture}.pcap").write_text("older")
    done = simulate(tmp_path, "--pcap=run", "--json=run.json", "--attack=sniff")
    assert_refused(done, f"run-{capture}.pcap: could not be completed (No space left on device)")
    assert [path.name for path in tmp_path.iterdir()] == [f"run-{capture}.pcap"]
    assert (tmp_path / f"run-{capture}.pcap").read_text() == "older"


def test_a_summary_that_cannot_be_printed_is_an_error(tmp_path):
    with open("/dev/full", "w") as full:
        assert_refused(simulate(tmp_path, stdout=full), "standard output: could not be written")


@pytest.mark.parametrize("arguments, line", [
    (["--json=x", "--events=x"], "--events: expected another file than --json, which writes x too"),
    (["--json=x", "--keylog=./x"], "--keylog: expected another file than --json, which writes ./x too"),
    (["--events=p-air.pcap", "--pcap=p"], "--pcap: expected another file than --events, which writes p-air.pcap too"),
    (["--json=x", "--events=x.part"], "--events: expected another file than --json, which writes x.part too"),
])
def test_two_outputs_of_one_name_are_refused(tmp_path, arguments, line):
    assert_refused(simulate(tmp_path, *arguments), line)
    assert list(tmp_path.iterdir()) == []


def test_the_diary_of_a_run_takes_no_memory(tmp_path):
    arguments = ["--nodes=10", "--reports=200", "--interval=500ms", "--json=run.json"]

    def peak(*more):
        assert simulate(tmp_path, *arguments, *more).returncode == 0
        return json.loads((tmp_path / "run.json").read_text())["simulator"]["peak_rss_bytes"]

    without = peak()
    with_diary = peak("--events=events")
    assert (tmp_path / "events").stat().st_size > 10e6
    assert with_diary < without + 5e6


@pytest.mark.parametrize("argument", ["--json=link", "--events=link"])
def test_a_link_keeps_its_name(tmp_path, argument):
    (tmp_path / "target").write_text("older")
    (tmp_path / "link").symlink_to("target")
    assert_refused(simulate(tmp_path, argument), "link: expected a regular file, or none yet")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "older"
