# SPDX-License-Identifier: GPL-2.0-only
"""--pattern=command: commands to sleeping actuators; --collectors: one publisher, many subscribers."""

import subprocess

import pytest
from reference_runs import PROGRAM
from test_scenario import count, run

STACKS = ["mqtt", "mqtts", "coap", "coaps"]
COMMON = ["--pattern=command", "--nodes=3", "--reports=10"]


@pytest.mark.parametrize("arguments", [["--stack=mqtt"], ["--stack=coap"], ["--stack=mqtts", "--credential=psk"],
                                       ["--stack=mqtts", "--credential=ecdsa"], ["--stack=coaps", "--credential=psk"],
                                       ["--stack=coaps", "--credential=ecdsa"]])
def test_commands_arrive(tmp_path, arguments):
    record = run(tmp_path, *COMMON, *arguments)
    reports = record["reports"]
    assert reports["delivered"] == reports["served"] == reports["generated"] == 30
    assert reports["unknown"] == 0
    assert record["setup"]["sessions"] == 3
    # A sleeper polls every 2 s: a command waits for half of that in the mean, and for no longer than the whole.
    assert 0.5 < reports["latency_s"]["mean"] < 1.5
    assert reports["latency_s"]["max"] < 2.2


@pytest.mark.parametrize("stack", STACKS)
def test_the_poll_period_decides_how_long_a_command_takes(tmp_path, stack):
    records = [run(tmp_path, *COMMON, f"--stack={stack}", f"--pollPeriod={period}") for period in ("0.5s", "1s")]
    records.append(run(tmp_path, *COMMON, f"--stack={stack}", "--radio=always-on"))
    means = [record["reports"]["latency_s"]["mean"] for record in records]
    assert means[2] < 0.1 < means[0] < means[1]
    energies = [record["energy_j"]["per_report"] for record in records]
    assert energies[1] < energies[0] < energies[2]


@pytest.mark.parametrize("arguments", [["--stack=mqtt", "--qos=0"], ["--stack=coap", "--confirmable=false"]])
def test_lost_commands_are_in_the_account(tmp_path, arguments):
    reports = run(tmp_path, *COMMON, *arguments, "--loss=0.7", "--macRetries=0")["reports"]
    assert reports["generated"] == 30
    assert reports["delivered"] < 30
    assert reports["generated"] == sum(reports[key] for key in ("delivered", "lost", "in_flight", "refused"))


def test_who_sends_what(tmp_path):
    run(tmp_path, *COMMON, "--stack=coap", "--pcap=coap")
    coap = tmp_path / "coap-wired.pcap"
    assert count(coap, "coap.code == 3 && ipv6.src == fd00:0:0:2::2") >= 30  # PUT by the host
    assert count(coap, "coap.code == 68 && ipv6.dst == fd00:0:0:2::2") >= 30  # 2.04 by the actuators
    assert count(coap, "coap.code == 3 && ipv6.dst == fd00:0:0:2::2") == 0
    run(tmp_path, *COMMON, "--stack=mqtt", "--pcap=mqtt")
    mqtt = tmp_path / "mqtt-wired.pcap"
    assert count(mqtt, 'mqtt.msgtype == 8 && mqtt.topic contains "/c"') == 3
    assert count(mqtt, "mqtt.msgtype == 3 && ipv6.src == fd00:0:0:2::2") >= 30  # some again: TCP does not know that it sleeps
    assert count(mqtt, "mqtt.msgtype == 3 && ipv6.dst == fd00:0:0:2::2") == 0
    for capture in (coap, mqtt):
        assert count(capture, "_ws.malformed || _ws.expert.severity == error") == 0


@pytest.mark.parametrize("stack", ["mqtt", "coap"])
def test_every_collector_has_its_account(tmp_path, stack):
    one = run(tmp_path, f"--stack={stack}", "--nodes=2", "--reports=10")
    three = run(tmp_path, f"--stack={stack}", "--nodes=2", "--reports=10", "--collectors=3")
    assert "fan_out" not in one
    fan_out = three["fan_out"]
    assert [fan_out[key] for key in ("collectors", "wanted", "delivered")] == [3, 60, 60]
    assert [each["collector"] for each in fan_out["each"]] == ["c0", "c1", "c2"]
    assert all(each["delivered"] == each["on_time"] == 20 for each in fan_out["each"])
    assert fan_out["each"][0]["latency_s"] == three["reports"]["latency_s"]
    # The host makes the copies, so no sensor feels how many there are.
    assert three["bytes_on_air"] == one["bytes_on_air"]
    assert three["energy_j"]["total"] == pytest.approx(one["energy_j"]["total"], rel=1e-3)


@pytest.mark.parametrize("arguments", [["--stack=udp"], ["--stack=tcp"], ["--collectors=2"], ["--fault=runaway"],
                                       ["--attack=replay"], ["--attack=slowite"]])
def test_what_makes_no_sense_is_refused(arguments):
    done = subprocess.run([PROGRAM, "--pattern=command", *arguments], capture_output=True, text=True)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
