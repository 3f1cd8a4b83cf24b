# SPDX-License-Identifier: GPL-2.0-only
"""The tables of the numbered statements of MQTT name each of them once, and tests that there are."""

import csv
import subprocess
from collections import Counter

import pytest
from iotlab.project import PROGRAMS, ROOT

TABLES = ROOT / "src" / "mqtt" / "doc" / "conformance"
TEST_PROGRAMS = ["mqtt-protocol-test", "mqtt-model-test"]
COLUMNS = ["statement", "binds", "rule", "tests", "why_not"]

# The numbers of appendix B of both standards: a section and its last number, or its first and last.
STATEMENTS = {
    "3.1.1": """1.5.3:3 2.2.2:2 2.3.1:7 3.1.0:2 3.1.2:24 3.1.3:11 3.1.4:5 3.2.0:1 3.2.2:6 3.3.1:12 3.3.2:3 3.3.4:1
        3.3.5:2 3.6.1:1 3.8.1:1 3.8.3:4 3.8.4:6 3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:6 3.12.4:1 3.14.1:1 3.14.4:3 4.1.0:2
        4.3.1:1 4.3.2:2 4.3.3:2 4.4.0:1 4.5.0:2 4.6.0:6 4.7.1:3 4.7.2:1 4.7.3:4 4.8.0:2 6.0.0:4 7.0.0:2 7.1.1:1 7.1.2:1""",
    "5.0": """1.5.4:3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:2-6 2.2.2:1 3.1.0:2 3.1.2:30 3.1.3:12 3.1.4:6 3.2.0:2 3.2.2:22
        3.3.1:13 3.3.2:20 3.3.4:10 3.4.2:3 3.5.2:3 3.6.1:1 3.6.2:3 3.7.2:3 3.8.1:1 3.8.3:5 3.8.4:8 3.9.2:2 3.9.3:2
        3.10.1:1 3.10.3:2 3.10.4:6 3.11.2:2 3.11.3:2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:4 3.14.4:3 3.15.1:1 3.15.2:3
        4.1.0:2 4.2:1 4.3.1:1 4.3.2:5 4.3.3:13 4.4.0:2 4.5.0:2 4.6.0:6 4.7.0:1 4.7.1:2 4.7.2:1 4.7.3:4 4.8.2:6
        4.9.0:3 4.12.0:7 4.12.1:2 4.13.1:1 4.13.2:1 6.0.0:4""",
}


def statements_of(version):
    for item in STATEMENTS[version].split():
        section, numbers = item.split(":")
        first, last = numbers.split("-") if "-" in numbers else ("1", numbers)
        yield from (f"{section}-{number}" for number in range(int(first), int(last) + 1))


def rows_of(version):
    with open(TABLES / f"mqtt-{version}.csv", newline="", encoding="utf-8") as table:
        reader = csv.DictReader(table, strict=True)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def find_tests():
    """The names that the built test programs answer with, as ctest knows them."""
    names = set()
    for program in TEST_PROGRAMS:
        path = PROGRAMS / program
        if not path.exists():
            pytest.skip(f"{program} is not built")
        suite = ""
        for line in subprocess.run([path, "--gtest_list_tests"], text=True, capture_output=True, check=True).stdout.splitlines():
            name = line.split("#")[0].rstrip()
            if name.startswith("  "):
                names.add(suite + name.strip())
            else:
                suite = name
    return names


@pytest.mark.parametrize("version", STATEMENTS)
def test_every_statement_has_one_row(version):
    assert [row["statement"] for row in rows_of(version)] == list(statements_of(version))


@pytest.mark.parametrize("version", STATEMENTS)
def test_no_row_is_empty(version):
    for row in rows_of(version):
        assert row["rule"] and row["binds"] in ("client", "server", "both"), row
        assert bool(row["tests"]) != bool(row["why_not"]), row
        assert len(set(row["tests"].split())) == len(row["tests"].split()), row


def test_every_named_test_exists():
    there = find_tests()
    for version in STATEMENTS:
        for row in rows_of(version):
            missing = [name for name in row["tests"].split() if name not in there]
            assert not missing, f"{version} {row['statement']}: {missing}"


def test_the_lists_are_as_long_as_the_standards():
    assert Counter({version: len(list(statements_of(version))) for version in STATEMENTS}) == {"3.1.1": 141, "5.0": 251}
