# SPDX-License-Identifier: GPL-2.0-only
"""Victims know nothing of attackers: no code path can ask whether a packet is an attack."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
VICTIMS = ["sans-io", "crypto", "tls", "mqtt", "coap", "iot-device", "low-power-links"]
KNOWLEDGE = re.compile(r"iot-attacks|attacks::|\b(RadioNeighbor|WireTap|AttackHost|isAttack)\b", re.I)


@pytest.mark.parametrize("module", VICTIMS)
def test_a_victim_mentions_no_attacker(module):
    files = [path for path in (SOURCE / module).rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if KNOWLEDGE.search(path.read_text(encoding="utf-8"))] == []


def test_a_victim_links_no_attacker():
    libraries = sorted((Path(os.environ.get("IOT_PROGRAMS", "/nowhere")).parent / "lib").glob("libiot-*.so"))
    victims = [path for path in libraries if path.name.startswith(tuple(f"libiot-{name}-" for name in VICTIMS))]
    if not victims:
        pytest.skip("IOT_PROGRAMS names no build")
    for library in victims:
        needed = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
        assert "iot-attacks" not in needed, library


def test_knowledge_would_be_found():
    assert KNOWLEDGE.search('#include "iot-attacks/protocol/ipv6.h"')
    assert not KNOWLEDGE.search("a flood costs the victim what it would")
