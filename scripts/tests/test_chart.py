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


def test_arrows_of_one_instant_do_not_lie_on_each_other():
    fan = [{"t": 61.0, "type": "message", "from": "host", "to": to, "protocol": "mqtt", "label": "PUBLISH QoS 1"}
           for to in ("router", "c0", "c1")]
    cut = chart._extract([*fan, {**fan[0], "t": 61.25}], "", 60.0, 100.0)
    assert [event["lane"] for event in cut.messages] == [0, 0, 1, 0]
    rows = chart._Rows([cut])
    assert rows(1.25) - rows(1.0) == 2  # room for the second lane


def test_a_protocol_can_be_left_out_and_arrivals_are_counted(diary, tmp_path):
    with diary.open("a") as file:
        for event in (DIARY[10], {"t": 90.01, "type": "message", "from": "c0", "to": "host", "protocol": "tcp", "label": "ACK"}):
            file.write(json.dumps(event) + "\n")
    drawn = []
    for words in ([], ["--without=tcp,udp"]):
        chart.main([str(diary), f"--output={tmp_path / 'x.svg'}", *words])
        drawn.append(re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "x.svg").read_text()))
    assert [text for text in drawn[0] if text not in drawn[1]] == ["TCP ACK"]
    assert "2 x" in drawn[1] and "it arrives" in drawn[1] and "lost" in drawn[1]


@pytest.mark.parametrize("words, expected", [
    ([], "expected a diary"), (["nothing.jsonl"], "No such file"), (["{}", "--from=soon"], "--from=soon"),
    (["{}", "--titles=a|b"], "expected 1"), (["{}", "--output=x.png"], "ends with .svg"),
    (["{}", "--from=500"], "0 messages"), ([__file__], "no diary"), (["{}", "--without=http"], "--without=http"), (["{}", "--more=1"], "--more")])
def test_what_cannot_be_drawn_is_one_line(diary, words, expected):
    with pytest.raises(UserError) as error:
        chart.main([word.replace("{}", str(diary)) for word in words])
    assert expected in str(error.value) and "\n" not in str(error.value)


def test_a_crowded_chart_is_refused(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text("".join(json.dumps({**DIARY[0], "t": float(i)}) + "\n" for i in range(500)))
    with pytest.raises(UserError, match="500 messages"):
        chart.main([str(path)])
