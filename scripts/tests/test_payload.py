# SPDX-License-Identifier: GPL-2.0-only
"""Payload formats: every stack delivers each, the record tells its size, and tshark sees what it is called."""

import json
import subprocess

import pytest
from reference_runs import PROGRAM
from test_scenario import STACKS, count, run, tshark

# Bytes of a report of sensor 0, sequences 1 to 4; CoAP's Content-Format.
FORMATS = {"json": (60, 50), "text": (29, 0), "senml-json": (93, 110), "senml-cbor": (52, 112), "sdc-record": (310, 42)}
COMMON = ["--nodes=1", "--reports=4"]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_stack_delivers_every_format(tmp_path, stack, name):
    record = run(tmp_path, *COMMON, f"--stack={stack}", f"--payloadFormat={name}", "--loss=0.1")
    assert record["reports"]["delivered"] == record["reports"]["generated"] == 4
    assert record["reports"]["unknown"] == 0
    assert abs(record["reports"]["payload_bytes"] - FORMATS[name][0]) <= 4
    assert record["parameters"]["payloadFormat"] == name
    assert "payload" not in record["parameters"]


def test_binary_is_the_default_and_as_long_as_asked_for(tmp_path):
    records = [run(tmp_path, *COMMON, "--stack=coap", *more) for more in ([], ["--payloadFormat=binary", "--payload=32"])]
    for record in records:
        del record["simulator"]
        assert "payload_bytes" not in record["reports"]
    assert records[0] == records[1]


@pytest.mark.parametrize("name", FORMATS)
def test_coap_says_the_content_format(tmp_path, name):
    run(tmp_path, *COMMON, "--stack=coap", f"--payloadFormat={name}", "--pcap=run")
    wired = tmp_path / "run-wired.pcap"
    number = FORMATS[name][1]
    puts = tshark(wired, "-Y", "coap.code == 3", "-T", "fields", "-e", "udp.payload")
    assert len(puts) == 4
    # Behind Uri-Path (11): delta 1, then as many bytes as the number needs.
    option = bytes([0x11, number]) if number else b"\x10"
    assert all(option + b"\xff" in bytes.fromhex(payload) for payload in puts)


@pytest.mark.parametrize("name", FORMATS)
def test_mqtt_5_says_what_the_payload_is(tmp_path, name):
    run(tmp_path, *COMMON, "--stack=mqtt", "--mqttVersion=5", f"--payloadFormat={name}", "--pcap=run")
    wired = tmp_path / "run-wired.pcap"
    media = {"json": "application/json", "text": "text/plain;charset=utf-8", "senml-json": "application/senml+json",
             "senml-cbor": "application/senml+cbor", "sdc-record": "application/octet-stream"}[name]
    published = tshark(wired, "-Y", "mqtt.msgtype == 3", "-T", "fields", "-E", "separator=|", "-e", "mqtt.prop_number",
                       "-e", "mqtt.property.content_type")
    # The Payload Format Indicator is the only property here with a byte: 1 says that the payload is a text.
    indicator = "1" if name in ("json", "text", "senml-json") else ""
    assert published == [f"{indicator}|{media}"] * 4
    assert count(wired, "_ws.malformed || _ws.expert.severity == error") == 0


def test_mqtt_311_has_no_place_for_it(tmp_path):
    run(tmp_path, *COMMON, "--stack=mqtt", "--payloadFormat=json", "--pcap=run")
    assert not any(b"application/json" in path.read_bytes() for path in tmp_path.glob("*.pcap"))


def test_the_reading_is_in_the_capture(tmp_path):
    run(tmp_path, *COMMON, "--stack=udp", "--payloadFormat=json", "--pcap=run")
    readings = [json.loads(bytes.fromhex(line)) for line in
                tshark(tmp_path / "run-wired.pcap", "-Y", "udp.dstport == 7000", "-T", "fields", "-e", "udp.payload")]
    assert [reading["sequence"] for reading in readings] == [1, 2, 3, 4]
    assert all(18 <= reading["value"] < 24 for reading in readings)
    start = 1767225600  # 2026-01-01, simulated time 0
    assert all(60 <= reading["time"] - start < 110 for reading in readings)


def test_times_count_from_the_start_date(tmp_path):
    run(tmp_path, *COMMON, "--stack=udp", "--payloadFormat=json", "--pcap=run",
        "--ns3::SecureSocketFactory::StartDate=2030-01-01T00:00:00Z")
    lines = tshark(tmp_path / "run-wired.pcap", "-Y", "udp.dstport == 7000", "-T", "fields", "-e", "udp.payload")
    assert 1893456000 + 60 <= json.loads(bytes.fromhex(lines[0]))["time"] < 1893456000 + 110


@pytest.mark.parametrize("stack, way", [("mqtt", "same-flow"), ("coap", "other-port")])
def test_replayed_reports_are_found_in_every_format(tmp_path, stack, way):
    record = run(tmp_path, "--nodes=2", "--reports=10", f"--stack={stack}", "--payloadFormat=senml-json", "--attack=replay",
                 f"--replayWay={way}", "--replayDelay=1s")
    outcomes = record["attack"]["replay"]["outcomes"]
    assert outcomes["accepted"] > 0, outcomes


@pytest.mark.parametrize("arguments", [["--payloadFormat=xml"], ["--payloadFormat=json", "--payload=32"]])
def test_what_makes_no_sense_is_refused(arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
