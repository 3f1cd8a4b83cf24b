# SPDX-License-Identifier: GPL-2.0-only
"""The small first programs say in one line what is wrong with an argument."""

import subprocess

import pytest
from reference_runs import PROGRAM


@pytest.mark.parametrize("program, argument, line", [
    ("mqtt-first", "--qos=x", "--qos=x: expected one of 0, 1, 2"),
    ("mqtt-first", "--qos", "--qos: expected a value, --qos=VALUE"),
    ("mqtt-first", "--qso=1", "--qso=1: unknown parameter; --PrintHelp lists them"),
    ("mqtt-first", "qos=1", "qos=1: unknown parameter; --PrintHelp lists them"),
    ("mqtt-first", "--RngRun=x", "--RngRun=x: expected a whole number from 1 to 4294967295"),
    ("mqtt-first", "--RngRun=0", "--RngRun=0: expected a whole number from 1 to 4294967295"),
    ("mqtt-first", "--RngSeed=0", "--RngSeed=0: expected a whole number from 1 to 4294967295"),
    ("coap-first", "--RngSeed=0", "--RngSeed=0: expected a whole number from 1 to 4294967295"),
    ("tls-any-application", "--RngSeed=0", "--RngSeed=0: expected a whole number from 1 to 4294967295"),
    ("mqtt-first", "--ns3::MqttBroker::MaxSessions=x",
     "--ns3::MqttBroker::MaxSessions=x: expected a whole number from 0 to 4294967295"),
    ("provision-first", "--RngSeed=0", "--RngSeed=0: expected a whole number from 1 to 4294967295"),
    ("provision-first", "--qos=1", "--qos=1: unknown parameter; --PrintHelp lists them"),
    ("mqtt-first", "--PrintAttributes=nope", "--PrintAttributes=nope: expected the name of a class; --PrintTypeIds lists them"),
    ("coap-first", "--PrintAttributes", "--PrintAttributes=: expected the name of a class; --PrintTypeIds lists them"),
    ("coap-first", "--PrintGroup=nope", "--PrintGroup=nope: expected a group of classes; --PrintGroups lists them"),
    ("mqtt-first", "--ns3::MqttClient::WillTopic=a/#", "--ns3::MqttClient::WillTopic=a/#: expected a value of type MQTT Topic Name "
     "(UTF-8 of at most 65535 bytes without + and #)"),
    ("mqtt-first", "--ns3::MqttClient::Protocol=ns3::Node", "--ns3::MqttClient::Protocol=ns3::Node: expected one of "
     "ns3::HostTcpSocketFactory, ns3::Ipv4RawSocketFactory, ns3::Ipv6RawSocketFactory, "
     "ns3::PacketSocketFactory, ns3::TcpSocketFactory, ns3::UdpSocketFactory"),
    ("bench-mqtt", "--quick", "--quick: expected no arguments"),
    ("bench-mqtt-protocol", "fast", "fast: expected no arguments"),
    ("bench-memory", "--nodes=3", "--nodes=3: expected no arguments"),
    ("bench-flood", "--RngRun=2", "--RngRun=2: expected no arguments"),
    ("bench-coap", "tcp", "tcp: expected no arguments, or udp, or coap"),
    ("bench-mqtt-clients", "mqtt", "mqtt: expected no arguments, or mqtt few, or mqtt many, or onoff few, or onoff many, or sockets few, or sockets many"),
    ("coap-first", "--pcap=no/such/x", "--pcap=no/such/x: expected a folder that can be written to"),
    ("tls-any-application", "--capture=no/such/x", "--capture=no/such/x: expected a folder that can be written to"),
])
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, program, argument, line):
    done = subprocess.run([PROGRAM.with_name(program), argument], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{program}: {line}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_none_is_one_line(tmp_path):
    done = subprocess.run([PROGRAM.with_name("tls-any-application"), "--clientKey=xyz"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("tls-any-application: ") and "xyz" in done.stderr and len(done.stderr.splitlines()) == 1


def test_help_and_global_values_are_those_of_ns3(tmp_path):
    done = subprocess.run([PROGRAM.with_name("mqtt-first"), "--PrintHelp"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "--qos:" in done.stdout
    for argument in ("--qos=2", "--RngRun=2", "--ns3::TcpSocket::SegmentSize=500"):
        assert subprocess.run([PROGRAM.with_name("mqtt-first"), argument], cwd=tmp_path, capture_output=True).returncode == 0
