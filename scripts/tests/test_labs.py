# SPDX-License-Identifier: GPL-2.0-only
"""The worksheets of examples/labs: every simulation they ask for runs, and says what the findings say."""

import json
import re
import shlex
import subprocess

import pytest
from iotlab import chart
from iotlab.project import ROOT
from reference_runs import PROGRAM

LABS = sorted((ROOT / "examples" / "labs").glob("*/worksheet.md"))


def simulations(worksheet):
    """The arguments of every scripts/sim of a worksheet; a loop over delays is written out."""
    text = re.sub(r"`", "\n", worksheet.read_text())
    delays = None
    for line in text.splitlines():
        loop = re.match(r"\s*for delay in (.*); do", line)
        if loop:
            delays = loop.group(1).split()
        elif line.strip() == "done":
            delays = None
        elif line.strip().startswith("scripts/sim "):
            for delay in delays or [""]:
                yield shlex.split(line.strip().replace("$delay", delay), comments=True)[1:]


def charts(worksheet):
    """The arguments of every scripts/chart of a worksheet."""
    for line in worksheet.read_text().splitlines():
        if line.strip().startswith("scripts/chart "):
            yield shlex.split(line)[1:]


COMMANDS = [(path.parent.name, arguments) for path in LABS for arguments in simulations(path)]


@pytest.mark.parametrize("lab, arguments", COMMANDS, ids=[f"{lab}:{' '.join(words)}" for lab, words in COMMANDS])
def test_commands_of_the_worksheets_run(tmp_path, lab, arguments):
    done = subprocess.run([PROGRAM, *arguments, "--json=run.json"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "run.json").read_text())
    if "--attack=replay" in arguments:
        assert record["attack"]["replay"]["replayed"] > 0
    if any(argument.startswith("--pcap=") for argument in arguments):
        attacked = any(argument.startswith("--attack=") for argument in arguments)
        assert list(tmp_path.glob("*-attacker.pcap" if attacked else "*-air.pcap"))


DECOUPLINGS = ROOT / "examples" / "labs" / "three-decouplings"


class Runs:
    """The simulations of the lab about decouplings, run where its charts find their diaries."""

    def __init__(self, folder):
        self.folder, self.done = folder, {}

    def __call__(self, *arguments):
        """(record, diary) of a command of the worksheet, without its files."""
        if arguments not in self.done:
            written = [words for words in simulations(DECOUPLINGS / "worksheet.md")
                       if [word for word in words if not word.startswith(("--events=", "--pcap="))] == list(arguments)]
            assert written, f"the worksheet does not run {' '.join(arguments)}"
            named = [word.partition("=")[2] for word in written[0] if word.startswith("--events=")]
            diary = named[0] if named else "run.jsonl"
            subprocess.run([PROGRAM, *arguments, f"--events={diary}", "--json=run.json"], cwd=self.folder, check=True)
            self.done[arguments] = (json.loads((self.folder / "run.json").read_text()),
                                    [json.loads(line) for line in (self.folder / diary).read_text().splitlines()])
        return self.done[arguments]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("decouplings"))


SPACE = ("--stack=mqtt", "--nodes=1", "--reports=2")
TIME = ("--nodes=1", "--reports=3", "--payload=8", "--apart")
ONCE = ("--pattern=command", "--nodes=1", "--reports=1", "--pollPeriod=8s")


def found(number):
    """One of the findings, in one line."""
    text = re.search(rf"^{number}\. (.*?)(?=^\d+\. |^#|\Z)", (DECOUPLINGS / "findings.md").read_text(), re.M | re.S)[1]
    return " ".join(text.split())


def reports(diary, what, node=None):
    return {event["report"]: event["t"] for event in diary
            if event["type"] == "report" and event["what"] == what and node in (None, event["node"])}


def said(diary, label, **wanted):
    """When a message was said first in the window."""
    return min(event["t"] for event in diary if event["type"] == "message" and event["t"] > 60 and event["label"] == label
               and all(event[key] == value for key, value in wanted.items()))


def test_space_the_sensor_does_not_know_how_many_listen(run):
    def of_the_sensor(diary):
        return [(event["from"], event["bytes"], event["label"]) for event in diary if event["type"] == "frame" and event["t"] > 60]

    (one, of_one), (three, of_three) = run(*SPACE), run(*SPACE, "--collectors=3")
    assert of_the_sensor(of_one) == of_the_sensor(of_three)
    assert {event["node"] for event in of_three if event["type"] == "report" and event["what"] == "delivered"} == {"c0", "c1", "c2"}
    assert one["bytes_on_air"] == three["bytes_on_air"] and one["energy_j"] == three["energy_j"]
    assert f"{three['bytes_on_air']['total']} bytes on air and {1e3 * three['energy_j']['per_report']:.3f} mJ" in found(1)


def test_space_what_an_observed_server_and_no_server_cost(run):
    pushed, _ = run("--stack=coap", "--nodes=1", "--reports=2", "--collectors=3")
    observed, _ = run("--stack=coap", "--nodes=1", "--reports=2", "--pattern=observe")
    raw, _ = run("--stack=udp", "--nodes=1", "--reports=2")
    assert pushed["fan_out"]["delivered"] == 6
    assert f"{1e3 * pushed['energy_j']['per_report']:.3f} mJ" in found(3) and f"{1e3 * observed['energy_j']['per_report']:.3f} mJ" in found(3)
    assert found(4).startswith(f"{1e3 * raw['energy_j']['per_report']:.3f} mJ")
    refused = subprocess.run([PROGRAM, "--stack=udp", "--nodes=1", "--reports=2", "--collectors=3"], capture_output=True, text=True)
    assert refused.returncode == 1 and "no effect" in refused.stderr


def test_time_publisher_and_subscriber_are_never_online_together(run):
    _, diary = run("--stack=mqtt", "--qos=1", *TIME)
    sensor, collector = (chart._extract(diary, "", 0, 1e9).online[node] for node in ("s00", "c0"))
    assert len(sensor) == 1 and len(collector) == 2
    assert collector[0][1] < sensor[0][0] < sensor[0][1] < collector[1][0]
    moments = (collector[0][1], *sensor[0], collector[1][0])
    assert re.findall(r"[\d.]+(?= s\b)", found(5))[:4] == [f"{moment:.1f}" for moment in moments]
    begun, arrived = reports(diary, "generated"), reports(diary, "delivered")
    assert sorted(arrived) == [1, 2, 3]
    assert "{:.1f}, {:.1f} and {:.1f} s after".format(*(arrived[number] - begun[number] for number in arrived)) in found(5)
    assert said(diary, "CONNACK, 3 x PUBLISH QoS 1", **{"from": "host", "to": "c0"}) < min(arrived.values())


def test_time_what_is_not_kept_is_lost(run):
    assert run("--stack=mqtt", "--qos=0", *TIME)[0]["reports"]["delivered"] == 0
    summary = subprocess.run([PROGRAM, "--stack=mqtt", "--qos=0", *TIME], capture_output=True, text=True).stdout
    assert re.search(r"^energy +[\d.]*[1-9]\d* mJ, and no report on time$", summary, re.M)
    late = reports(run("--stack=coap", *TIME)[1], "delivered")
    assert sorted(late) == [3]
    for bound, delivered in (("MaxQueuedMessages=2", 2), ("SessionExpiry=60s", 0)):
        assert run("--stack=mqtt", "--qos=1", *TIME, f"--ns3::MqttBroker::{bound}")[0]["reports"]["delivered"] == delivered


def test_synchronisation_the_publisher_is_done_before_the_actuator_wakes(run):
    (_, mqtt), (_, coap) = run("--stack=mqtt", "--qos=1", *ONCE), run("--stack=coap", *ONCE)
    begun, moved = (min(reports(mqtt, what).values()) for what in ("generated", "delivered"))
    acknowledged = said(mqtt, "PUBACK", to="c0")
    assert begun < acknowledged < begun + 0.002 and f"the motor gets it after {moved - begun:.2f} s" in found(9)
    begun, moved = (min(reports(coap, what).values()) for what in ("generated", "delivered"))
    answered = said(coap, "ACK 2.04", to="host")
    assert answered > moved and f"at the 2.04, after {answered - begun:.2f} s" in found(9)


def test_synchronisation_sleep_is_taken_for_loss(run):
    (over_tcp, _), (over_udp, diary) = run("--stack=mqtt", "--qos=1", *ONCE), run("--stack=coap", *ONCE)
    assert (over_tcp["retransmissions"]["tcp"], over_udp["retransmissions"]["coap"]) == (2, 1)
    first, second = sorted(event["t"] for event in diary if event["type"] == "message" and event["from"] == "host" and event["t"] > 60)
    assert f"after {second - first:.2f} s (ACK_TIMEOUT" in found(11)
    assert over_tcp["link"]["duplicates_dropped"] == 0 == over_tcp["retransmissions"]["mac"]


def texts(picture):
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text())


def test_the_decouplings_are_drawn_as_in_the_findings(run, monkeypatch):
    for arguments in ((*SPACE,), (*SPACE, "--collectors=3"), ("--stack=mqtt", "--qos=1", *TIME),
                      ("--stack=mqtt", "--qos=1", *ONCE), ("--stack=coap", *ONCE)):
        run(*arguments)
    monkeypatch.chdir(run.folder)
    for arguments in charts(DECOUPLINGS / "worksheet.md"):
        assert chart.main(arguments) == 0
    for name in ("space.svg", "time.svg", "synchronisation.svg"):
        assert texts(run.folder / name) == texts(DECOUPLINGS / name)
        assert f"({name})" in (DECOUPLINGS / "findings.md").read_text()


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.parent.name)
def test_every_question_has_its_finding(path):
    questions = re.findall(r"^(\d+)\. ", path.read_text(), re.MULTILINE)
    findings = re.findall(r"^(\d+)\. ", (path.parent / "findings.md").read_text(), re.MULTILINE)
    assert questions == [str(number) for number in range(1, len(questions) + 1)]
    assert findings == questions
