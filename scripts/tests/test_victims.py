# SPDX-License-Identifier: GPL-2.0-only
"""Victims know nothing of attackers: no code path can ask whether a packet is an attack."""

import re
import subprocess
from pathlib import Path

import pytest
from reference_runs import PROGRAM

SOURCE = Path(__file__).resolve().parents[2] / "src"
LIBRARIES = PROGRAM.parents[1] / "lib"
VICTIMS = ["sans-io", "crypto", "tls", "mqtt", "coap", "iot-auth", "iot-device", "low-power-links"]
KNOWLEDGE = re.compile(r"iot-attacks|attacks::|\b(RadioNeighbor|WireTap|AttackHost|isAttack)\b", re.I)


@pytest.mark.parametrize("module", VICTIMS)
def test_a_victim_mentions_no_attacker(module):
    files = [path for path in (SOURCE / module).rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if KNOWLEDGE.search(path.read_text(encoding="utf-8"))] == []


def needed(library):
    """The project's libraries that it is linked with, and those that these are linked with, and so on."""
    found, left = set(), [library]
    while left:
        lines = subprocess.run(["readelf", "-d", left.pop()], capture_output=True, text=True, check=True).stdout
        new = {library.with_name(name) for name in re.findall(r"\(NEEDED\).*\[(libiot-.*)\]", lines)} - found
        found |= new
        left += new
    return {path.name for path in found}


@pytest.mark.parametrize("module", VICTIMS)
def test_a_victim_links_no_attacker(module):
    libraries = sorted(LIBRARIES.glob(f"libiot-{module}-*.so"))
    assert libraries, f"{LIBRARIES} holds the built libraries"
    for library in libraries:
        assert [name for name in needed(library) if "iot-attacks" in name] == [], library


def test_an_attacker_further_down_would_be_found():
    """The scenario links attackers, the programs link the scenario."""
    assert "libiot-iot-attacks-protocol.so" in needed(LIBRARIES / "libiot-iot-scenario-model.so")
    assert {"libiot-mqtt-protocol.so", "libiot-sans-io-model.so"} <= needed(LIBRARIES / "libiot-mqtt-model.so")


def test_knowledge_would_be_found():
    assert KNOWLEDGE.search('#include "iot-attacks/protocol/ipv6.h"')
    assert not KNOWLEDGE.search("a flood costs the victim what it would")
