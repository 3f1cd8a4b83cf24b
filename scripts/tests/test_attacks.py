# SPDX-License-Identifier: GPL-2.0-only
"""The reports of scripts/run replay and scripts/run dos, on records made up for them."""

import math

import attack_records
import pandas
import pytest
from iotlab import aggregate, attacks, experiment, floods, matrix, program, report, timeline
from iotlab.project import EXPERIMENTS, UserError
from test_commands import check_page

OUTCOME = "attack.replay.outcomes."


@pytest.fixture(scope="module", params=["replay", "dos"])
def made(request, tmp_path_factory):
    """(name, folder) of a quick look at the experiment, whole with its report."""
    folder = tmp_path_factory.mktemp(request.param)
    chosen = experiment.load(EXPERIMENTS / f"{request.param}.toml", quick=True)
    attack_records.write(chosen, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "stamp", lambda name: "0123456789abcdef")
        results = report.make(chosen, folder)
    return request.param, folder, results


def test_every_figure_has_a_table_and_two_sentences(made):
    name, folder, results = made
    specs = results.experiment.figures
    check_page(folder / "report.html", figures=len(specs))
    text = (folder / "report.html").read_text()
    assert text.count("<table") == 1 + sum(spec["kind"] != "bars" for spec in specs)  # the cost of replays is in the matrix's
    for spec in specs:
        assert (folder / "figures" / f"{spec['name']}.svg").stat().st_size > 2000
        assert spec["read"].count(".") + spec["read"].count(":") >= 2
        assert spec["title"] in text


def rows_of(*runs):
    """A data frame as the runs of one combination give it."""
    rows = []
    for outcomes, reasons in runs:
        row = {OUTCOME + name: outcomes.get(name, 0) for name in attacks.OUTCOMES}
        rows.append({**row, **{"attack.replay.reasons." + text: count for text, count in reasons.items()}})
    return pandas.DataFrame(rows)


def test_a_cell_that_agrees_tells_outcome_reason_and_number():
    cell = matrix.cell_of(rows_of(({"connection_lost": 3}, {"bad_record_mac": 3}), ({"connection_lost": 2}, {"bad_record_mac": 2})))
    assert cell.agrees() and cell.runs_agree()
    assert matrix.words(cell) == ["connection lost", "bad_record_mac", "5 messages"]


def test_a_cell_whose_runs_disagree_shows_the_split():
    cell = matrix.cell_of(rows_of(({"accepted": 10}, {}), ({"duplicate": 10}, {}), ({"accepted": 10}, {})))
    assert not cell.agrees() and not cell.runs_agree()
    assert matrix.words(cell) == ["67 % accepted", "33 % ignored", "30 messages", "runs: 2 accepted, 1 ignored"]


def test_a_cell_whose_messages_disagree_within_runs_shows_the_split():
    cell = matrix.cell_of(rows_of(({"accepted": 999, "unreachable": 1}, {}), ({"accepted": 1000}, {})))
    assert not cell.agrees() and cell.runs_agree()
    assert matrix.words(cell) == [">99 % accepted", "<1 % no effect", "2,000 messages"]


def test_a_run_that_replayed_nothing_is_told():
    cell = matrix.cell_of(rows_of(({"accepted": 4}, {}), ({}, {})))
    assert not cell.agrees() and cell.verdicts == ["accepted", None]
    assert matrix.words(cell)[-1] == "runs: 1 accepted, 1 nothing sent"


def load(tmp_path, name, change=None):
    chosen = experiment.load(EXPERIMENTS / f"{name}.toml", quick=True)
    attack_records.write(chosen, tmp_path, change)
    return aggregate.read(chosen, tmp_path)


def test_what_a_replay_cost_is_the_paired_difference(tmp_path):
    def change(record, values):
        record["reports"]["on_time"] = 400 + values["RngRun"] - (7 + values["RngRun"] % 2 if values.get("attack") == "replay" else 0)

    results = load(tmp_path, "replay", change)
    attacked = [combination for combination, labels in results.combinations().iterrows() if labels["threat"] == "replay"]
    assert len(attacked) == 30
    for combination in attacked:
        mean, low, high = results.value(combination, "reports_cost")
        assert mean == 7.5 and low < 7.5 < high  # what the runs differ by otherwise is gone
    assert matrix.cost(results, attacked[0]).startswith("7.5 ±6.4 of 500")


def test_the_matrix_has_a_cell_for_each_combination(tmp_path):
    results = load(tmp_path, "replay")
    spec = {"name": "m", "where": "attack == 'replay'"}
    _, data = matrix.draw(results, spec, results.where(spec["where"]))
    assert len(data) == 30 * len(attacks.OUTCOMES)
    table = data.attrs["table"]
    assert len(table["rows"]) == 30
    row = next(row for row in table["rows"] if row[:2] == ["CoAP NON", "in the same flow after 150 s"])
    assert (row[2], row[4], row[5]) == ("1,000", "accepted as a new report", "–")
    with pytest.raises(UserError, match="attack=replay"):
        matrix.draw(results, spec, results.where("replayWay == 'none'"))


def test_reasons_no_run_names_count_nought_and_not_nothing(tmp_path):
    def change(record, values):
        if values.get("attack") == "replay":
            record["attack"]["replay"]["reasons"] = {"late": 10} if values["RngRun"] == 1 else {}

    results = load(tmp_path, "replay", change)
    attacked = results.runs[results.runs["threat"] == "replay"]
    assert attacked.groupby("combination")["attack.replay.reasons.late"].mean().eq(5).all()
    assert results.runs[results.runs["threat"] == attacks.NO_THREAT]["attack.replay.reasons.late"].isna().all()


def test_floods_are_grouped_with_the_run_without_attack(tmp_path):
    results = load(tmp_path, "dos")
    spec = {"name": "f", "y": ["on_time_during_share"]}
    _, data = floods.draw(results, spec, results.where(None))
    groups = {group: list(rows["case"]) for group, rows in data.groupby("group", sort=False)}
    assert len(groups) == 10  # a quick look leaves the CoAP flood out
    assert groups["SlowITe, MQTT QoS 1, on a gateway"] == ["no attack", "attack, no defence", "keep-alive bound", "connections per address"]
    assert groups["runaway sensor, CoAP CON, on a gateway"] == ["no attack", "attack, no defence", "request rate"]
    heads = data.attrs["table"]["heads"]
    assert {"honest ones, no attack", "attacker's packets", "most in the table"} <= set(heads)
    assert data.attrs["table"]["rows"][2][heads.index("most in the table")] == "5 half-open connections"
    idle = heads.index("honest ones, no attack")
    assert [row[idle] for row in data.attrs["table"]["rows"] if row[0].strip() == "keep-alive bound"] == ["0"]


def test_a_latency_is_marked_where_fewer_than_half_were_on_time(tmp_path):
    results = load(tmp_path, "dos")
    spec = {"name": "f", "y": ["latency_during"]}
    marked = {}
    for share in (0.49, 0.5):
        with pytest.MonkeyPatch.context() as patch:
            value = results.value
            patch.setattr(results, "value", lambda combination, name, share=share, value=value:
                          (share, share, share) if name == "on_time_during_share" else value(combination, name))
            figure, _ = floods.draw(results, spec, results.where(None))
        marked[share] = sum("(few)" in text.get_text() for text in figure.axes[0].texts)
        assert "fewer than half" in figure.axes[0].get_xlabel()
    assert marked[0.5] == 0 < marked[0.49] == len([text for text in figure.axes[0].texts])


def test_only_the_time_of_the_attack_counts_as_during():
    record = {"reports": {"generated": 40, "on_time": 30}, "attack": {"start_s": 70, "end_s": 80},
              "timeline": [{"t_s": t, "generated": 10, "on_time": n, "latency_mean_s": w, "busy_share": w / 4}
                           for t, n, w in ((60, 10, 0.1), (70, 2, 1.0), (75, 8, 2.0), (80, 10, 0.1))]}
    found = attacks.during(record)
    assert (found["during.generated"], found["during.on_time"]) == (20, 10)
    assert found["during.latency_s"] == pytest.approx(1.5)  # a step counts by what was generated in it
    assert found["during.busy_share"] == pytest.approx(0.375)
    del record["timeline"]
    assert attacks.during(record)["during.generated"] == 40
    assert math.isnan(attacks.during({"reports": {}})["during.latency_s"])


def test_a_timeline_is_the_mean_over_runs_with_its_interval(tmp_path):
    results = load(tmp_path, "dos")
    combination = results.where("attack == 'slowite'").index[0]
    steps = timeline.timeline_of(results, combination)
    values = timeline.series(steps, "on_time", results.combinations().loc[combination])
    share = steps["on_time"].sum(axis=0) / steps["generated"].sum(axis=0)
    assert values[:, 0] == pytest.approx(100 * share)
    assert (values[:, 1] <= values[:, 0]).all() and (values[:, 0] <= values[:, 2]).all()
    spec = {"name": "t", "where": "attack == 'slowite'"}
    _, data = timeline.draw(results, spec, results.where(spec["where"]))
    assert set(data["series"]) == {"on_time", "busy", "table"}
    before, during, after = (float(data.attrs["table"]["rows"][0][column].split()[0]) for column in (2, 3, 4))
    assert during < before == after == 100
    with pytest.raises(UserError, match="expected one of on_time"):
        timeline.draw(results, {"name": "t", "y": ["speed"]}, results.where(None))


@pytest.mark.parametrize("value, expected", [("150s", 150), ("2min", 120), ("500ms", 0.5), (3, 3), ("7", 7)])
def test_times_of_parameters(value, expected):
    assert attacks.seconds(value) == expected


def test_threats_and_defences_have_names():
    assert attacks.describe({"stack": "mqtt"}) == {}
    found = attacks.describe({"stack": "mqtt", "attack": "slowite", "defence": "keep-alive-bound,address-limit"})
    assert found["threat"] == "SlowITe" and found["defences"] == "keep-alive bound and connections per address"
    assert attacks.describe({"attack": "none", "fault": "runaway"})["threat"] == "runaway sensor"
    assert attacks.describe({"attack": "none", "defence": "none"})["threat"] == attacks.NO_THREAT
