# SPDX-License-Identifier: GPL-2.0-only
"""scripts/bench: benchmark programs, in turns, medians beside their baselines.

A benchmark program build/bin/bench-NAME prints JSON lines {"name": ..., "baseline": ..., numbers}:
`baseline` names what it is measured against, every number becomes a column (for example ratio,
wall_s, baseline_wall_s, bytes_per_sensor), and `limit`, if given, is the largest good `ratio`.
"""

import csv
import io
import json
import statistics
import subprocess
import sys

from . import arguments
from .project import PROGRAMS, RESULTS, ROOT, UserError, run_command, write_text


def main(words):
    names, options = arguments.parse(words, ["repeat"])
    repeat = arguments.count(options, "repeat", "7")
    programs = find(names)
    measured = {}
    for turn in range(1, repeat + 1):
        for path in programs:
            print(f"turn {turn} of {repeat}: {path.name}", file=sys.stderr)
            for line in run(path):
                measured.setdefault((line.pop("name"), line.pop("baseline", "")), []).append(line)
    rows = [summarise(name, baseline, lines) for (name, baseline), lines in measured.items()]
    folder = RESULTS / "bench"
    write_text(folder / "benchmarks.json", json.dumps(rows, indent=1) + "\n")
    write_text(folder / "benchmarks.csv", as_csv(rows))
    print(as_text(rows))
    print(f"\nWritten: {folder}/benchmarks.json and .csv")
    return 0


def find(names):
    present = {path.name.removeprefix("bench-"): path for path in sorted(PROGRAMS.glob("bench-*")) if path.is_file()}
    for name in names:
        if name not in present:
            raise UserError(f"no benchmark {name}: expected one of {', '.join(present) or '(none is built)'}")
    if not present:
        raise UserError(f"no benchmark program in {PROGRAMS}: expected bench-*")
    return [present[name] for name in names or present]


def run(path):
    done = subprocess.run([str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(f"{path.name} ended with exit code {done.returncode}: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
    lines = []
    for text in done.stdout.splitlines():
        if text.startswith("{"):
            try:
                line = json.loads(text)
                line["name"]
            except (ValueError, KeyError):
                raise UserError(f"{path.name} printed {text!r}: expected a JSON object with a name") from None
            lines.append(line)
    return lines


def summarise(name, baseline, lines):
    """Medians of every number, with the smallest and largest."""
    row = {"name": name, "baseline": baseline, "repetitions": len(lines)}
    for key in dict.fromkeys(key for line in lines for key in line):
        values = [line[key] for line in lines if isinstance(line.get(key), (int, float)) and not isinstance(line[key], bool)]
        if values:
            row[key] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return row


def as_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "baseline", "repetitions", "measure", "median", "min", "max"])
    for row in rows:
        for key, value in row.items():
            if isinstance(value, dict):
                writer.writerow([row["name"], row["baseline"], row["repetitions"], key, value["median"], value["min"], value["max"]])
    return text.getvalue()


def as_text(rows):
    lines = []
    for row in rows:
        against = f" against {row['baseline']}" if row["baseline"] else ""
        lines.append(f"{row['name']}{against}, {row['repetitions']} repetitions")
        limit = row.get("limit", {}).get("median")
        for key, value in row.items():
            if isinstance(value, dict) and key != "limit":
                verdict = "" if key != "ratio" or limit is None else f"   limit {limit:g}: {'kept' if value['median'] <= limit else 'EXCEEDED'}"
                lines.append(f"  {key:28} {value['median']:12.6g}   [{value['min']:.6g}, {value['max']:.6g}]{verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    run_command("scripts/bench", main)
