#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Four runs whose records and captures are the same on every machine.

results/reference/runs.json holds their hashes. After a change that is meant to move results:

    scripts/tests/reference_runs.py --write
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("IOT_PROGRAMS", ROOT / "build" / "bin")) / "iot-scenario"
HASHES = ROOT / "results" / "reference" / "runs.json"
COMMON = ["--nodes=3", "--reports=5", "--loss=0.2"]
RUNS = {
    "mqtt, run 1": ["--stack=mqtt", "--RngRun=1"],
    "mqtts with certificate, run 2": ["--stack=mqtts", "--credential=ecdsa", "--RngRun=2"],
    "coap, run 3": ["--stack=coap", "--RngRun=3"],
    "coaps with PSK, run 4": ["--stack=coaps", "--credential=psk", "--RngRun=4"],
}


def simulate(arguments, folder):
    """(record without what the machine adds to it, {name of capture: bytes})."""
    folder = Path(folder)
    subprocess.run([PROGRAM, *COMMON, *arguments, "--json=run.json", "--pcap=run"], cwd=folder, check=True)
    record = json.loads((folder / "run.json").read_text())
    for value in ("wall_s", "peak_rss_bytes"):
        del record["simulator"][value]
    return record, {path.name: path.read_bytes() for path in sorted(folder.glob("*.pcap"))}


def hash_run(arguments):
    """One hash over record and captures; the versions of ns-3 and OpenSSL are not part of it."""
    with tempfile.TemporaryDirectory() as folder:
        record, captures = simulate(arguments, folder)
    del record["versions"]
    del record["simulator"]  # how many events it takes is not a result
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode())
    for name, content in captures.items():
        digest.update(name.encode() + content)
    return digest.hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(f"{__doc__}\nexpected --write")
    HASHES.write_text(json.dumps({name: hash_run(arguments) for name, arguments in RUNS.items()}, indent=1) + "\n")
