# SPDX-License-Identifier: GPL-2.0-only
"""The figures of experiments that describe none: every combination has its mark, whatever was varied."""

import tomllib

import attack_records
import pytest
from iotlab import aggregate, automatic, experiment, figures, matrix
from iotlab.project import UserError
from matplotlib import pyplot

FLOODED = 'attack = "slowite"\nattackStart = "5s"\nattackDuration = "10s"'


def results_of(text, folder, fixed=""):
    """Of an experiment whose records are made up."""
    document = tomllib.loads(f'[fixed]\nnodes = 2\nreports = 6\ninterval = "5s"\n{fixed}\n{text}')
    document["experiment"] = {"repeat": 2}
    chosen = experiment.parse(document, "mine")
    attack_records.write(chosen, folder)
    return aggregate.read(chosen, folder)


def drawn(results):
    """[(spec, number of combinations in its data)]"""
    found = []
    for spec in automatic.figures(results):
        figure, data = figures.draw(results, spec)
        pyplot.close(figure)
        names = [name for name in results.parameters if name in data]
        found.append((spec, len(data[names].astype(str).drop_duplicates()) if names else 0))
    return found


@pytest.mark.parametrize("text, kind, marks", [
    # a number that some combinations do not have
    ('[zip]\nrows = [{stack = "mqtt", collectors = 2}, {stack = "udp"}]', "bars", 2),
    ('[zip]\nrows = [{stack = "mqtt", hostDescriptors = 20}, {stack = "coap"}]', "bars", 2),
    ('[zip]\nrows = [{stack = "mqtt", collectors = 1}, {stack = "mqtt", collectors = 2}, {stack = "udp"}]', "lines", 2),
    # numbers and texts in one parameter
    ('[zip]\nrows = [{mqttVersion = "3.1.1"}, {mqttVersion = "5", topicAliases = 0}, {mqttVersion = "5", topicAliases = 1}]\n'
     '[iterate]\nstack = ["mqtt"]', "bars", 3),
    ('[iterate]\nstack = ["mqtt"]\nloss = [0, 0.2]\nmqttVersion = ["5", "3.1.1"]', "lines", 4),
    ('[iterate]\nx = [1, "a"]', "bars", 2),
    # no parameter in common
    ('[zip]\nrows = [{payload = 16}, {macRetries = 0}]', "bars", 2),
    ('[zip]\nrows = [{payload = 16, loss = 0}, {macRetries = 0}, {payload = 16, loss = 0.2}]', "lines", 2),
    # what the name of a stack does not tell
    ('[iterate]\nstack = ["mqtt", "coap"]\ndevice = ["cc2538", "cc2420"]', "bars", 4),
    ('[iterate]\nstack = ["mqtt"]\nconfirmable = [true, false]', "bars", 2),
    ('[iterate]\nstack = ["mqtt"]\ntopicAliases = [1, 2, 3]\nmqttVersion = ["5"]', "bars", 3),
    ('[iterate]\nstack = ["mqtt", "coap"]\nloss = [0, 0.2]\ndevice = ["cc2538", "cc2420"]\nradio = ["a", "b"]', "lines", 16),
    ('[iterate]\nstack = ["mqtt"]\nloss = [0, 0.2]\na = ["x", "y"]\nb = ["x", "y"]\nc = ["x", "y"]', "lines", 16),
    # own programs know no stack
    ('[iterate]\nloss = [0, 0.2]', "lines", 2),
    ('[iterate]\nloss = [0, 0.2]\nspeed = ["slow", "fast"]', "lines", 4),
    ('[iterate]\nspeed = ["slow", "fast"]', "bars", 2),
])
def test_every_combination_has_its_mark(tmp_path, text, kind, marks):
    (spec, number), = drawn(results_of(text, tmp_path))
    assert (spec["kind"], number) == (kind, marks)


@pytest.mark.parametrize("text, kinds", [
    ('[iterate]\nstack = ["mqtt"]\ndefence = ["none", "keep-alive-bound", "address-limit"]', ["floods", "timeline"]),
    ('[iterate]\ndefence = ["none", "keep-alive-bound"]', ["floods", "timeline"]),
    ('[iterate]\nstack = ["mqtt"]\nhostDevice = ["gateway", "server"]\ndefence = ["none", "address-limit"]', ["floods", "timeline"]),
    ('[iterate]\nstack = ["mqtt"]\nattackRate = [50, 100]\ndefence = ["none", "address-limit"]', ["lines"]),
    ('[iterate]\nstack = ["mqtt"]\nradio = ["always-on", "sleepy"]\ndefence = ["none", "address-limit"]', ["bars"]),
])
def test_under_attack_it_tells_attack_by_defence(tmp_path, text, kinds):
    results = results_of(text, tmp_path, FLOODED)
    found = drawn(results)
    assert [spec["kind"] for spec, _ in found] == kinds
    assert found[0][0]["y"][0] == "on_time_during_share"
    assert found[0][1] == len(results.experiment.combinations)


def test_defences_without_attack_are_compared_by_the_main_measures(tmp_path):
    (spec, number), = drawn(results_of('[iterate]\nstack = ["mqtt"]\ndefence = ["none", "address-limit"]', tmp_path))
    assert spec["kind"] == "bars" and spec["y"][0] == "on_time_share" and number == 2


def test_series_of_one_stack_do_not_look_the_same(tmp_path):
    results = results_of('[iterate]\nstack = ["mqtt"]\nattackRate = [50, 100]\ndefence = ["none", "address-limit", "connection-rate"]',
                         tmp_path, FLOODED)
    looks = figures._looks("case", results.combinations())
    assert len(looks) == len({look["color"] for look in looks.values()}) == 3


def test_a_figure_tells_what_it_leaves_out(tmp_path):
    (spec, _), = drawn(results_of('[zip]\nrows = [{stack = "mqtt", collectors = 1}, {stack = "mqtt", collectors = 2}, {stack = "udp"}]', tmp_path))
    assert "Where collectors has no effect there is no mark" in spec["read"]


def test_a_figure_by_what_some_leave_out_has_a_series_of_these(tmp_path):
    results = results_of('[iterate]\nloss = [0, 0.2]\n[zip]\nrows = [{payload = 16}, {macRetries = 0}]', tmp_path)
    for spec in ({}, {"by": "macRetries"}):
        figure, data = figures.draw(results, {"name": "f", "kind": "lines", "x": "loss", "y": "on_time_share", **spec})
        assert [text.get_text() for text in figure.legends[0].get_texts()] == ["–", "no MAC retries"]
        pyplot.close(figure)
        assert len(data) == 4


def test_a_matrix_without_way_or_delay_is_refused(tmp_path):
    results = results_of('[iterate]\nstack = ["mqtt"]', tmp_path, 'attack = "replay"\nreplayWay = "same-flow"\nreplayDelay = "1s"')
    pyplot.close(matrix.draw(results, {"name": "m"}, results.combinations())[0])
    with pytest.raises(UserError, match="m: expected replayWay and replayDelay"):
        matrix.draw(results, {"name": "m"}, results.combinations().drop(columns="replayDelay"))


@pytest.mark.parametrize("text", ["", 'stack = "mqtt"\nloss = 0.2'])
def test_what_varies_nothing_has_a_table_only(tmp_path, text):
    assert drawn(results_of("", tmp_path, text)) == []
