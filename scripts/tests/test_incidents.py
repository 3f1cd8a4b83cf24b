# SPDX-License-Identifier: GPL-2.0-only
"""Attacks, faults and defences from the command line: what the record tells of them, and bad input."""

import json
import subprocess

import pytest
from reference_runs import PROGRAM

SMALL = ["--nodes=2", "--reports=4"]


def run(folder, *arguments):
    subprocess.run([PROGRAM, *SMALL, *arguments, "--json=run.json"], cwd=folder, check=True)
    return json.loads((folder / "run.json").read_text())


@pytest.mark.parametrize("arguments, line", [
    (["--attack=wall"],
     "--attack=wall: expected one of none, sniff, replay, syn-flood, connect-flood, tls-flood, dtls-flood, coap-flood, "
     "slowite, idle-connections"),
    (["--stack=mqtt", "--attack=dtls-flood"],
     "--attack=dtls-flood: expected --stack=coaps, for mqtt has nothing that it attacks"),
    (["--stack=udp", "--attack=replay"],
     "--attack=replay: expected --stack=mqtt, mqtts, coap, coaps, for udp has nothing that it attacks"),
    (["--stack=coap", "--pattern=observe", "--attack=coap-flood"],
     "--attack=coap-flood: expected --pattern=push, where the host is the server"),
    (["--attack=syn-flood", "--attackRate=0"], "--attackRate=0: expected a number from 1e-06 to 1e+06"),
    (["--attack=syn-flood", "--attackRate=-5"], "--attackRate=-5: expected a number from 1e-06 to 1e+06"),
    (["--attack=syn-flood", "--attackRate=1e-7"], "--attackRate=1e-7: expected a number from 1e-06 to 1e+06"),
    (["--attack=syn-flood", "--attackStart=10s"], "--attackStart=10s: expected less than the window of 10s"),
    (["--fault=runaway", "--attackStart=1h"], "--attackStart=3600s: expected less than the window of 10s"),
    (["--fault=fire"], "--fault=fire: expected one of none, runaway"),
    (["--stack=mqtt", "--attack=replay", "--replayWay=late"],
     "--replayWay=late: expected same-flow or new-connection, for mqtt runs over TCP"),
    (["--stack=coap", "--attack=replay", "--replayWay=new-connection"],
     "--replayWay=new-connection: expected same-flow, other-port or late, for coap runs over UDP"),
    (["--defence=cookie,wall"],
     "--defence=cookie,wall: expected none, or a list of cookie, connect-timeout, handshake-timeout, keep-alive-bound, "
     "half-open-eviction, address-limit, connection-rate, request-rate"),
    (["--timelineStep=0s"], "--timelineStep=0s: expected a time from 0.01s to 36500d, such as 10s or 250ms"),
    (["--defence=cookie,cookie"], "--defence=cookie,cookie: expected each defence once"),
    (["--defence=address-limit,cookie"],
     "--defence=address-limit,cookie: expected --stack=coaps, for mqtt has no use for cookie"),
    (["--stack=coap", "--defence=half-open-eviction"],
     "--defence=half-open-eviction: expected --stack=mqtt, mqtts, tcp, for coap has no use for half-open-eviction"),
    (["--attackRate=10"],
     "--attackRate=10: expected --attack=syn-flood, connect-flood, tls-flood, dtls-flood, coap-flood, slowite, idle-connections "
     "or --fault=runaway, without which it has no effect"),
    (["--stack=coap", "--attack=replay", "--attackRate=10"],
     "--attackRate=10: expected --attack=syn-flood, connect-flood, tls-flood, dtls-flood, coap-flood, slowite, idle-connections "
     "or --fault=runaway, without which it has no effect"),
    (["--attack=sniff", "--attackStart=1s"],
     "--attackStart=1s: expected --attack=replay, syn-flood, connect-flood, tls-flood, dtls-flood, coap-flood, slowite, "
     "idle-connections or --fault=runaway, without which it has no effect"),
    (["--replayWay=late"], "--replayWay=late: expected --attack=replay, without which it has no effect"),
    (["--attack=syn-flood", "--replayDelay=1s"], "--replayDelay=1s: expected --attack=replay, without which it has no effect"),
    (["--attack=syn-flood", "--attackStart=4s", "--attackDuration=7s"],
     "--attackDuration=7s: expected at most the 6s from --attackStart to the end of the window"),
    (["--attack=replay", "--attackStart=4s", "--replayDelay=106s"],
     "--replayDelay=106s: expected less than the 106s from --attackStart to the end of the run"),
    (["--stack=udp", "--qos=1"], "--qos=1: expected --stack=mqtt, mqtts, without which it has no effect"),
    (["--confirmable"], "--confirmable=true: expected --stack=coap, coaps, without which it has no effect"),
    (["--stack=coap", "--credential=ecdsa"], "--credential=ecdsa: expected --stack=mqtts, coaps, without which it has no effect"),
    (["--stack=tcp", "--collectors=2"],
     "--collectors=2: expected --stack=mqtt, mqtts, coap, coaps, without which it has no effect"),
    (["--hostDevice=nope"], "--hostDevice=nope: expected one of at86rf233, cc2420, cc2538, gateway, nrf52840-cryptocell, "
                            "nrf52840-secure-element, nrf52840-software, server or the path of a file that ends in .toml"),
    (["--interval=1e30s"], "--interval=1e30s: expected a time from 0.01s to 36500d, such as 10s or 250ms"),
    (["--password=secret"], "--password=secret: expected --user with it"),
    (["--stack=coap", "--user=me"], "--user=me: expected --stack=mqtt, mqtts, without which it has no effect"),
    (["--stack=coap", "--sessionLength=20s"],
     "--sessionLength=20s: expected --stack=mqtt, mqtts, coaps, without which it has no effect"),
    (["--stack=coaps", "--sessionLength=20s", "--pattern=observe"],
     "--sessionLength=20s: expected at least 2s, and over coaps --pattern=push"),
    (["--defence=keep-alive-bound", "--keepAlive=200s"],
     "--keepAlive=200s: expected at most the 120s of --defence=keep-alive-bound, which honest clients are told"),
    (["--attack=syn-flood", "--attackDuration=0.1ns"],
     "--attackDuration=0.1ns: expected 0s, or a time from 1ns to 36500d, such as 10s or 250ms"),
    (["--attack=syn-flood", "--ns3::Attack::Rate=5"], "--ns3::Attack::Rate=5: expected --attackRate, which sets it"),
    (["--attack=syn-flood", "--ns3::Attack::Target=x"], "--ns3::Attack::Target=x: expected --stack, which sets it"),
    (["--attack=replay", "--ns3::Replayer::Way=x"], "--ns3::Replayer::Way=x: expected --replayWay, which sets it"),
    (["--attack=replay", "--ns3::Replayer::Delays=x"], "--ns3::Replayer::Delays=x: expected --replayDelay, which sets it"),
    (["--attack=syn-flood", "--ns3::AttackNetworkHelper::DataRate=0bps"],
     "--ns3::AttackNetworkHelper::DataRate=0bps: expected a rate above 0bps"),
    (["--attack=syn-flood", "--ns3::AttackNetworkHelper::Delay=-5ms"],
     "--ns3::AttackNetworkHelper::Delay=-5ms: expected a time of at least 0s, such as 10s or 250ms"),
    (["--ns3::HostTcpSocketFactory::MaxConnections=5"],
     "--ns3::HostTcpSocketFactory::MaxConnections=5: expected --hostDescriptors, which sets it"),
    (["--ns3::MqttBroker::MaxPublishRate=1"], "--ns3::MqttBroker::MaxPublishRate=1: expected --defence=request-rate, which sets it"),
    (["--ns3::MqttBroker::MaxKeepAlive=60s"],
     "--ns3::MqttBroker::MaxKeepAlive=60s: expected --defence=keep-alive-bound, which sets it"),
    (["--keepAlive=1500ms"], "--keepAlive=1.5s: expected whole seconds, at most 65535s"),
])
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, arguments, line):
    done = subprocess.run([PROGRAM, "--json=run.json", "--reports=1", *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"iot-scenario: {line}"]
    assert list(tmp_path.iterdir()) == []


def test_honest_clients_are_told_another_keep_alive_bound_too(tmp_path):
    subprocess.run([PROGRAM, "--nodes=2", "--reports=3", "--interval=5s", "--defence=keep-alive-bound",
                    "--ns3::DefenceSetup::KeepAliveBound=60s", "--json=run.json"], cwd=tmp_path, check=True)
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["victim"]["refused"] == {}
    assert record["reports"]["delivered"] == 6


def test_the_help_lists_every_parameter():
    text = subprocess.run([PROGRAM, "--PrintHelp"], capture_output=True, text=True, check=True).stdout
    for name in ("attack", "attackRate", "attackStart", "attackDuration", "replayWay", "replayDelay", "defence", "fault",
                 "timelineStep", "user", "password", "keepAlive"):
        assert f"--{name}:" in text


def test_a_record_without_attack_tells_nothing_of_one(tmp_path):
    record = run(tmp_path)
    assert not {"attack", "fault", "victim", "defence", "timeline", "leak"} & set(record)
    assert not {"attack", "attackRate", "defence", "user", "keepAlive"} & set(record["parameters"])


def test_a_defence_that_is_named_is_told_of_even_if_it_is_the_default(tmp_path):
    given = ["--stack=coaps", "--credential=psk"]
    record = run(tmp_path, *given, "--defence=cookie")
    assert record["defence"] == {"names": ["cookie"], "refused": 0, "false_positives": 0}
    assert record["victim"]["sessions_max"] == 3
    assert record["parameters"]["defence"] == "cookie"
    calm = run(tmp_path, *given)
    assert all(record[key] == calm[key] for key in calm if key not in ("parameters", "simulator"))


def test_a_dtls_session_of_limited_length_is_renewed(tmp_path):
    record = run(tmp_path, "--stack=coaps", "--credential=psk", "--sessionLength=20s", "--reports=6")
    assert record["setup"]["broken"] == 2 * ((60 + 6 * 10 + 100 - 5) // 21)
    assert record["reports"]["on_time"] == 12


def test_a_flag_may_stand_alone(tmp_path):
    for flag in ("--check", "--check=true"):
        assert subprocess.run([PROGRAM, flag, "--json=run.json"], cwd=tmp_path).returncode == 0
        assert list(tmp_path.iterdir()) == []


def test_a_flood_is_told_in_the_record_and_captured(tmp_path):
    record = run(tmp_path, "--attack=syn-flood", "--attackRate=10", "--attackStart=10s", "--attackDuration=10s", "--pcap=run")
    assert record["parameters"]["attack"] == "syn-flood"
    assert {key: record["attack"][key] for key in ("name", "vantage", "start_s", "end_s", "rate", "packets", "bytes", "replies")} == {
        "name": "syn-flood", "vantage": "internet", "start_s": 70, "end_s": 80, "rate": 10, "packets": 100, "bytes": 6000, "replies": 0}
    assert record["victim"]["half_open_max"] == 100
    assert record["defence"] == {"names": ["cookie"], "refused": 0, "false_positives": 0}
    assert [step["t_s"] for step in record["timeline"]] == list(range(60, 100, 5))
    assert sum(step["attack_packets"] for step in record["timeline"]) == 100
    assert sum(step["generated"] for step in record["timeline"]) == record["reports"]["generated"]
    assert sum(step["on_time"] for step in record["timeline"]) == record["reports"]["on_time"]
    assert (tmp_path / "run-attacker.pcap").stat().st_size > 100 * 60
    done = subprocess.run(["tshark", "-r", tmp_path / "run-attacker.pcap", "-Y", "tcp.flags.syn == 1 && tcp.flags.ack == 0"],
                          capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 100


def test_sniffing_reads_names_and_passwords_without_tls_and_none_with_it(tmp_path):
    given = ["--attack=sniff", "--user=sensor", "--password=secret"]
    leak = json.dumps(run(tmp_path, *given)["leak"])
    assert all(word in leak for word in ("s/00/t", "sensor", "secret", "s01"))
    hidden = json.dumps(run(tmp_path, "--stack=mqtts", "--credential=ecdsa", *given)["leak"])
    assert not any(word in hidden for word in ("s/00/t", "sensor", "secret", "s01"))
    assert '"host"' in hidden  # the certificate of TLS 1.2


def test_each_replayed_message_has_one_outcome(tmp_path):
    record = run(tmp_path, "--stack=coap", "--attack=replay", "--replayWay=other-port", "--attackDuration=10s")
    replay = record["attack"]["replay"]
    assert set(replay["outcomes"]) == {"accepted", "duplicate", "rejected", "connection_lost", "unreachable"}
    assert sum(replay["outcomes"].values()) == replay["replayed"] == 2
    assert replay["outcomes"]["accepted"] == 2
    assert record["reports"]["duplicates"] == 2
