# SPDX-License-Identifier: GPL-2.0-only
"""The simulated broker and sensors against the programs that people use: Mosquitto's clients and broker, Paho's clients.

Everything runs in a network namespace of its own. Where the machine allows none, the tests are skipped and say why.
"""

import base64
import json
import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
from namespace import Namespace, Unavailable
from reference_runs import ROOT

PROGRAM = Path(os.environ.get("IOT_PROGRAMS", ROOT / "build" / "bin")) / "emulate"
KEY = "000102030405060708090a0b0c0d0e0f"
VERSIONS = ["mqttv311", "mqttv5"]
IN_ORDER = ["-o", "tcp.reassemble_out_of_order:TRUE"]


@pytest.fixture(scope="module")
def namespace():
    try:
        namespace = Namespace()
    except Unavailable as error:
        pytest.skip(f"needs a network namespace with TAP devices: {error}")
    yield namespace
    namespace.close()


class Emulator:
    """A running scripts/emulate; the machine is given the addresses and routes that it asks for."""

    def __init__(self, namespace, folder, tap, address, *arguments):
        self.namespace, self.folder, self.tap = namespace, folder, tap
        namespace.run("ip", "tuntap", "add", "dev", tap, "mode", "tap")
        self.talk = namespace.talk(PROGRAM, f"--tap={tap}", f"--address={address}", f"--pcap={folder}/{tap}", *arguments)
        self.host, self.port = self.talk.expect(r"at \[?([0-9a-f.:]+?)\]?:(\d+)[ ,]").groups()
        self.talk.expect("as root:$")
        while command := re.match("  (ip .*)", self.talk.next_line() or ""):
            namespace.run(*command[1].split())
        assert "running" in self.talk.lines[-1]

    def client(self, program, *words):
        """A client of Mosquitto's."""
        return self.namespace.talk(program, "-h", self.host, "-p", self.port, *words)

    def subscribe(self, topic, *words):
        """A subscriber that the broker has answered; prints topic, QoS, retain and payload."""
        talk = self.client("mosquitto_sub", "-d", "-W", "60", "-F", "got %t %q %r %p", "-t", topic, *words)
        talk.expect(r"Subscribed \(mid")
        return talk

    def publish(self, topic, *words):
        self.client("mosquitto_pub", "-t", topic, *words).finish()

    def end(self):
        if self.talk.process.poll() is None:
            self.talk.process.send_signal(signal.SIGINT)
        return self.talk.finish()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("peers")


@pytest.fixture(scope="module")
def broker(namespace, folder):
    return Emulator(namespace, folder, "plain", "10.77.0.2/24")


@pytest.fixture(scope="module")
def certificates(folder):
    """An authority, and a certificate for the simulated brokers, valid from now on."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    p256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl("req", "-x509", *p256, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca")
    openssl("req", *p256[:-2], "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=host")
    (folder / "names").write_text("subjectAltName=IP:10.78.0.2,IP:10.79.0.2,IP:10.82.0.1")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "host.pem", "-days", "2", "-extfile", "names")
    return folder


def secured(namespace, certificates, tap, address, version):
    return Emulator(namespace, certificates, tap, address, "--tls", f"--tlsVersion={version}", f"--cert={certificates}/host.pem",
                    f"--key={certificates}/host.key", f"--psk=s01:{KEY}", f"--keylog={certificates}/{tap}.keys")


@pytest.fixture(scope="module")
def tls12(namespace, certificates):
    return secured(namespace, certificates, "tls12", "10.78.0.2/24", "1.2")


@pytest.fixture(scope="module")
def tls13(namespace, certificates):
    return secured(namespace, certificates, "tls13", "10.79.0.2/24", "1.3")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_quality_of_service(broker, version, qos):
    listener = broker.subscribe(f"qos/{qos}", "-V", version, "-q", "2", "-C", "2", "-i", f"listens-{version}-{qos}")
    broker.publish(f"qos/{qos}", "-V", version, "-q", str(qos), "-m", "one")
    broker.publish(f"qos/{qos}", "-V", version, "-q", str(qos), "-m", "two")
    text = listener.finish()
    assert re.findall(r"^got (.*)", text, re.M) == [f"qos/{qos} {qos} 0 one", f"qos/{qos} {qos} 0 two"]
    assert broker.talk.expect(f"client listens-{version}-{qos} from 10.77.0.1:.*MQTT (.*)")[1] == {"mqttv311": "3.1.1", "mqttv5": "5.0"}[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_large_message_arrives_whole(broker, folder, version):
    payload = folder / "large"
    payload.write_text("".join(f"{number:07x} " for number in range(20000)))
    listener = broker.subscribe("large", "-V", version, "-q", "1", "-C", "1")
    broker.publish("large", "-V", version, "-q", "1", "-f", payload)
    assert f"got large 1 0 {payload.read_text()}" in listener.finish().splitlines()


@pytest.mark.parametrize("version", VERSIONS)
def test_retained(broker, version):
    for topic, words in [("old", ["-m", "replaced"]), ("old", ["-m", "stays"]), ("gone", ["-m", "cleared"]), ("gone", ["-n"])]:
        broker.publish(f"kept/{version}/{topic}", "-V", version, "-r", "-q", "1", *words)
    listener = broker.subscribe(f"kept/{version}/#", "-V", version, "-C", "2")
    broker.publish(f"kept/{version}/end", "-V", version, "-m", "live")
    assert re.findall(r"^got \S+/(.*)", listener.finish(), re.M) == ["old 0 1 stays", "end 0 0 live"]


@pytest.mark.parametrize("version", VERSIONS)
def test_will(broker, version):
    watcher = broker.subscribe(f"will/{version}", "-V", version, "-q", "1", "-C", "1")
    mortal = broker.subscribe("none", "-V", version, "--will-topic", f"will/{version}", "--will-payload", "gone", "--will-qos", "1")
    broker.client("mosquitto_sub", "-V", version, "-t", "none", "-E", "--will-topic", f"will/{version}", "--will-payload", "not this").finish()
    mortal.stop(signal.SIGKILL)
    assert f"got will/{version} 1 0 gone" in watcher.finish()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_persists(broker, version):
    name = ["-V", version, "-c", "-i", f"sleeper-{version}", "-q", "2", "-t", f"time/{version}"]
    broker.client("mosquitto_sub", *name, "-E").finish()
    for qos in "12":
        broker.publish(f"time/{version}", "-V", version, "-q", qos, "-m", f"while you were away {qos}")
    woken = broker.client("mosquitto_sub", *name, "-C", "2", "-W", "60", "-F", "got %q %p")
    assert re.findall("got (.*)", woken.finish()) == ["1 while you were away 1", "2 while you were away 2"]


@pytest.mark.parametrize("version", VERSIONS)
def test_request_and_response(broker, version):
    server = broker.subscribe("ask", "-V", version, "-C", "1", "-F", "got %p|%R|%D")
    asker = broker.client("mosquitto_rr", "-V", version, "-W", "60", "-t", "ask", "-e", "answer", "-m", "question",
                          *(["-D", "publish", "correlation-data", "c7"] if version == "mqttv5" else []))
    question, topic, correlation = server.expect(r"got (.*)\|(.*)\|(.*)").groups()
    assert (question, topic, correlation) == ("question", *(("answer", "c7") if version == "mqttv5" else ("", "")))
    with_correlation = ["-D", "publish", "correlation-data", correlation] if version == "mqttv5" else []
    broker.publish("answer", "-V", version, "-m", "response", *with_correlation)
    assert asker.finish() == "response"


@pytest.mark.parametrize("version", ["311", "5"])
@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_paho(broker, version, qos):
    topic = f"paho/{version}/{qos}"
    where = ["-h", broker.host, "-p", broker.port, "-V", version, "-q", qos, "-t", topic]
    listener = broker.subscribe(topic, "-q", "2", "-C", "1")
    broker.namespace.talk("paho_c_pub", *where, "-i", f"pub{version}{qos}", "-r", "-m", "hello").finish()
    assert f"got {topic} {qos} 0 hello" in listener.finish()
    reader = broker.namespace.talk("paho_cs_sub", *where, "-i", f"sub{version}{qos}")
    reader.expect("^hello$")
    broker.publish(topic, "-q", qos, "-m", "live")
    reader.expect("^live$")
    reader.process.send_signal(signal.SIGINT)
    reader.finish()


def test_an_unknown_version_is_refused(broker):
    # libmosquitto says what CONNACK 1 means; 3.1 is the version before 3.1.1.
    broker.client("mosquitto_pub", "-V", "mqttv31", "-t", "x", "-m", "x").expect("unacceptable protocol version")
    broker.talk.expect("refused 10.77.0.1:")


def by_key(key):
    """In TLS 1.2 libmosquitto would rather take a certificate that it does not verify: it is told the suite."""
    return ["--psk", key, "--psk-identity", "s01", "--ciphers", "PSK-AES128-GCM-SHA256"]


@pytest.mark.parametrize("server", ["tls12", "tls13"])
@pytest.mark.parametrize("credential", ["certificate", "psk"])
def test_tls(request, folder, server, credential):
    emulator = request.getfixturevalue(server)
    how = ["--cafile", str(folder / "ca.pem")] if credential == "certificate" else by_key(KEY)
    listener = emulator.subscribe("secret", *how, "-q", "1", "-C", "1")
    emulator.publish("secret", *how, "-q", "1", "-m", "safe")
    assert "got secret 1 0 safe" in listener.finish()
    emulator.talk.expect("key of s01" if credential == "psk" else "client ")


def test_a_wrong_key_is_refused(tls12):
    client = tls12.client("mosquitto_pub", *by_key("00" * 16), "-t", "x", "-m", "x")
    tls12.talk.expect(r"TLS handshake with 10.78.0.1:\d+ failed")
    client.stop()


@pytest.mark.parametrize("behind, address, loss", [("wired", "10.80.0.2/24", []), ("radio", "fd00:0:0:81::2/64", ["--loss=0.1"])])
def test_behind_a_link(namespace, folder, behind, address, loss):
    emulator = Emulator(namespace, folder, behind, address, f"--behind={behind}", "--wiredDelay=5ms", *loss)
    listener = emulator.subscribe("far", "-V", "mqttv5", "-q", "2", "-C", "2")
    for qos in "12":
        emulator.publish("far", "-V", "mqttv5", "-q", qos, "-m", "x" * 200)
    assert listener.finish().count("x" * 200) == 2
    emulator.end()
    assert_dissected(folder, f"{behind}-*.pcap", 3 if behind == "radio" else 2)


def test_one_version_alone(namespace, folder):
    emulator = Emulator(namespace, folder, "only5", "10.81.0.2/24", "--version=5", "--attribute=MaxKeepAlive=60s")
    emulator.publish("x", "-V", "mqttv5", "-m", "x")
    refused = emulator.client("mosquitto_pub", "-V", "mqttv311", "-t", "x", "-m", "x")
    refused.expect("unacceptable protocol version")
    emulator.talk.expect("refused 10.81.0.1:.*[Uu]nsupported protocol version")


@pytest.fixture(scope="module")
def guarded(namespace, folder):
    """A broker that asks for passwords, with files as Mosquitto has them."""
    subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "users", "ann", "secret"], check=True, capture_output=True)
    (folder / "acl").write_text("user ann\ntopic readwrite room/#\ntopic read news\n")
    return Emulator(namespace, folder, "guarded", "10.85.0.2/24", "--auth=password", f"--passwordFile={folder}/users",
                    f"--accessList={folder}/acl")


ANN = ["-u", "ann", "-P", "secret"]


@pytest.mark.parametrize("version", VERSIONS)
def test_who_knows_the_password_may_do_what_the_list_says(guarded, version):
    listener = guarded.subscribe("room/#", *ANN, "-V", version, "-i", "reader", "-q", "1", "-C", "1")
    writer = guarded.client("mosquitto_pub", "-d", *ANN, "-V", version, "-i", "writer", "-q", "1", "-t", "news", "-m", "not this")
    text = writer.finish()
    guarded.talk.expect("client writer may not publish: news")
    if version == "mqttv5":  # 3.1.1 has no word for it
        assert "Not authorized" in text
    guarded.publish("room/t", *ANN, "-V", version, "-q", "1", "-m", "this")
    assert "got room/t 1 0 this" in listener.finish()
    denied = guarded.client("mosquitto_sub", *ANN, "-V", version, "-i", "nosy", "-t", "secret", "-W", "60")
    denied.expect("All subscription requests were denied")
    guarded.talk.expect("client nosy may not subscribe: secret")
    denied.stop()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("credential", [["-u", "ann", "-P", "Secret"], ["-u", "bob", "-P", "secret"], []])
def test_who_does_not_know_it_is_refused(guarded, version, credential):
    client = guarded.client("mosquitto_pub", *credential, "-V", version, "-t", "room/t", "-m", "x")
    client.expect("(?i)bad user name or password|not authori[sz]ed")
    why = "wrong user name or password" if credential else "no credential"
    guarded.talk.expect(f"refused 10.85.0.1:.*{why}")


def test_the_name_of_a_key_is_the_clients(namespace, folder):
    emulator = Emulator(namespace, folder, "keys", "10.86.0.2/24", "--tls", f"--psk=s01:{KEY}", "--auth=psk")
    key = ["--psk", KEY, "--psk-identity", "s01"]
    emulator.publish("t", *key, "-i", "s01", "-m", "x")
    emulator.talk.expect("client s01 from 10.86.0.1:.*key of s01")
    emulator.client("mosquitto_pub", *key, "-i", "s02", "-t", "t", "-m", "x").expect("[Ii]dentifier")
    emulator.talk.expect("refused 10.86.0.1:.*client identifier of another")


def test_the_name_of_a_certificate_is_the_clients(namespace, certificates):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=certificates, check=True, capture_output=True)

    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ann.key", "-out", "ann.csr", "-subj", "/CN=ann")
    openssl("x509", "-req", "-in", "ann.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "ann.pem", "-days", "2")
    emulator = Emulator(namespace, certificates, "subjects", "10.79.1.2/24", "--tls", f"--cert={certificates}/host.pem",
                        f"--key={certificates}/host.key", f"--ca={certificates}/ca.pem", "--auth=certificate")
    ann = ["--insecure", "--cafile", certificates / "ca.pem", "--cert", certificates / "ann.pem", "--key", certificates / "ann.key"]
    emulator.publish("t", *ann, "-i", "ann", "-m", "x")
    emulator.talk.expect("client ann from 10.79.1.1:.*CN ?= ?ann")
    emulator.client("mosquitto_pub", *ann, "-i", "bob", "-t", "t", "-m", "x").expect("[Ii]dentifier")
    emulator.talk.expect("refused 10.79.1.1:.*client identifier of another")


def make_token(folder, name, left):
    """A token of an hour (RFC 7519, ES256) by openssl alone, with so many seconds left, of a device of scripts/provision."""
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    end = int(time.time()) + left
    claims = {"iss": name, "aud": "iot", "iat": end - 3600, "exp": end}
    said = encode(b'{"alg":"ES256","typ":"JWT"}') + b"." + encode(json.dumps(claims).encode())
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", folder / f"{name}.pem"], input=said, check=True, capture_output=True).stdout
    length = der[3]  # SEQUENCE, length; INTEGER, length, r; INTEGER, length, s
    r, s = der[4:4 + length], der[6 + length:]
    return (said + b"." + encode(b"".join(part[-32:].rjust(32, b"\0") for part in (r, s)))).decode()


def test_a_token_is_judged_by_the_wall_clock(namespace, folder):
    subprocess.run([ROOT / "scripts" / "provision", "create", "s01"], cwd=folder, check=True, capture_output=True,
                   env={**os.environ, "IOT_PROGRAMS": str(PROGRAM.parent)})
    emulator = Emulator(namespace, folder, "tokens", "10.87.0.2/24", "--auth=jwt", f"--registry={folder}/registry.json", "--clockDrift=60s")

    def publish(left):
        return emulator.client("mosquitto_pub", "-i", "s01", "-u", "unused", "-P", make_token(folder, "s01", left), "-t", "t", "-m", "x")

    publish(3600).finish()
    emulator.talk.expect("client s01 from")
    publish(-61).expect("(?i)bad user name or password")
    emulator.talk.expect("refused 10.87.0.1:.*token expired")


@pytest.fixture(scope="module")
def mosquitto(namespace, folder, certificates):
    """A real broker on all addresses of the namespace."""
    (folder / "keys").write_text(f"s00:{KEY}\n")
    (folder / "mosquitto.conf").write_text(f"""user root
log_type all
log_dest stdout
allow_anonymous true
listener 1883
listener 8883
psk_hint mosquitto
psk_file {folder}/keys
listener 8884
cafile {folder}/ca.pem
certfile {folder}/host.pem
keyfile {folder}/host.key
""")
    talk = namespace.talk("mosquitto", "-c", folder / "mosquitto.conf")
    talk.expect("running")
    return talk


@pytest.mark.parametrize("tap, behind, address, arguments", [
    ("v311", "radio", "fd00::2/64", ["--version=3.1.1", "--qos=1", "--radio=sleepy", "--wiredDelay=2ms"]),
    ("v5", "nothing", "10.84.0.2/24", ["--version=5", "--qos=2"]),
    ("psk", "wired", "10.83.0.2/24", ["--qos=1", "--tls", f"--psk=s00:{KEY}", "--nodes=2", "--wiredDelay=2ms"]),
    ("cert", "nothing", "10.82.0.2/24", ["--version=5", "--tls", "--tlsVersion=1.3", "--port=8884"]),
])
def test_sensors_report_to_a_real_broker(namespace, folder, mosquitto, tap, behind, address, arguments):
    if tap == "cert":
        arguments = [*arguments, f"--ca={folder}/ca.pem"]
    listener = namespace.talk("mosquitto_sub", "-d", "-h", "127.0.0.1", "-t", "s/+/t", "-q", "2", "-F", "got %t %q %l %x")
    listener.expect(r"Subscribed \(mid")
    sensors = Emulator(namespace, folder, tap, address, "--role=mqtt-sensors", f"--behind={behind}", "--reports=3",
                       "--interval=200ms", *arguments)
    text = sensors.talk.finish()
    nodes = 2 if tap == "psk" else 3
    published = f"{3 * nodes} reports, {3 * nodes} published, 0 lost"
    assert published in text
    qos = "2" if "--qos=2" in arguments else "1"
    for _ in range(3 * nodes):
        sensor, got_qos, size, payload = listener.expect("got s/(..)/t (.) (.*) (.*)").groups()
        assert (got_qos, size, int(payload[:4], 16)) == (qos, "32", int(sensor))
    listener.stop()
    for _ in range(nodes):
        mosquitto.expect(r"Received DISCONNECT from s\d\d")
    assert not re.search(r"[Ee]rror|[Mm]alformed|[Pp]rotocol", mosquitto.text())
    assert_dissected(folder, f"{tap}-tap.pcap", 1)


def test_sensors_report_in_other_forms(namespace, folder, mosquitto):
    listener = namespace.talk("mosquitto_sub", "-V", "5", "-d", "-h", "127.0.0.1", "-t", "s/00/t", "-F", "got %F %C %p")
    listener.expect(r"Subscribed \(mid")
    sensor = Emulator(namespace, folder, "json", "10.88.0.2/24", "--role=mqtt-sensors", "--version=5", "--nodes=1", "--reports=1",
                      "--interval=200ms", "--payloadFormat=json")
    text = sensor.talk.finish()
    assert "1 MQTT sensor publishing to" in text and "Ended: 1 report, 1 published, 0 lost" in text
    report = json.loads(listener.expect(r"got 1 application/json (.*)")[1])
    assert (report["sensor"], report["sequence"]) == (0, 1) and abs(report["time"] - time.time()) < 60
    listener.stop()


BREAK = """
import socket, sys
peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connect = b"\\x10\\x0d\\0\\x04MQTT\\x04\\x02\\0\\0\\0\\x01b"
peer.sendall(connect)
assert peer.recv(4) == b"\\x20\\x02\\0\\0"
peer.sendall(connect)
assert peer.recv(1) == b""
"""


def test_who_breaks_the_protocol_is_not_called_refused(namespace, folder):
    emulator = Emulator(namespace, folder, "rude", "10.89.0.2/24")
    namespace.talk("/usr/bin/python3", "-c", BREAK, emulator.host, emulator.port).finish()
    emulator.talk.expect("protocol error of 10.89.0.1:.*second CONNECT")
    assert "Ended: 1 connection, 0 refused, 0 messages, 1 protocol error; at most" in emulator.end()


def test_an_end_by_ctrl_c_is_clean(namespace, folder, broker):
    listener = broker.subscribe("end", "-V", "mqttv5")
    text = broker.end()
    assert re.search(r"Ended: \d+ connections, \d+ refused, \d+ messages.*; at most \d+ ms behind real time", text)
    listener.expect(r"DISCONNECT \(139\)")  # server shutting down
    assert not list(folder.glob("plain*.part*"))
    assert namespace.run("ip", "-o", "link", "show", "plain")  # the device is the user's, and stays


def test_captures_have_nothing_malformed(folder, broker, tls12, tls13):
    for emulator in (broker, tls12, tls13):
        emulator.end()
    assert_dissected(folder, "plain-tap.pcap", 1)
    packets = tshark(folder / "plain-tap.pcap", "-Y", "mqtt", "-T", "fields", "-e", "mqtt.msgtype")
    assert {int(kind) for line in packets for kind in line.split(",") if kind} >= {1, 2, 3, 4, 5, 6, 7, 8, 9, 14}
    for tap in ("tls12", "tls13"):
        keys = ["-o", f"tls.keylog_file:{folder}/{tap}.keys"]
        assert_dissected(folder, f"{tap}-tap.pcap", 1, *keys)
        assert tshark(folder / f"{tap}-tap.pcap", *keys, "-Y", 'mqtt.topic == "secret"')


def tshark(capture, *arguments):
    return subprocess.run(["tshark", "-r", capture, *IN_ORDER, *arguments], check=True, capture_output=True, text=True).stdout.splitlines()


def assert_dissected(folder, captures, number, *options):
    found = sorted(folder.glob(captures))
    assert len(found) == number
    for capture in found:
        assert tshark(capture, *options)
        assert tshark(capture, *options, "-Y", "_ws.malformed || _ws.expert.severity == error") == []


@pytest.mark.parametrize("owner", ["nobody"])
def test_somebody_elses_device_is_refused(namespace, owner):
    """Whoever is root of the namespace may open every device; without that capability the owner alone."""
    namespace.run("ip", "tuntap", "add", "dev", "others", "mode", "tap", "user", owner)
    done = namespace.talk("setpriv", "--bounding-set=-all", "--inh-caps=-all", PROGRAM, "--tap=others")
    text = done.finish(code=1)
    assert "--tap=others" in text and "belongs to another user" in text and len(text.splitlines()) == 1


def test_the_session_in_the_readme_is_true(namespace):
    """Each console of README.md is run as it stands; times, ports and how late it was differ."""
    consoles = re.findall(r"^```console\n\$ (.*)\n([^`]*)```", (ROOT / "README.md").read_text(), re.M)
    commands = [shlex.split(command) for command, _ in consoles]
    assert [words[0] for words in commands] == ["scripts/emulate", "mosquitto_sub", "mosquitto_pub"]
    namespace.run("ip", "tuntap", "add", "dev", "iot0", "mode", "tap")
    broker = namespace.talk(PROGRAM, *commands[0][1:])
    while not (line := broker.next_line()).endswith("Ctrl-C ends it"):
        if line.startswith("  ip "):
            namespace.run(*line.split())
    listener = namespace.talk(*commands[1])
    broker.expect("client auto-1")
    publisher = namespace.talk(*commands[2])
    publisher.finish()
    listener.next_line()
    listener.stop()
    broker.process.send_signal(signal.SIGINT)
    broker.finish()

    def constant(text):
        return re.sub(r"\d\d:\d\d:\d\d|\]:\d{5}|most \d+ ms", "", text).strip()

    assert [constant(talk.text()) for talk in (broker, listener, publisher)] == [constant(shown) for _, shown in consoles]
