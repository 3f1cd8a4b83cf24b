# SPDX-License-Identifier: GPL-2.0-only
"""The simulation as a whole: its captures in tshark, its record, its reproducibility, bad input."""

import json
import shutil
import signal
import subprocess
import time

import pytest
from reference_runs import HASHES, PROGRAM, RUNS, hash_run, simulate

STACKS = ["mqtt", "mqtts", "coap", "coaps", "tcp", "udp"]
SECURED = [
    ("mqtts", "psk", "1.2"),
    ("mqtts", "ecdsa", "1.2"),
    ("mqtts", "psk", "1.3"),
    ("mqtts", "ecdsa", "1.3"),
    ("coaps", "psk", "1.2"),
    ("coaps", "ecdsa", "1.2"),
]
AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUJcOhGJq4KaF+IDt7qxgYspOyq2EwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwHhcNMjYxMTIzMDAwOTUxWhcNMzYxMTIwMDAwOTUxWjAN
MQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO9IDWVi3ZX5
kNr2axJeNDlbidzu8hEA3OTp4ZbYNPawiUI64ITKzqCSQlTVR0DKy9dKHNX2gWKc
aeh9JiKCWlyjUzBRMB0GA1UdDgQWBBT6E8BWND0WqISt6jx8PU4HMlidVTAfBgNV
HSMEGDAWgBT6E8BWND0WqISt6jx8PU4HMlidVTAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIGyXvOKScRqtD6JLeOh3xED/OtKcwjIEctz7/6TtC3BC
AiEAsRELyf/fDnZbzS2eQKjHVmrUSoXZKzABJNj2su9tSNo=
-----END CERTIFICATE-----
"""
CAPTURES = ["air", "lln", "wired"]
# tshark takes the bytes behind a gap as they come and so begins in the middle of a packet of MQTT or of a TLS record; told to
# wait until TCP has filled the gap, it reads the stream as the receiver does. Off is its default. UDP needs no such option.
IN_ORDER = {stack: ["-o", "tcp.reassemble_out_of_order:TRUE"] for stack in ("mqtt", "mqtts", "tcp")}
# TCP sends bytes again in segments of other sizes, and the link sends frames again; tshark puts TLS records together from
# all it sees, and takes such a repetition for an error of its own reassembly. Without it each segment stands for itself.
NO_REASSEMBLY = ["-o", "tls.desegment_ssl_records:FALSE"]
# The checksums cover the addresses, which 6LoWPAN leaves out where a context has their prefix.
CHECKSUMS = ["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
             "-o", "6lowpan.context0:fd00:0:0:1::/64", "-o", "6lowpan.context1:fd00:0:0:2::/64"]


def run(folder, *arguments):
    subprocess.run([PROGRAM, *arguments, "--json=run.json"], cwd=folder, check=True)
    return json.loads((folder / "run.json").read_text())


def tshark(capture, *arguments):
    """The lines that tshark prints; it is a package of scripts/setup, so its absence is a failure."""
    done = subprocess.run(["tshark", "-r", capture, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def count(capture, display_filter, *options):
    return len(tshark(capture, *options, "-Y", display_filter))


def sort_frames(capture, wanted="", *options):
    """(what tshark says of frames that are malformed or have a wrong checksum, the other frames that are wanted): in one pass."""
    wrong = "_ws.malformed || _ws.expert.severity == error || tcp.checksum.status == 0 || udp.checksum.status == 0"
    fields = ("_ws.malformed", "_ws.expert.severity", "tcp.checksum.status", "udp.checksum.status", "_ws.expert.message")
    lines = tshark(capture, *options, *CHECKSUMS, "-Y", f"{wrong} || {wanted}" if wanted else wrong, "-T", "fields",
                   *(word for field in fields for word in ("-e", field)))
    bad = [line for line in lines if is_bad(*line.split("\t"))]
    return bad, [line for line in lines if line not in bad]


def is_bad(malformed, severities, *checksums):
    error = "8388608"  # PI_ERROR of Wireshark
    return bool(malformed) or error in severities.split(",") or any("0" in status.split(",") for status in checksums[:2])


def test_frames_that_are_bad_are_told(tmp_path):
    """What tshark makes of the same capture when a byte of it is another."""
    run(tmp_path, "--stack=coap", "--nodes=1", "--reports=1", "--payload=12", "--pcap=run")
    path = tmp_path / "run-wired.pcap"
    bad, good = sort_frames(path, "coap.code == 3")
    assert bad == [] and len(good) == 1
    content = bytearray(path.read_bytes())
    content[content.index(b"\x00\x01\x02\x03")] = 9  # of the filler: a wrong checksum
    path.write_bytes(content)
    bad, good = sort_frames(path, "coap.code == 3")
    assert len(bad) == 1 and good == []


@pytest.mark.parametrize("stack", STACKS)
def test_captures_hold_nothing_malformed(tmp_path, stack):
    run(tmp_path, f"--stack={stack}", "--nodes=2", "--reports=4", "--loss=0.1", "--pcap=run")
    for capture in CAPTURES:
        path = tmp_path / f"run-{capture}.pcap"
        assert tshark(path), capture
        assert sort_frames(path)[0] == [], capture


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("loss, retries", [("0.2", 0), ("0.6", 3)])
def test_captures_of_a_bad_link_hold_nothing_malformed_once_tcp_is_in_order(tmp_path, stack, loss, retries):
    record = run(tmp_path, f"--stack={stack}", f"--loss={loss}", f"--macRetries={retries}", "--nodes=5", "--reports=10", "--pcap=run")
    wanted = {"mqtt": "mqtt.msgtype == 3", "mqtts": "tls.app_data", "coap": "coap.code == 3", "coaps": "dtls.app_data",
              "tcp": "tcp.len > 0"}.get(stack, "data")
    for capture in CAPTURES:
        bad, good = sort_frames(tmp_path / f"run-{capture}.pcap", wanted if capture == "wired" else "", *IN_ORDER.get(stack, []))
        assert bad == [], capture
    assert len(good) > 0.9 * record["reports"]["delivered"]  # on the wire; a frame may bring more than one


@pytest.mark.parametrize("number", [1, 2, 3])
def test_captures_of_a_bad_link_hold_nothing_malformed_but_in_tsharks_own_reassembly(tmp_path, number):
    run(tmp_path, "--stack=mqtts", "--credential=ecdsa", "--nodes=4", "--reports=4", "--loss=0.4", "--pcap=run", f"--RngRun={number}")
    for capture in CAPTURES:
        path = tmp_path / f"run-{capture}.pcap"
        found = tshark(path, "-Y", "_ws.malformed || _ws.expert.severity == error", "-T", "fields", "-e", "_ws.expert.message")
        assert all("New fragment overlaps old data" in line for line in found), capture
        bad, handshake = sort_frames(path, "tls.handshake", *NO_REASSEMBLY)
        assert bad == [], capture
        assert handshake, capture


@pytest.mark.parametrize("stack", ["mqtt", "mqtts"])
def test_the_diary_tells_segments_of_tcp_that_are_sent_again_from_those_to_another_sensor(tmp_path, stack):
    """Sensors use the same ports, and what the broker tells them first has the same sequence numbers."""
    arguments = [f"--stack={stack}", "--nodes=3", "--reports=4", "--events=events"]
    clean = run(tmp_path, *arguments)
    assert clean["retransmissions"]["tcp"] == 0
    assert not [line for line in (tmp_path / "events").read_text().splitlines() if '"retransmission":"tcp"' in line.replace(" ", "")]
    lossy = run(tmp_path, *arguments, "--loss=0.3", "--macRetries=0")
    assert lossy["retransmissions"]["tcp"] > 0
    assert '"retransmission":"tcp"' in (tmp_path / "events").read_text().replace(" ", "")


@pytest.mark.parametrize("stack, fields", [("mqtt", ["mqtt.topic", "mqtt.msg"]), ("coap", ["coap.opt.uri_path_recon", "data.data"])])
def test_a_capture_shows_what_was_sent(tmp_path, stack, fields):
    """Report 2 of sensor 0, read from the air by another program."""
    run(tmp_path, f"--stack={stack}", "--nodes=1", "--reports=2", "--payload=12", "--pcap=run")
    columns = [word for field in fields for word in ("-e", field)]
    wanted = "mqtt.msgtype == 3" if stack == "mqtt" else "coap.code == 3"
    lines = tshark(tmp_path / "run-air.pcap", "-Y", wanted, "-T", "fields", *columns)
    payload = "0000" "00000002" "0000" "00010203"
    assert [line.lstrip("/").replace(":", "") for line in lines][-1] == f"s/00/t\t{payload}"


@pytest.mark.parametrize("stack, credential, version", SECURED)
def test_secured_traffic_opens_with_the_key_log_and_not_without(tmp_path, stack, credential, version):
    run(tmp_path, f"--stack={stack}", f"--credential={credential}", f"--tlsVersion={version}", "--nodes=1", "--reports=3",
        "--pcap=run", "--keylog=run.keys")
    inner, outer = ("mqtt.msgtype == 3", "tls") if stack == "mqtts" else ("coap.code == 3", "dtls")
    for capture in CAPTURES:
        path = tmp_path / f"run-{capture}.pcap"
        assert count(path, outer) > 0
        assert count(path, inner, "-o", f"tls.keylog_file:{tmp_path / 'run.keys'}") == 3, capture
        assert count(path, inner) == 0, capture


WINDOW = 60  # s; where the reports begin
SYNCHRONIZATION = 6  # bytes: preamble, SFD and PHR (src/low-power-links/protocol/mac-header.h), which the diary does not count
# Watt of the CC2538 at 3 V: src/iot-device/profiles/radio/cc2538.toml, mcu/cc2538.toml
RADIO = {"tx": 3 * 24e-3, "rx": 3 * 20e-3, "listen": 3 * 20e-3, "sleep": 0.0}
PROCESSOR = {"active": 3 * 13e-3, "crypto": 3 * 13e-3, "sleep": 3 * 1.3e-6}


def stay(events, begin, end):
    """Seconds in which the radios of all sensors were in each state, of those between begin and end."""
    found, since = dict.fromkeys(RADIO, 0.0), {}

    def leave(node, now):
        entered, state = since[node]
        found[state] += max(0.0, min(now, end) - max(entered, begin))

    for event in events:
        if event["type"] == "radio" and event["node"].startswith("s"):
            if event["node"] in since:
                leave(event["node"], event["t"])
            since[event["node"]] = (event["t"], event["state"])
    for node in since:
        leave(node, end)
    return found


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("loss, retries", [("0", 3), ("0.3", 3), ("0.2", 0)])
def test_the_accounts_balance(tmp_path, stack, loss, retries):
    """The record against the diary, which is written event by event, and against the data sheet."""
    record = run(tmp_path, f"--stack={stack}", "--nodes=4", "--reports=20", f"--loss={loss}", f"--macRetries={retries}",
                 "--device=cc2538", "--events=events")
    events = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    link, window, setup = record["link"], record["bytes_on_air"], record["setup"]["bytes_on_air"]
    assert link["unknown_frames"] == 0
    frames = [(event["t"] >= WINDOW, event["bytes"] + SYNCHRONIZATION) for event in events if event["type"] == "frame"]
    for account, later in ((setup, False), (window, True)):
        assert account["total"] == sum(size for late, size in frames if late == later) > 0
        assert account["total"] == sum(value for layer, value in account.items() if layer != "total")
    assert link["frames"] == sum(late for late, _ in frames)

    reports = record["reports"]
    made, arrived = ({event["report"] for event in events if event.get("what") == what} for what in ("generated", "delivered"))
    assert len(made) == reports["generated"] == 80
    assert len(arrived) == reports["delivered"] == len(reports["latency_samples_s"]) >= reports["on_time"]
    assert len(made - arrived) == sum(reports[end] for end in ("lost", "in_flight", "refused"))
    assert reports["in_flight"] == reports["unknown"] == 0  # the run waits until none can come any more

    energy = record["energy_j"]
    radio = {state: RADIO[state] * seconds for state, seconds in stay(events, WINDOW, WINDOW + energy["window_s"]).items()}
    assert energy["radio"] == pytest.approx(radio, rel=1e-9)
    busy = {state: energy["mcu"][state] / PROCESSOR[state] for state in PROCESSOR}
    assert sum(busy.values()) == pytest.approx(4 * energy["window_s"], rel=1e-9)  # a processor is in one state at a time
    assert energy["total"] == pytest.approx(sum(radio.values()) + sum(energy["mcu"].values()), rel=1e-9)


@pytest.mark.parametrize("stack", STACKS)
def test_a_clean_link_delivers_everything_on_time(tmp_path, stack):
    record = run(tmp_path, f"--stack={stack}", "--nodes=4", "--reports=10")
    assert record["reports"]["on_time"] == 40
    assert record["reports"]["duplicates"] == 0
    assert record["setup"]["failed"] == 0
    assert record["retransmissions"]["tcp"] == record["retransmissions"]["coap"] == record["retransmissions"]["mqtt"] == 0


@pytest.mark.parametrize("plain, secured", [("mqtt", "mqtts"), ("coap", "coaps")])
def test_memory_of_tables_and_buffers(tmp_path, plain, secured):
    arguments = ["--nodes=3", "--reports=5"]
    without, with_security = (run(tmp_path, f"--stack={stack}", *arguments)["memory_bytes"] for stack in (plain, secured))
    assert list(without) == ["node_peak", "broker_peak", "per_session"]
    assert without["per_session"] == without["broker_peak"] / 3
    for place in without:
        assert 0 < without[place] < with_security[place]
    session = 16 + 168 + (8 if secured == "coaps" else 0)  # an entry, RFC 5246 section 6.1, RFC 6347 section 4.1.2.6
    assert with_security["node_peak"] >= without["node_peak"] + session
    assert with_security["broker_peak"] >= without["broker_peak"] + 4 * session  # three sensors and the collector


@pytest.mark.parametrize("stack", ["tcp", "udp"])
def test_no_protocol_holds_nothing(tmp_path, stack):
    assert run(tmp_path, f"--stack={stack}", "--nodes=1", "--reports=1")["memory_bytes"]["node_peak"] == 0


def test_reports_come_at_the_same_instants_whatever_the_stack(tmp_path):
    """Comparisons are paired: same run number, same readings; another run number, others."""

    def instants(stack, number):
        run(tmp_path, f"--stack={stack}", "--nodes=2", "--reports=6", f"--RngRun={number}", "--events=events")
        events = map(json.loads, (tmp_path / "events").read_text().splitlines())
        return [(event["t"], event["report"]) for event in events if event.get("what") == "generated"]

    expected = instants("mqtt", 1)
    assert len(expected) == 12
    assert all(instants(stack, 1) == expected for stack in STACKS)
    assert instants("mqtt", 2) != expected


@pytest.mark.parametrize("name", RUNS)
def test_runs_are_those_of_every_machine(name):
    assert hash_run(RUNS[name]) == json.loads(HASHES.read_text())[name]


@pytest.mark.parametrize("stack", [["--stack=mqtt"], ["--stack=mqtts", "--credential=ecdsa"], ["--stack=coap"],
                                   ["--stack=coaps", "--credential=ecdsa"]], ids=lambda words: words[0].partition("=")[2])
def test_same_run_same_bytes_other_run_others(tmp_path, stack):
    results = []
    for number, folder in ((1, "a"), (1, "b"), (2, "c")):
        (tmp_path / folder).mkdir()
        results.append(simulate([*stack, f"--RngRun={number}"], tmp_path / folder))
    assert results[0] == results[1]
    assert results[0][0] != results[2][0]
    assert results[0][1] != results[2][1]


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--frobnicate=1"], "--frobnicate=1: unknown parameter; --PrintHelp lists them"),
        (["--nodes=-3"], "--nodes=-3: expected a whole number from 1 to 200"),
        (["--loss=1.5"], "--loss=1.5: expected a probability from 0 to 1"),
        (["--json=no/such/folder.json"], "no/such/folder.json: expected a file that can be written (No such file or directory)"),
        (["--pcap=no/such/p"], "no/such/p-air.pcap: expected a file that can be written (No such file or directory)"),
        (["--stack=mqtts", "--keylog=no/such/k", "--pcap=p"], "no/such/k: expected a file that can be written (No such file or directory)"),
        (["--events=no/such/e", "--pcap=p"], "no/such/e: expected a file that can be written (No such file or directory)"),
        (["--RngRun=abc"], "--RngRun=abc: expected a whole number from 1 to 4294967295"),
        (["--ns3::MqttClient::KeepAlive=9s"], "--ns3::MqttClient::KeepAlive=9s: expected --keepAlive, which sets it"),
        (["--ns3::DefenceSetup::ConnectTimeout=soon"],
         "--ns3::DefenceSetup::ConnectTimeout=soon: expected a time of at least 0.001s, such as 10s or 250ms"),
        (["--ns3::SecureSocketFactory::MaxSessions=0"],
         "--ns3::SecureSocketFactory::MaxSessions=0: expected a whole number from 1 to 4294967295"),
        (["--ns3::SecureSocketFactory::MaxSessions=many"],
         "--ns3::SecureSocketFactory::MaxSessions=many: expected a whole number from 1 to 4294967295"),
        (["--ns3::TcpSocketBase::MaxSegLifetime=2m"], "--ns3::TcpSocketBase::MaxSegLifetime=2m: expected a number of at least 0"),
        (["--ns3::SecureSocketFactory::VerifyPeer=maybe"],
         "--ns3::SecureSocketFactory::VerifyPeer=maybe: expected true or false"),
        (["--ChecksumEnabled=maybe"], "--ChecksumEnabled=maybe: expected true or false"),
        (["--ns3::LowPowerNetDevice::PollPeriod=1s"],
         "--ns3::LowPowerNetDevice::PollPeriod=1s: expected --pollPeriod, which sets it"),
        (["--ns3::TlsSocketFactory::MaxSessions=3"],
         "--ns3::TlsSocketFactory::MaxSessions: expected --ns3::SecureSocketFactory::MaxSessions, the class that declares it"),
        (["--certificate=chain.pem"], "--certificate=chain.pem: expected --credential=ecdsa, without which it has no effect"),
        (["--stack=coaps", "--credential=ecdsa", "--certificate=c.pem", "--privateKey=k.pem"],
         "--certificate=c.pem: expected --trustAnchors with it"),
        (["--stack=coaps", "--credential=ecdsa", "--certificate=c.pem", "--privateKey=k.pem", "--trustAnchors=no/ca.pem"],
         "--trustAnchors=no/ca.pem: expected a PEM file that can be read"),
        (["--device=server"], "--device=server: expected one of at86rf233, cc2420, cc2538, nrf52840-cryptocell, nrf52840-secure-element, nrf52840-software"),
        (["--interval=36500d", "--reports=1000000"],
         "--interval=3153600000s: expected that 1000000 of them, with 160s around them, end within 36500d"),
        (["--stack=coap", "--ns3::CoapEndpoint::AckRandomFactor=nan"],
         "--ns3::CoapEndpoint::AckRandomFactor=nan: expected a number of at least 1"),
        (["--ns3::Battery::Capacity=inf"], "--ns3::Battery::Capacity=inf: expected a number of at least 0"),
        (["--ns3::TcpL4Protocol::RecoveryType=ns3::Node"],
         "--ns3::TcpL4Protocol::RecoveryType=ns3::Node: expected one of ns3::TcpClassicRecovery, ns3::TcpPrrRecovery"),
        (["--ns3::TcpL4Protocol::RttEstimatorType=ns3::RttEstimator"],
         "--ns3::TcpL4Protocol::RttEstimatorType=ns3::RttEstimator: expected one of ns3::RttMeanDeviation, ns3::SynAwareRttEstimator"),
        (["--SchedulerType=ns3::Node"], "--SchedulerType=ns3::Node: expected one of ns3::CalendarScheduler, ns3::HeapScheduler, "
         "ns3::ListScheduler, ns3::MapScheduler, ns3::PriorityQueueScheduler"),
        (["--SimulatorImplementationType=ns3::Node"], "--SimulatorImplementationType=ns3::Node: expected one of "
         "ns3::DefaultSimulatorImpl, ns3::RealtimeSimulatorImpl"),
        (["--SimulatorImplementationType=nope"], "--SimulatorImplementationType=nope: expected one of "
         "ns3::DefaultSimulatorImpl, ns3::RealtimeSimulatorImpl"),
        (["--PrintAttributes=nope"], "--PrintAttributes=nope: expected the name of a class; --PrintTypeIds lists them"),
        (["--PrintGroup=nope"], "--PrintGroup=nope: expected a group of classes; --PrintGroups lists them"),
        (["--user=" + "a" * 70000, "--password=x"], f"--user={'a' * 400}...: expected UTF-8 of at most 65535 bytes"),
        (["--user=x", "--password=" + "a" * 70000], f"--password={'a' * 400}...: expected UTF-8 of at most 65535 bytes"),
        ([b"--user=u\xff", "--password=x", "--pcap=v"], "--user=u?: expected UTF-8 of at most 65535 bytes"),
        (["--payloadFormat=json", "--mqttVersion=5", b"--typeFilter=\xff"], "--typeFilter=?: expected UTF-8 of at most 65535 bytes"),
        (["--ns3::MqttClient::WillTopic=a/#"], "--ns3::MqttClient::WillTopic=a/#: expected a value of type MQTT Topic Name "
         "(UTF-8 of at most 65535 bytes without + and #)"),
        (["--ns3::MqttClient::WillTopic=" + "a" * 70000], f"--ns3::MqttClient::WillTopic={'a' * 400}...: expected a value of type "
         "MQTT Topic Name (UTF-8 of at most 65535 bytes without + and #)"),
        (["--ns3::MqttClient::WillPayload=" + "a" * 70000], f"--ns3::MqttClient::WillPayload={'a' * 400}...: expected a value of "
         "type MQTT Binary Data (at most 65535 bytes)"),
        (["--stack=coap", "--dropFrame=1000", "--nodes=1", "--pcap=p", "--events=e"],
         "--dropFrame=1000: expected at most 1, the data frames that the first sensor sent"),
        (["--stack=coap", "--ns3::CoapEndpoint::AckDelay=5s"],
         "--ns3::CoapEndpoint::AckDelay=5s: expected less than the 2s of --ns3::CoapEndpoint::AckTimeout"),
        (["--stack=coap", "--ns3::CoapEndpoint::AckTimeout=1s"],
         "--ns3::CoapEndpoint::AckDelay=1s: expected less than the 1s of --ns3::CoapEndpoint::AckTimeout"),
        (["--sessionLength=1ns"], "--sessionLength=0.000000001s: expected at least 2s, and over coaps --pattern=push"),
        (["--startSpread=100s"], "--startSpread=100s: expected less than the 60s before the window"),
        (["--events=" + "e" * 300], f"--events={'e' * 300}: expected a file that can be written (File name too long)"),
        (["--pcap=" + "p" * 250], f"--pcap={'p' * 250}-air.pcap: expected a file that can be written (File name too long)"),
        (["--ns3::TlsSocketFactory::Nothing=x"], "--ns3::TlsSocketFactory::Nothing=x: unknown parameter; --PrintHelp lists them"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, arguments, line):
    done = subprocess.run([PROGRAM, "--json=run.json", "--reports=1", *arguments], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0] == f"iot-scenario: {line}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("duration", ["42949673s", "10000.01s", "0.009s"])
def test_a_duration_of_no_or_too_many_reports_is_refused(tmp_path, duration):
    done = subprocess.run([PROGRAM, "--interval=0.01s", f"--duration={duration}"], cwd=tmp_path, capture_output=True, text=True)
    line = f"iot-scenario: --duration={duration}: expected at least one --interval, and at most 1000000\n"
    assert (done.returncode, done.stderr) == (1, line)


def test_classes_and_times_at_their_bounds_are_taken(tmp_path):
    for arguments in (["--ns3::TcpL4Protocol::SocketType=ns3::TcpCubic"], ["--ns3::TcpL4Protocol::SocketType=ns3::TcpNewReno"],
                      ["--SchedulerType=ns3::HeapScheduler"], ["--SimulatorImplementationType=ns3::DefaultSimulatorImpl"],
                      ["--interval=0.01s", "--duration=10000s"], ["--interval=36499d", "--duration=36499d"],
                      ["--user=" + "\u00fc" * 32767, "--password=x"], ["--ns3::MqttClient::WillTopic=a/b"]):
        done = subprocess.run([PROGRAM, "--check", *arguments], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), arguments


def test_a_class_of_another_kind_is_told_which_there_are(tmp_path):
    for name in ("ns3::Node", "ns3::TcpSocketBase", "ns3::TcpCongestionOps", "nope"):
        argument = f"--ns3::TcpL4Protocol::SocketType={name}"
        done = subprocess.run([PROGRAM, argument], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr.startswith(f"iot-scenario: {argument}: expected one of ns3::TcpBbr, ns3::TcpBic, ns3::TcpCubic, ")


def test_an_unknown_device_is_named(tmp_path):
    done = subprocess.run([PROGRAM, "--device=toaster"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "toaster" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name, complaint", [
    ("certificate", "certificateChain holds no readable certificate, expected PEM"),
    ("trustAnchors", "trustAnchors hold no readable certificate, expected PEM"),
])
@pytest.mark.parametrize("stack", ["mqtts", "coaps"])
def test_a_broken_certificate_file_is_one_line(tmp_path, stack, name, complaint):
    broken = "-----BEGIN CERTIFICATE-----\nMIIBbroken\n-----END CERTIFICATE-----\n"
    (tmp_path / "x.pem").write_text(broken)
    (tmp_path / "ca.pem").write_text(AUTHORITY)
    own = {**dict.fromkeys(["certificate", "privateKey", "trustAnchors"], "ca.pem"), name: "x.pem"}
    done = subprocess.run([PROGRAM, f"--stack={stack}", "--credential=ecdsa", *(f"--{key}={value}" for key, value in own.items()),
                           "--json=run.json"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"iot-scenario: --{name}=x.pem: {complaint}\n"
    assert {path.name for path in tmp_path.iterdir()} == {"x.pem", "ca.pem"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(tmp_path, number):
    process = subprocess.Popen([PROGRAM, "--stack=coaps", "--reports=10000", "--pcap=run", "--keylog=run.keys", "--events=events",
                                "--json=run.json"], cwd=tmp_path)
    end = time.monotonic() + 30
    while not (tmp_path / "run.part-air.pcap").exists() or (tmp_path / "run.part-air.pcap").stat().st_size < 10_000:
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.05)
    assert not any(path.name.startswith("run-") for path in tmp_path.iterdir())
    process.send_signal(number)
    assert process.wait(30) == -number
    assert list(tmp_path.iterdir()) == []


def test_help_is_clean(tmp_path):
    done = subprocess.run([PROGRAM, "--PrintHelp"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0
    assert "Program Options:" in done.stdout and "--stack:" in done.stdout


def test_tshark_is_there():
    assert shutil.which("tshark"), "scripts/setup installs it"


@pytest.mark.parametrize("stack", ["mqtt", "mqtts"])
def test_sessions_of_limited_length_are_renewed_and_lose_nothing(tmp_path, stack):
    arguments = [f"--stack={stack}", "--nodes=2", "--reports=6"]
    record = run(tmp_path, *arguments, "--sessionLength=20s")
    assert record["parameters"]["sessionLength"] == 20
    assert record["setup"]["broken"] == 2 * ((60 + 6 * 10 + 100 - 5) // 20)  # in warm-up, window and drain
    assert record["reports"]["delivered"] == 12
    assert record["retransmissions"]["tcp"] == 0  # nothing is lost
    assert "sessionLength" not in run(tmp_path, *arguments)["parameters"]


def test_frames_that_the_link_repeats_are_no_replays(tmp_path):
    """The neighbour hears them all; a NON is one message, however often its frame went over the air."""
    record = run(tmp_path, "--stack=coap", "--confirmable=false", "--nodes=4", "--reports=20", "--interval=4s", "--loss=0.4",
                 "--attack=replay", "--replayDelay=1s")
    replay = record["attack"]["replay"]
    assert record["link"]["duplicates_dropped"] > 40
    assert replay["replayed"] == sum(replay["outcomes"].values()) == 80 == record["reports"]["generated"]
    outcomes = replay["outcomes"]
    assert outcomes["duplicate"] + outcomes["accepted"] == 80
    assert outcomes["accepted"] < 8  # copies of what the link lost for good (0.4^4 of 80) are the first to arrive
    assert record["reports"]["duplicates"] == 0
