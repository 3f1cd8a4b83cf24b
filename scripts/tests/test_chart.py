# SPDX-License-Identifier: GPL-2.0-only
"""scripts/chart: sequence charts from diaries, and one line for what it cannot draw."""

import json
import re

import pytest
from iotlab import chart
from iotlab.project import UserError

DIARY = [
    {"t": 1.0, "type": "message", "from": "c0", "to": "host", "protocol": "mqtt", "label": "CONNECT"},
    {"t": 1.002, "type": "message", "from": "host", "to": "c0", "protocol": "mqtt", "label": "CONNACK"},
    {"t": 2.0, "type": "message", "from": "c0", "to": "host", "protocol": "mqtt", "label": "DISCONNECT"},
    {"t": 60.0, "type": "report", "what": "generated", "node": "s00", "report": 1},
    {"t": 60.01, "type": "frame", "from": "s00", "to": "router", "duration": 0.004, "bytes": 120, "outcome": "lost",
     "protocol": "mqtt", "label": "PUBLISH QoS 1", "retransmission": "", "report": 1},
    {"t": 60.02, "type": "frame", "from": "s00", "to": "router", "duration": 0.004, "bytes": 120, "outcome": "received",
     "protocol": "mqtt", "label": "PUBLISH QoS 1", "retransmission": "mac", "report": 1},
    {"t": 60.025, "type": "frame", "from": "router", "to": "s00", "duration": 0.0003, "bytes": 5, "outcome": "received",
     "protocol": "mac-ack", "label": "ACK", "retransmission": "", "report": 0},
    {"t": 60.03, "type": "message", "from": "router", "to": "host", "protocol": "mqtt", "label": "PUBLISH QoS 1"},
    {"t": 90.0, "type": "message", "from": "c0", "to": "host", "protocol": "mqtt", "label": "CONNECT"},
    {"t": 90.003, "type": "message", "from": "host", "to": "c0", "protocol": "mqtt", "label": "PUBLISH QoS 1"},
    {"t": 90.004, "type": "report", "what": "delivered", "node": "c0", "report": 1},
    {"type": "energy", "t": 130.0, "node": "s00", "radio_j": 1, "mcu_j": 1}]


@pytest.fixture
def diary(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in DIARY))
    return path


def test_every_node_that_speaks_has_a_line(diary, tmp_path):
    assert chart.main([str(diary), "--output", str(tmp_path / "all.svg"), "--titles=Apart"]) == 0
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "all.svg").read_text())
    for text in ("Apart", "s00", "border", "host", "c0", "CONNECT", "PUBLISH QoS 1", "PUBLISH QoS 1 (again)"):
        assert text in texts, texts
    assert "ACK" not in texts


def test_the_same_diary_gives_the_same_bytes(diary, tmp_path):
    for name in ("a.svg", "b.svg"):
        chart.main([str(diary), f"--output={tmp_path / name}"])
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_sessions_last_from_connect_to_disconnect():
    cut = chart._extract(DIARY, "", 60.0, 100.0)
    assert cut.online["c0"] == [(-59.0, -58.0), (30.0, None)]
    assert cut.nodes == ["s00", "router", "host", "c0"]
    assert [event["label"] for event in cut.messages] == ["PUBLISH QoS 1", "CONNECT", "PUBLISH QoS 1"]


@pytest.mark.parametrize("words, expected", [
    ([], "expected a diary"), (["nothing.jsonl"], "No such file"), (["{}", "--from=soon"], "--from=soon"),
    (["{}", "--titles=a|b"], "expected 1"), (["{}", "--output=x.png"], "ends with .svg"),
    (["{}", "--from=500"], "0 messages"), ([__file__], "no diary"), (["{}", "--more=1"], "--more")])
def test_what_cannot_be_drawn_is_one_line(diary, words, expected):
    with pytest.raises(UserError) as error:
        chart.main([word.replace("{}", str(diary)) for word in words])
    assert expected in str(error.value) and "\n" not in str(error.value)


def test_a_crowded_chart_is_refused(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text("".join(json.dumps({**DIARY[0], "t": float(i)}) + "\n" for i in range(500)))
    with pytest.raises(UserError, match="500 messages"):
        chart.main([str(path)])
