# SPDX-License-Identifier: GPL-2.0-only
import pytest

from iotlab import experiment
from iotlab.expression import Condition
from iotlab.points import Point, canonical
from iotlab.project import EXPERIMENTS, UserError


def parse(text, quick=False):
    import tomllib
    return experiment.parse(tomllib.loads(text), "name", quick)


def test_equal_values_make_equal_points():
    assert canonical(0) == canonical(0.0) == canonical("0.00") == "0"
    assert canonical(0.2) == canonical("0.20") == "0.2"
    assert canonical(True) == "true" and canonical("10s") == "10s"
    assert Point.of("p", {"a": 1, "b": "x"}).id == Point.of("p", {"b": "x", "a": 1.0}).id
    assert Point.of("p", {"a": 1}).id != Point.of("q", {"a": 1}).id != Point.of("q", {"a": 2}).id


def test_range_includes_both_ends():
    assert experiment.value_range("loss", 0, 0.6, 0.2) == [0, 0.2, 0.4, 0.6]
    assert experiment.value_range("n", "1", "3", "1") == [1, 2, 3]


def test_iterate_is_every_combination_and_zip_is_lock_step():
    chosen = parse("""
        [experiment]
        repeat = 3
        [fixed]
        nodes = 5
        [iterate]
        loss = {from = 0, to = 0.4, step = 0.2}
        [zip]
        stack = ["mqtt", "coap"]
        qos = [1, 0]""")
    assert len(chosen.combinations) == 6
    assert {(row["stack"], row["qos"]) for row in chosen.combinations} == {("mqtt", 1), ("coap", 0)}
    assert len(chosen.points()) == 18
    assert all(dict(point.arguments)["nodes"] == "5" for point in chosen.points())


def test_same_run_numbers_for_every_combination():
    chosen = parse("[experiment]\nrepeat = 4\n[iterate]\nloss = [0, 0.5]")
    for combination in ("0", "0.5"):
        runs = {dict(point.arguments)["RngRun"] for point in chosen.points() if dict(point.arguments)["loss"] == combination}
        assert runs == {"1", "2", "3", "4"}


def test_point_sets_are_joined_and_rows_may_leave_parameters_out():
    chosen = parse("""
        [zip]
        rows = [{stack = "mqtt", qos = 1}, {stack = "udp"}]
        [[point-set]]
        fixed = {macRetries = 3}
        iterate = {loss = [0, 0.6]}
        [[point-set]]
        fixed = {macRetries = 0}
        iterate = {loss = [0, 0.1, 0.2]}""")
    assert len(chosen.combinations) == 2 * (2 + 3)
    assert {"stack": "udp", "macRetries": 0, "loss": 0.1} in chosen.combinations


def test_constraint_and_quick():
    text = """
        [experiment]
        repeat = 10
        constraint = "loss < 0.5 or stack == 'coap'"
        [iterate]
        loss = [0, 0.6]
        stack = ["mqtt", "coap"]
        [quick]
        repeat = 2
        constraint = "loss == 0" """
    assert len(parse(text).combinations) == 3
    quick = parse(text, quick=True)
    assert (quick.repeat, quick.full_repeat, len(quick.combinations)) == (2, 10, 2)
    full = {point.id for point in parse(text).points()}
    assert {point.id for point in quick.points()} < full  # a quick look is part of the whole


FIXED = "[fixed]\nstack = 'mqtt'\nloss = 0\n"
FIGURE = FIXED + "[[figure]]\nname = 'f'\n"


@pytest.mark.parametrize("text, words", [
    ("[experiment]\nrepeat = 0", ["repeat = 0", "at least 1"]),
    ("[experiment]\nrepet = 3", ["repet", "repeat"]),
    ("[iterate]\nloss = []", ["loss", "list"]),
    ("[iterate]\nloss = {from = 1, to = 0, step = 0.1}", ["loss", "from <= to"]),
    ("[zip]\na = [1, 2]\nb = [1]", ["zip", "one length"]),
    ("[fixed]\na = 1\n[iterate]\na = [1]", ["a", "twice"]),
    ("[fixed]\nRngRun = 1", ["RngRun", "repeat"]),
    ("[fixed]\na = 1\n[experiment]\nconstraint = 'b > 1'", ["unknown name b", "a"]),
    ("[fixed]\na = 1\n[experiment]\nconstraint = '__import__(\"os\")'", ["unknown name __import__"]),
    ("[fixed]\na = 1\n[experiment]\nconstraint = 'a(1)'", ["expected only"]),
    ("[fixed]\na = 1\n[experiment]\nconstraint = 'a >'", ["expected an expression"]),
    ("[fixed]\na = 1\n[experiment]\nconstraint = 'a > 1'", ["no combination"]),
    ("[[figure]]\nname = 'f'\nkind = 'pie'", ["pie", "lines"]),
    ("[[figure]]\nname = 'f'\nkind = 'lines'\nx = 'loss'", ["f: y is missing"]),
    ("[[figure]]\nname = 'f'\nkind = 'cdf'\nwhere = 'loss <'", ["loss <"]),
    ("[[figure]]\nname = 'f'\ncolour = 1", ["colour"]),
    ("[figure]\nname = 'f'", ["[[figure]]"]),
    (FIGURE + "kind = 'lines'\nx = 'los'\ny = 'latency'", ["figure f: x", "unknown parameter los: did you mean loss?"]),
    (FIGURE + "kind = 'lines'\nx = 'loss'\ny = ['latency', 'latency_p90']", ["figure f: y", "latency_p90", "did you mean latency_p9"]),
    (FIGURE + "kind = 'bars'\ny = 'speed_of_sound'", ["speed_of_sound", "--list"]),
    (FIGURE + "kind = 'tradeoff'\nx = 'loss'\ny = 'energy'\nalong = 'loss'", ["figure f: x: unknown measure loss"]),
    (FIGURE + "kind = 'tradeoff'\nx = 'on_time'\ny = 'energy'\nalong = 'x'", ["figure f: along: unknown parameter x", "loss"]),
    (FIGURE + "kind = 'cdf'\nwhere = 'los < 1'", ["figure f", "unknown name los", "loss"]),
    (FIGURE + "kind = 'cdf'\nby = ['variant', 'devices']", ["figure f: by: unknown parameter devices", "variant"]),
    (FIGURE + "kind = 'cdf'\nrows = 3", ["figure f: rows = 3", "name of a parameter"]),
    (FIGURE + "kind = 'timeline'\ny = ['on_tim']", ["figure f: y", "on_tim", "did you mean on_time?"]),
    (FIXED + "[table]\nwhere = 'los < 1'", ["table", "unknown name los"]),
    (FIXED + "[table]\nmeasures = ['on_time_shar']", ["table: measures", "did you mean on_time_share"]),
    (FIXED + "[[paired]]\ntitle = 'p'\nwhere = 'los < 1'", ["paired p", "unknown name los"]),
    ("[experiment]\nname = '../x'", ["../x", "letters"]),
])
def test_bad_files_are_refused_in_one_line(text, words):
    with pytest.raises(UserError) as error:
        parse(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("text", [
    FIGURE + "kind = 'lines'\nx = 'loss'\ny = ['latency', 'retransmissions.tcp']\nby = 'variant'\nwhere = 'protocol == \"MQTT\"'",
    "[experiment]\nprogram = 'mine'\n" + FIGURE + "kind = 'bars'\ny = 'speed'",
    FIXED + "defence = 5\n[[figure]]\nname = 'f'\nkind = 'cdf'\nby = 'case'",
])
def test_names_that_only_the_records_tell_are_left_to_them(text):
    assert parse(text).figures[0]["name"] == "f"


def test_conditions():
    values = {"loss": 0.2, "stack": "mqtt", "secure": True, "qos": None}
    for text in ("loss < 0.5 and stack in ('mqtt', 'coap')", "not loss > 1", "secure == true", "0 <= loss <= 0.2",
                 "loss * 2 + 1 > 1.3", "qos != 1", "stack not in ['udp']"):
        assert Condition(text).holds(values), text
    with pytest.raises(UserError):
        Condition("loss.real > 0").holds(values)


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.toml")), ids=lambda path: path.stem)
def test_experiments_of_the_project_are_whole(path):
    whole, quick = experiment.load(path), experiment.load(path, quick=True)
    assert whole.repeat >= 5 and quick.repeat >= 2
    for spec in whole.figures:
        assert spec["read"].count(".") >= 2, f"{spec['name']}: two sentences say how to read it"


def test_compare_is_the_full_factorial():
    from iotlab import variants
    whole = experiment.load(EXPERIMENTS / "compare.toml")
    found = {(d["protocol"], d["reliability"], d["security"]) for d in map(variants.describe, whole.combinations)}
    for protocol in ("MQTT", "CoAP"):
        for reliability in variants.CLASSES:
            for security in ("none", "PSK", "certificate"):
                assert (protocol, reliability, security) in found
    assert {("TCP", "floor", "none"), ("UDP", "floor", "none"), ("MQTT", "acknowledged", "PSK (1.3)"),
            ("MQTT", "acknowledged", "certificate (1.3)")} < found
    aliases = [row for row in whole.combinations if row.get("mqttVersion") == "5"]
    assert {variants.describe(row)["variant"] for row in aliases} == {
        f"MQTT 5 QoS {qos}{alias}" for qos in (0, 1) for alias in ("", ", no alias")}
    assert len(aliases) == 4 * 2  # at two losses: what they differ in is bytes
    losses = {(row["macRetries"], row["loss"]) for row in whole.combinations}
    assert losses == {(3, 0), (3, 0.2), (3, 0.4), (3, 0.6), (0, 0), (0, 0.05), (0, 0.1), (0, 0.2)}
    assert len(whole.points()) == (16 * 8 + 4 * 2) * 10
