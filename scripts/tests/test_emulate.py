# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/emulate refuses, with one line; what it does with real peers is in test_emulate_peers.py."""

import os
import subprocess
from pathlib import Path

import pytest
from reference_runs import ROOT

PROGRAM = Path(os.environ.get("IOT_PROGRAMS", ROOT / "build" / "bin")) / "emulate"


@pytest.mark.parametrize("arguments, expected", [
    (["--tap=iot-missing"], ["--tap=iot-missing", "ip tuntap add dev iot-missing mode tap user"]),
    (["--tap=a-name-of-21-letters"], ["1 to 15 characters"]),
    (["--tap=lo"], ["--tap=lo"]),
    (["--role=coap"], ["role=coap", "mqtt-broker", "mqtt-sensors"]),
    (["--address=10.77.0"], ["--address=10.77.0", "10.77.0.2/24"]),
    (["--address=10.77.0.0/24"], ["the address of a host", "10.77.0.1/24"]),
    (["--address=10.77.0.2/31"], ["8 to 30"]),
    (["--address=2001:db8::2"], ["2001:db8::2", "routed"]),
    (["--address=10.77.0.2", "--behind=radio"], ["--address=10.77.0.2", "IPv6"]),
    (["--address=10.254.2.2", "--behind=wired"], ["another network than 10.254.2.0/24"]),
    (["--address=fd00:0:0:1::9", "--behind=radio"], ["another network than fd00:0:0:1::/64"]),
    (["--role=mqtt-sensors", "--broker=fd00::1"], ["--broker=fd00::1"]),
    (["--role=mqtt-sensors", "--password=x"], ["--user"]),
    (["--psk=s01:00ff"], ["--tls"]),
    (["--tls"], ["--cert and --key", "--psk"]),
    (["--tls", "--cert=a.pem"], ["--key"]),
    (["--tls", "--psk=s01"], ["s01"]),
    (["--tls", "--psk=s01:00,s01:11"], ["s01", "twice"]),
    (["--auth=oauth"], ["--auth=oauth", "anonymous, password, jwt, certificate, psk"]),
    (["--auth=password"], ["--auth=password: expected --passwordFile with it"]),
    (["--auth=password", "--passwordFile=/none"], ["--passwordFile=/none: expected a file that can be read"]),
    (["--passwordFile=users"], ["--passwordFile=users: expected --auth=password"]),
    (["--auth=jwt"], ["--auth=jwt: expected --registry with it"]),
    (["--auth=jwt", "--registry=/none"], ["--registry=/none: expected a file that can be read"]),
    (["--auth=psk"], ["--auth=psk: expected --tls and --psk with it"]),
    (["--auth=certificate", "--tls", "--psk=s01:00"], ["--auth=certificate: expected --tls and --ca with it"]),
    (["--accessList=/none"], ["--accessList=/none: expected a file that can be read"]),
    (["--role=mqtt-sensors", "--auth=password"], ["--auth=password: expected --role=mqtt-broker"]),
    (["--interval=5s"], ["--interval=5s: expected --role=mqtt-sensors"]),
    (["--loss=0.1"], ["--loss=0.1: expected --behind=radio"]),
    (["--wiredDelay=2ms"], ["--wiredDelay=2ms: expected --behind=wired, radio"]),
    (["--version=4"], ["--version=4: expected one of fitting, 3.1.1, 5"]),
    (["--tls", "--cert=/nope", "--key=/nope"], ["--cert=/nope: expected"]),
    (["--tls", f"--cert={__file__}", f"--key={__file__}"], [f"--cert={__file__}: certificateChain holds no readable certificate"]),
    (["--role=mqtt-sensors", "--tls", "--ca=/nope"], ["--ca=/nope: expected"]),
    (["--tls", "--psk=a:zz"], ["--psk=a:zz: expected an even number of hexadecimal digits"]),
    (["--payloadFormat=json"], ["--payloadFormat=json: expected --role=mqtt-sensors"]),
    (["--role=mqtt-sensors", "--payloadFormat=xml"], ["--payloadFormat=xml: expected one of binary, json"]),
    (["--role=mqtt-sensors", "--payloadFormat=json", "--payload=32"], ["--payload=32: expected --payloadFormat=binary"]),
    (["--attribute=MaxConnection=3"], ["ns3::MqttBroker::MaxConnection=3"]),
    (["--attribute=MaxConnections=many"], ["ns3::MqttBroker::MaxConnections=many", "a whole number"]),
    (["--attribute=MaxConnections=-1"], ["ns3::MqttBroker::MaxConnections=-1", "a whole number"]),
    (["--ns3::TcpSocketBase::MaxSegLifetime=2m"], ["MaxSegLifetime=2m", "a number"]),
    (["--attribute=Local=10.0.0.1:1"], ["--address and --port"]),
    (["--attack=syn-flood"], ["--attack=syn-flood", "expected none"]),
    (["--attackRate=5"], ["--attackRate=5", "expected none"]),
    (["--fault=runaway"], ["--fault=runaway", "expected none"]),
    (["--defence=none"], ["--defence=none", "expected none"]),
    (["--ns3::SynFlood::Rate=5"], ["--ns3::SynFlood::Rate=5", "no attackers"]),
])
def test_what_cannot_be_is_one_line(tmp_path, arguments, expected):
    done = subprocess.run([PROGRAM, f"--pcap={tmp_path}/x", *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for word in expected:
        assert word in lines[0]
    assert list(tmp_path.iterdir()) == []


def test_help_tells_the_parameters():
    text = subprocess.run([PROGRAM, "--PrintHelp"], capture_output=True, text=True, check=True).stdout
    for word in ("--role", "--tap", "--address", "--behind", "--psk", "--mqttVersion", "iot as aud", "24 hours"):
        assert word in text
