# SPDX-License-Identifier: GPL-2.0-only
"""The comparison's sensors over MQTT 5.0."""

import subprocess

import pytest
from reference_runs import PROGRAM
from test_scenario import count, run

COMMON = ["--stack=mqtt", "--nodes=3", "--reports=10", "--loss=0.3", "--pcap=run"]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_both_versions_deliver_the_same(tmp_path, qos):
    records = [run(tmp_path, *COMMON, f"--qos={qos}", f"--mqttVersion={version}") for version in ("3.1.1", "5")]
    assert records[1]["parameters"]["mqttVersion"] == "5"
    assert "mqttVersion" not in records[0]["parameters"]
    for record in records:
        assert record["reports"]["delivered"] == record["reports"]["generated"] == 30


def test_tshark_understands_version_5(tmp_path):
    run(tmp_path, *COMMON, "--mqttVersion=5")
    wired = tmp_path / "run-wired.pcap"
    assert count(wired, "mqtt.ver == 5") > 0
    assert count(wired, "mqtt.property.topic_alias == 1") > 0
    # Segments are lost, and tshark puts a stream in order only when it is told to.
    ordered = ["-o", "tcp.reassemble_out_of_order:TRUE"]
    assert count(wired, "_ws.malformed || _ws.expert.severity == error", *ordered) == 0


def test_an_alias_saves_the_topic(tmp_path):
    def application_bytes(*arguments):
        record = run(tmp_path, "--stack=mqtt", "--nodes=1", "--reports=100", *arguments)
        return record["bytes_on_air"]["application"]

    none, one = (application_bytes("--mqttVersion=5", f"--topicAliases={n}") for n in (0, 1))
    # Topic s/00/t of six bytes: an alias takes three, so the first PUBLISH is three longer and the others three shorter.
    assert none - one == 99 * (6 - 3) - 3


def test_a_neighbour_reads_version_5_and_its_aliases(tmp_path):
    record = run(tmp_path, "--stack=mqtt", "--nodes=2", "--reports=10", "--mqttVersion=5", "--payloadFormat=json",
                 "--attack=sniff", "--user=me", "--password=key")
    flows = [flow for flow in record["leak"]["flows"] if flow["topics"]]
    up = [flow for flow in flows if flow["user_names"]]
    assert len(up) == 2
    for flow in up:
        assert flow["passwords"] == ["key"]
        # Ten reports of one topic, of which nine say the alias alone.
        assert list(flow["topics"].values()) == [10] and list(flow["topics"])[0].startswith("s/")
        assert flow["unread_bytes"] == 0


@pytest.mark.parametrize("way", ["same-flow", "new-connection"])
def test_replays_of_version_5(tmp_path, way):
    """Who replays from the first PUBLISH on tells a new connection too what each alias stands for."""
    record = run(tmp_path, "--stack=mqtt", "--nodes=2", "--reports=20", "--mqttVersion=5", "--attack=replay",
                 f"--replayWay={way}", "--replayDelay=1s")
    replay = record["attack"]["replay"]
    # A copy in the flow of the sensor puts it out of step: some of them find no connection any more.
    assert replay["outcomes"]["accepted"] + replay["outcomes"]["unreachable"] == replay["replayed"]
    assert replay["outcomes"]["accepted"] >= 20
    assert way == "same-flow" or replay["outcomes"]["accepted"] == 40


@pytest.mark.parametrize("arguments", [["--stack=coap", "--mqttVersion=5"], ["--mqttVersion=4"], ["--topicAliases=70000"],
                                       ["--ns3::MqttClient::ProtocolLevel=5"]])
def test_what_makes_no_sense_is_refused(arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
