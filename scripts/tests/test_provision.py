# SPDX-License-Identifier: GPL-2.0-only
"""scripts/provision: keys and registry from the command line, and a simulation that takes them."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from reference_runs import PROGRAM

SCRIPTS = Path(__file__).resolve().parents[1]
PROGRAMS = {"IOT_PROGRAMS": str(Path(PROGRAM).parent)}


def provision(folder, *words):
    return subprocess.run([str(SCRIPTS / "provision"), *words], cwd=folder, env={**os.environ, **PROGRAMS},
                          capture_output=True, text=True)


def create(folder, name, *words):
    done = provision(folder, "create", name, *words)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "registry.json").read_text())["devices"]


def simulate(folder, *words):
    done = subprocess.run([PROGRAM, "--stack=mqtt", "--nodes=2", "--reports=2", "--auth=jwt", "--json=run.json", *words],
                          cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "run.json").read_text())


def test_help_says_how_to_use_it(tmp_path):
    text = provision(tmp_path, "--help").stdout
    assert "Usage: scripts/provision" in text and "SPDX" not in text


def test_a_device_is_created_once(tmp_path):
    devices = create(tmp_path, "s00")
    key = (tmp_path / "s00.pem").read_text()
    assert [device["name"] for device in devices] == ["s00"]
    assert devices[0]["algorithm"] == "ES256" and not devices[0]["blocked"]
    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    assert (tmp_path / "s00.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (tmp_path / "registry.json").read_text()
    again = provision(tmp_path, "create", "s00")
    assert again.returncode == 1 and again.stderr.strip() == "provision: device 's00': exists"
    other = provision(tmp_path, "create", "s00", "--registry=other.json")
    assert other.returncode == 1 and "s00.pem: expected no file" in other.stderr
    assert (tmp_path / "s00.pem").read_text() == key and not (tmp_path / "other.json").exists()
    assert len(create(tmp_path, "s01", "--algorithm=RS256")) == 2


def test_calls_at_the_same_time_lose_nothing(tmp_path):
    names = [f"s{number:02}" for number in range(12)]
    calls = [subprocess.Popen([str(SCRIPTS / "provision"), "create", name], cwd=tmp_path, env={**os.environ, **PROGRAMS},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for name in names]
    for call in calls:
        said = call.communicate()[0]
        assert call.returncode == 0, said
    devices = json.loads((tmp_path / "registry.json").read_text())["devices"]
    assert sorted(device["name"] for device in devices) == names
    assert {path.name for path in tmp_path.iterdir()} == {"registry.json", *(f"{name}.pem" for name in names)}


def test_openssl_reads_what_it_wrote(tmp_path):
    devices = create(tmp_path, "s00")
    public = subprocess.run(["openssl", "pkey", "-in", "s00.pem", "-pubout"], cwd=tmp_path, capture_output=True, text=True)
    assert public.stdout == devices[0]["keys"][0]


def test_a_seed_makes_the_same_key(tmp_path):
    keys = []
    for seed in ("1", "1", "2"):
        folder = tmp_path / str(len(keys))
        folder.mkdir()
        keys.append(create(folder, "s00", f"--seed={seed}")[0]["keys"][0])
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("words, expected", [
    ([], "create, block or unblock"),
    (["create"], "the name of a device"),
    (["erase", "s00"], "create, block or unblock"),
    (["create", "s 00"], "device 's 00': bad name"),
    (["create", "s00", "--algorithm=HS256"], "--algorithm=HS256: expected ES256 or RS256"),
    (["create", "s00", "--keys=nowhere"], "--keys=nowhere: expected a folder"),
    (["create", "s00", "--seed=x"], "--seed=x: expected a whole number"),
    (["create", "s00", "--force"], "--force: expected one of"),
    (["create", "s00", "--registry=nowhere/r.json"], "nowhere/r.json"),
    (["block", "s00"], "registry.json"),
])
def test_bad_input_is_one_line(tmp_path, words, expected):
    done = provision(tmp_path, *words)
    assert done.returncode == 1
    line, = done.stderr.strip().splitlines()
    assert line.startswith("provision: ") and expected in line
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_cannot_be_read_stays_as_it_is(tmp_path):
    (tmp_path / "registry.json").write_text("{}")
    done = provision(tmp_path, "create", "s00")
    assert done.returncode == 1 and "registry.json: expected JSON" in done.stderr
    assert (tmp_path / "registry.json").read_text() == "{}" and not (tmp_path / "s00.pem").exists()


def test_a_simulation_takes_keys_and_registry(tmp_path):
    for name in ("s00", "s01", "c0"):
        create(tmp_path, name)
    files = ("--registry=registry.json", "--deviceKeys=.")
    record = simulate(tmp_path, *files)
    assert record["reports"]["delivered"] == 4 and record["auth"]["refused"] == {}
    assert provision(tmp_path, "block", "s01").returncode == 0
    record = simulate(tmp_path, *files)
    assert record["reports"]["delivered"] == 2
    assert set(record["auth"]["refused"]) == {"connect: blocked device"}
    assert provision(tmp_path, "unblock", "s01").returncode == 0
    assert simulate(tmp_path, *files)["reports"]["delivered"] == 4
