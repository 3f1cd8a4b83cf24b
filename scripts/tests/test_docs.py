# SPDX-License-Identifier: GPL-2.0-only
"""What the documentation names is there: files, parameters, attributes, classes. Its outline is that of ns-3's manuals."""

import json
import re
import subprocess

import pytest
from iotlab.project import ROOT
from reference_runs import PROGRAM

MARKDOWN = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "results/README.md", "examples/experiments/README.md")]
MARKDOWN += sorted((ROOT / "examples" / "labs").rglob("*.md"))
MANUALS = sorted(ROOT.glob("src/*/doc/*.rst"))
SOURCES = "\n".join(path.read_text() for kind in ("*.cc", "*.h") for path in sorted((ROOT / "src").rglob(kind)))
SCRIPTS = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix == ""]
OTHER = {"run", "ciphers", "write"}  # of waf, of Mosquitto's clients, and of scripts/tests/reference_runs.py
IDS = {"ids": lambda path: str(path.relative_to(ROOT))}


def words(text):
    return set(re.findall(r"(?<![\w-])--([A-Za-z][A-Za-z0-9]*)(?![\w:]*::)", text))


@pytest.fixture(scope="module")
def parameters():
    """All that follows two dashes in the help of a program or command."""
    programs = [PROGRAM, PROGRAM.parent / "emulate", PROGRAM.parent / "provision"]
    helps = [subprocess.run([program, "--PrintHelp"], capture_output=True, text=True).stdout for program in programs]
    return words("\n".join(helps)) | words("\n".join(path.read_text() for path in SCRIPTS)) | OTHER


@pytest.mark.parametrize("path", [*MARKDOWN, *MANUALS], **IDS)
def test_parameters_exist(path, parameters):
    assert words(path.read_text()) - parameters == set()


@pytest.mark.parametrize("path", [*MARKDOWN, *MANUALS], **IDS)
def test_attributes_exist(path):
    for class_name, name in re.findall(r"\bns3::(\w+)::(\w+)", path.read_text()):
        if class_name != "Class":
            listed = subprocess.run([PROGRAM, f"--PrintAttributes=ns3::{class_name}"], capture_output=True, text=True).stdout
            assert re.search(rf"--ns3::\w+::{name}=", listed), f"ns3::{class_name}::{name}"


@pytest.mark.parametrize("path", MANUALS, **IDS)
def test_names_of_the_code_exist(path):
    """Classes, methods, attributes and traces, by the last part of their name."""
    names = re.findall(r"``([A-Za-z_]\w*(?:::\w+)*)(?:\([^`]*\))?``", path.read_text())
    for name in names:
        assert re.search(rf"\b{name.split('::')[-1]}\b", SOURCES), name


@pytest.mark.parametrize("path", MARKDOWN, **IDS)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert target.startswith("http") or (path.parent / target).exists(), target


@pytest.mark.parametrize("path", [*MARKDOWN, *MANUALS], **IDS)
def test_files_exist(path):
    for name in re.findall(r"(?<![\w/.-])(?:src|examples|scripts|scratch)/[\w./-]*\w", path.read_text()):
        places = (ROOT, path.parent.parent, ROOT / "src")
        assert any((place / name).exists() for place in places) or "mine" in name or "NAME" in name, name


def titles(path):
    lines = path.read_text().splitlines()
    return [(above, line) for above, line in zip(lines, lines[1:]) if re.fullmatch(r"([-=~*#^\"<>])\1{3,}", line) and above and not above.startswith(" ")]


@pytest.mark.parametrize("path", MANUALS, **IDS)
def test_the_outline_is_that_of_a_manual(path):
    assert not re.search(r"^(<{7}|>{7}) ", path.read_text(), re.M)  # left from a merge
    assert [above for above, line in titles(path) if len(line) < len(above)] == []
    mark = titles(path)[1][1][0]
    sections = [above for above, line in titles(path) if line[0] == mark]
    known = ["Scope and Limitations", "Usage", "Examples and Tests", "Validation", "References"]
    assert [name for name in known if name in sections] == sections
    assert sections[:3] == known[:3]


def test_every_reference_figure_is_shown():
    shown = set(re.findall(r"\(results/reference/([\w-]+\.svg)\)", (ROOT / "README.md").read_text()))
    assert shown == {path.name for path in (ROOT / "results" / "reference").glob("*.svg")}


def test_first_programs_are_as_short_as_the_readme_says():
    text = (ROOT / "README.md").read_text()
    names, most = re.search(r"^`(.*)` are complete programs of at most (\d+) lines", text, re.M).groups()
    for name in re.split(r"`(?:,| and) `", names):
        lines = (ROOT / "examples" / name.removeprefix("examples/")).read_text().splitlines()
        assert len(lines) <= int(most), name


@pytest.mark.parametrize("section", ["reports", "setup", "link", "bytes_on_air", "energy_j", "memory_bytes"])
def test_every_key_of_a_record_is_explained(tmp_path, section):
    """In a row of the table that the name of the section stands above."""
    subprocess.run([PROGRAM, "--nodes=1", "--reports=1", "--payloadFormat=json", "--json=run.json"], cwd=tmp_path, check=True)
    text = (ROOT / "results" / "README.md").read_text()
    table = re.search(rf"\(`{section}`[^|]*?\n\n\| key \|[^\n]*\n\|[-|]*\n((?:\|[^\n]*\n)+)", text)[1]
    explained = set(re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines())))
    missing = set(json.loads((tmp_path / "run.json").read_text())[section]) - explained
    assert missing - ({"bytes_on_air", "retransmissions"} if section == "setup" else set()) == set()
