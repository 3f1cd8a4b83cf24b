# SPDX-License-Identifier: GPL-2.0-only
import csv
import errno
import json
import os
import re
from html.parser import HTMLParser

import pytest
from iotlab.project import cannot_write

COMMANDS = ["setup", "run", "test", "sim", "sweep", "plot", "chart", "bench", "emulate"]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_how_to_use_it(commands, name):
    text = commands.ok(name, "--help").stdout
    assert f"Usage: scripts/{name}" in text and "SPDX" not in text and "BASH_SOURCE" not in text
    assert not commands.results.exists()


@pytest.mark.parametrize("name, expected", [("sweep", "--name=NAME"), ("plot", "an experiment"), ("chart", "a diary")])
def test_a_command_that_needs_arguments_says_how_to_use_it_and_fails(commands, name, expected):
    done = commands(name)
    assert done.returncode == 1 and done.stdout == ""
    assert f"Usage: scripts/{name}" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"scripts/{name}: expected {expected}")


@pytest.mark.parametrize("words, expected", [
    (["run", "nothing"], ["no experiment nothing", "compare"]),
    (["run", "--quik"], ["--quik", "--quick"]),
    (["run", "compare", "--mqttVersion=5"], ["unknown argument --mqttVersion", "scripts/sweep"]),
    (["run", "--quick=3"], ["--quick=3", "without a value"]),
    (["run", "--jobs=0"], ["--jobs=0", "at least 1"]),
    (["run", "compare", "more"], ["more", "one experiment"]),
    (["run", "missing.toml"], ["missing.toml"]),
    (["run", "first", "--stack=mqtt"], ["--stack", "four stacks"]),
    (["run", "first", "--dropFrame=none"], ["--dropFrame=none", "whole number"]),
    (["run", "first", "--lossy=1"], ["lossy", "loss"]),
    (["run", "first", "--attack=sniff"], ["--attack", "one lost frame", "scripts/sim --attack"]),
    (["run", "first", "--duration=5s"], ["--duration", "one report"]),
    (["sweep", "--loss=0"], ["--name"]),
    (["sweep", "--name=x"], ["no parameter", "--loss=0:0.6:0.2"]),
    (["sweep", "--name=compare", "--loss=0"], ["compare"]),
    (["sweep", "--name=a/b", "--loss=0"], ["a/b", "letters"]),
    (["sweep", "--name=x", "--loss=0:1:0"], ["0:1:0", "step above 0"]),
    (["sweep", "--name=x", "--loss=0,,1"], ["0,,1", "list"]),
    (["sweep", "--name=x", "--repeat=two"], ["two", "whole number"]),
    (["sweep", "--name=x", "--lss=0"], ["lss", "did you mean loss"]),
    (["sweep", "--name=x", "--loss=0", "--constraint=los > 1"], ["los", "loss"]),
    (["sweep", "scratch/none.cc", "--name=x"], ["scratch/none.cc"]),
    (["sweep", "--name=x", "--loss=0.5,1.5"], ["loss=1.5: expected a probability from 0 to 1"]),
    (["sweep", "--name=x", "--stack=coaps,mqtt", "--defence=none,cookie"],
     ["--defence=cookie: expected --stack=coaps, for mqtt has no use for cookie"]),
    (["plot", "nothing", "--x=loss", "--y=latency"], ["nothing", "scripts/run"]),
    (["bench", "nothing"], ["nothing"]),
    (["setup", "--fast"], ["--fast"]),
    (["sim", "scratch/none.cc"], ["scratch/none.cc"]),
    (["sim", "nope"], ["no program nope", "examples/"]),
])
def test_bad_input_is_one_line_and_leaves_nothing(commands, words, expected):
    line = commands.refused(*words)
    assert line.startswith(f"scripts/{words[0]}")
    for word in expected:
        assert word in line
    assert not commands.results.exists()


def test_unwritable_results(commands):
    commands.results.parent.mkdir(exist_ok=True)
    commands.results.write_text("a file where a folder should be")
    assert "cannot write" in commands.refused("sweep", "--name=x", "--loss=0")


@pytest.mark.parametrize("number, hint", [(errno.ENOSPC, ""), (errno.EACCES, " (expected a writable folder)")])
def test_only_a_folder_that_refuses_is_called_unwritable(number, hint):
    assert str(cannot_write("x", OSError(number, os.strerror(number)))) == f"cannot write x: {os.strerror(number)}{hint}"


def test_an_unknown_parameter_of_a_program_of_ones_own_is_one_line(commands, tmp_path):
    program = tmp_path / "mine"
    program.write_text("""#!/bin/sh
case $1 in
  --PrintHelp) echo "Program Options:"; echo "    --qos:  a parameter [1]" ;;
  --PrintGlobals) echo "Global values:"; echo "  --ChecksumEnabled=[false]" ;;
  *) echo "ran $*" ;;
esac
""")
    program.chmod(0o755)
    commands.environment["IOT_PROGRAMS"] = str(tmp_path)
    arguments = ["--qos=2", "--ChecksumEnabled=true", "--ns3::MqttClient::KeepAlive=5s", "--RngRun=2", "word"]
    assert commands.ok("sim", "mine", *arguments).stdout == f"ran {' '.join(arguments)}\n"
    assert commands.refused("sim", "mine", "--qso=2") == "scripts/sim: unknown parameter qso of mine: did you mean qos?"
    assert commands.refused("sim", "mine", "--bogus") == \
        "scripts/sim: unknown parameter bogus of mine: scripts/sim mine --PrintHelp lists them"


def test_sim_passes_arguments_and_exit_code_on(commands, tmp_path):
    commands.ok("sim", "--stack=coap", f"--json={tmp_path}/run.json")
    assert (tmp_path / "run.json").is_file()
    assert commands.refused("sim", "--loss=2") == "loss=2: expected a probability from 0 to 1"


def test_sweep_writes_tidy_results(shared):
    folder = shared.results / "mine"
    rows = list(csv.DictReader(open(folder / "summary.csv")))
    assert {row["stack"] for row in rows} == {"mqtt", "coap", "udp"} and {row["loss"] for row in rows} == {"0", "0.2", "0.4"} or \
        {float(row["loss"]) for row in rows} == {0, 0.2, 0.4}
    share = [row for row in rows if row["measure"] == "on_time_share" and row["stack"] == "udp" and float(row["loss"]) == 0.4][0]
    assert 0.3 < float(share["low_95"]) < float(share["mean"]) < float(share["high_95"]) < 0.9
    late = [row for row in rows if row["measure"] == "latency_p95" and row["stack"] == "udp" and float(row["loss"]) == 0.4][0]
    assert late["mean"] == "inf"
    assert len(list(csv.DictReader(open(folder / "runs.csv")))) == 27
    assert "Means over 3 runs" in shared.output and "report.html" in shared.output
    method = (folder / "method.md").read_text()
    for word in ("--RngRun=1 to 3", "checksum", "Clopper-Pearson", "macRetries: 0", "ns3"):
        assert word in method


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.outside, self.figures = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "xlink:href"):
                (self.links if value.startswith("#") else self.outside).append(value)
        self.figures += tag == "svg"


def check_page(path, figures):
    page = Page(path.read_text())
    assert page.figures == figures
    assert page.outside == []  # self-contained: no network, no other file
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_report_is_self_contained(shared):
    check_page(shared.results / "mine" / "report.html", figures=1)


def test_every_row_of_panels_numbers_its_axis(shared):
    drawn = (shared.results / "mine" / "figures" / "by-loss.svg").read_text()
    x_axes = [panel.split('id="matplotlib.axis_')[1] for panel in drawn.split('<g id="axes_')[1:]]
    assert len(x_axes) == 4
    assert all(">40</text>" in axis for axis in x_axes)


def test_a_sweep_gives_a_parameter_only_where_it_has_an_effect(commands):
    done = commands.ok("sweep", "--name=mixed", "--repeat=2", "--stack=mqtt,coap,udp", "--qos=0,1", "--confirmable=true", "--nodes=2",
                       "--reports=3")
    assert "--qos is given only with --stack=mqtt, mqtts: without it has no effect" in done.stderr.splitlines()
    rows = {(row["stack"], row["qos"], row["confirmable"]) for row in csv.DictReader(open(commands.results / "mixed" / "runs.csv"))}
    assert rows == {("mqtt", "0", ""), ("mqtt", "1", ""), ("coap", "", "True"), ("udp", "", "")}
    before = len(list((commands.results / "mixed" / "points").glob("*.json")))
    commands.ok("run", str(commands.results / "mixed" / "experiment.toml"))  # what it wrote is the same experiment
    assert len(list((commands.results / "mixed" / "points").glob("*.json"))) == before == 8
    commands.ok("plot", "mixed", "--x=qos", "--y=latency_p50", "--where=stack == 'mqtt'")


def test_a_sweep_follows_what_it_leaves_out(commands):
    """Without an attribute of CoAP there, without the version of MQTT, and so without what needs that version."""
    done = commands.ok("sweep", "--name=mixed", "--repeat=2", "--stack=mqtt,coap,udp", "--mqttVersion=3.1.1,5", "--topicAliases=0,1",
                       "--ns3::CoapEndpoint::NStart=2", "--collectors=2", "--nodes=2", "--reports=3")
    told = [line for line in done.stderr.splitlines() if "is given only with" in line]
    assert told == ["--collectors is given only with --stack=mqtt, mqtts, coap, coaps: without it has no effect",
                    "--mqttVersion is given only with --stack=mqtt, mqtts: without it has no effect",
                    "--ns3::CoapEndpoint::NStart is given only with --stack=coap, coaps: without it has no effect",
                    "--topicAliases is given only with --mqttVersion=5: without it has no effect"]
    rows = list(csv.DictReader(open(commands.results / "mixed" / "runs.csv")))
    assert {(row["stack"], row["mqttVersion"], row["topicAliases"], row["collectors"], row["ns3::CoapEndpoint::NStart"]) for row in rows} == {
        ("mqtt", "3.1.1", "", "2", ""), ("mqtt", "5", "0", "2", ""), ("mqtt", "5", "1", "2", ""), ("coap", "", "", "2", "2"), ("udp", "", "", "", "")}
    check_page(commands.results / "mixed" / "report.html", figures=1)


def test_an_experiment_file_that_gives_it_everywhere_is_refused(commands, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[experiment]\n[iterate]\nstack = ["mqtt", "coap"]\nqos = [0, 1]\n')
    assert commands.refused("run", str(file)) == \
        "scripts/run: --qos=0: expected --stack=mqtt, mqtts, without which it has no effect"


@pytest.mark.parametrize("text, figures", [
    ("", []),
    ("[fixed]\nnodes = 2", []),
    ("[[figure]]\nname = 'f'\nkind = 'bars'\ny = 'on_time'\nread = 'a'", ["f.csv", "f.pdf", "f.svg"]),
])
def test_an_experiment_that_varies_nothing_has_a_report(commands, tmp_path, text, figures):
    file = tmp_path / "still.toml"
    file.write_text(f"[experiment]\nrepeat = 2\n{text}")
    assert "on time %" in commands.ok("run", str(file)).stdout
    assert (commands.results / "still" / "report.html").is_file()
    assert sorted(path.name for path in (commands.results / "still").glob("figures/*")) == figures


def test_a_figure_of_something_unknown_is_refused_before_anything_runs(commands, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("[fixed]\nloss = 0\n[[figure]]\nname = 'f'\nkind = 'lines'\nx = 'los'\ny = 'latency'")
    assert "mine.toml: figure f: x: unknown parameter los: did you mean loss?" in commands.refused("run", str(file))
    assert not commands.results.exists()


def test_an_experiment_of_ones_own_can_be_plotted(commands, tmp_path):
    """Its file lies beside its results, under whatever name it was run."""
    file = tmp_path / "payloads.toml"
    file.write_text('[experiment]\nrepeat = 2\n[fixed]\nnodes = 2\nreports = 3\n[iterate]\nloss = [0, 0.2]\nstack = ["mqtt", "coap"]\n')
    commands.ok("run", str(file))
    kept = commands.results / "payloads" / "experiment.toml"
    assert kept.read_text() == file.read_text()
    file.unlink()
    commands.ok("plot", "payloads", "--x=loss", "--y=latency", "--by=stack,variant", "--output=mine")
    assert "mqtt, MQTT QoS 1" in (commands.results / "payloads" / "figures" / "mine.svg").read_text()
    assert "All 8 simulations of payloads" in commands.ok("run", str(kept)).stderr


def test_a_sweep_is_an_experiment_file(shared):
    done = shared.ok("run", str(shared.results / "mine" / "experiment.toml"))
    assert "All 27 simulations" in done.stderr


def test_figures_from_one_run_are_refused(commands):
    done = commands.ok("sweep", "--name=one", "--repeat=1", "--loss=0,0.2")
    assert "One run per combination: no figures" in done.stdout
    assert not (commands.results / "one" / "figures").exists()
    line = commands.refused("plot", "one", "--x=loss", "--y=latency")
    assert "one run" in line and "at least 2" in line


def test_plot(shared):
    shared.ok("plot", "mine", "--x", "loss", "--y", "latency", "--by", "stack")
    figure = shared.results / "mine" / "figures" / "plot-latency-loss-stack"
    for kind in ("svg", "pdf", "csv"):
        assert figure.with_suffix(f".{kind}").stat().st_size > 500
    shared.ok("plot", "mine", "--x=loss", "--y=retransmissions.tcp,on_time", "--where=stack == 'mqtt'", "--output=tcp")
    assert (shared.results / "mine" / "figures" / "tcp.svg").is_file()
    assert "latency_p95" in shared.ok("plot", "mine", "--list").stdout
    assert "scripts/plot EXPERIMENT --list" in shared.refused("plot", "mine", "--x=loss", "--y=speed")
    assert "did you mean latency" in shared.refused("plot", "mine", "--x=loss", "--y=latencies")
    assert "expected one of" in shared.refused("plot", "mine", "--x=los", "--y=latency")
    assert "several combinations" in shared.refused("plot", "mine", "--x=loss", "--y=latency", "--by=nodes")


def test_same_results_make_the_same_files(shared):
    folder = shared.results / "mine"
    files = [*folder.glob("*.csv"), *folder.glob("figures/by-*"), folder / "report.html", folder / "method.md"]
    before = {path: without_commit(path) for path in files}
    shared.ok("run", str(folder / "experiment.toml"))
    assert [path.name for path in files if without_commit(path) != before[path]] == []


def without_commit(path):
    """Others may commit to the checkout while the tests run."""
    return re.sub(rb"commit [\w-]+", b"", path.read_bytes())


def test_compare_quick_makes_all_figures(commands):
    done = commands.ok("run", "compare", "--quick")
    folder = commands.results / "compare"
    names = re.findall(r'^name = "(.*)"$', (commands.programs.parents[2] / "examples/experiments/compare.toml").read_text(), re.M)
    figures = [name for name in names if (folder / "figures" / f"{name}.svg").is_file()]
    assert len(figures) == 10
    check_page(folder / "report.html", figures=10)
    text = (folder / "report.html").read_text()
    assert "A quick look." in text and "CoAP CON over DTLS minus MQTT QoS 1 over TLS" in text
    assert "MQTT QoS 1, certificate" in done.stdout and "MQTT 5" not in done.stdout
    assert "MQTT 5 QoS 0, no alias" in (folder / "figures" / "topic-alias.svg").read_text()
    assert "MQTT 5.0 with a Topic Alias minus MQTT 5.0 without" in text and "MQTT or CoAP bytes" in text


def test_first_draws_four_ladders(commands):
    done = commands.ok("run", "first")
    folder = commands.results / "first"
    check_page(folder / "report.html", figures=2)
    text = (folder / "report.html").read_text()
    assert "sent again by TCP" in text and "sent again by CoAP" in text
    assert "1.029 s" in done.stdout and "2.429 s" in done.stdout
    assert (folder / "mqtts.events.jsonl").is_file() and (folder / "coap.json").is_file()


def test_first_gives_a_parameter_to_the_stacks_that_have_it(commands):
    commands.ok("run", "first", "--mqttVersion=5")
    versions = {stack: json.loads((commands.results / "first" / f"{stack}.json").read_text())["parameters"]["mqttVersion"]
                for stack in ("mqtt", "mqtts", "coap", "coaps")}
    assert versions == {"mqtt": "5", "mqtts": "5", "coap": "3.1.1", "coaps": "3.1.1"}


def test_first_loses_the_frame_it_says_or_refuses(commands):
    line = commands.refused("run", "first", "--dropFrame=999")
    assert line == "scripts/run: --dropFrame=999: expected a number from 1 to 1, for the sensor sends only 1 data frames from the reading on"
    assert not commands.results.exists()
    commands.ok("run", "first", "--dropFrame=1")
    text = (commands.results / "first" / "report.html").read_text()
    assert "Data frame 1 that the sensor sends" in text and text.count("<td>number 1</td>") == 4


def test_bench_prints_medians(commands, tmp_path):
    program = tmp_path / "programs" / "bench-one"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho \'{"name": "MQTT QoS 0", "baseline": "OnOff over TCP", "ratio": 1.1, "limit": 1.3}\'\n')
    program.chmod(0o755)
    done = commands.ok("bench", "--repeat=3", IOT_PROGRAMS=str(program.parent))
    assert "MQTT QoS 0 against OnOff over TCP, 3 repetitions" in done.stdout and "kept" in done.stdout
    assert (commands.results / "bench" / "benchmarks.csv").is_file()
