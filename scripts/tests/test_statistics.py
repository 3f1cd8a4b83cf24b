# SPDX-License-Identifier: GPL-2.0-only
import math

import pytest

from iotlab import intervals
from iotlab.measures import MEASURES, flatten


def test_student_interval_of_a_textbook_sample():
    mean, low, high = intervals.student([1, 2, 3, 4, 5])
    assert mean == 3
    assert high - mean == pytest.approx(2.776445 * math.sqrt(2.5 / 5), rel=1e-6)  # t(0.975, 4)
    assert mean - low == pytest.approx(high - mean)


def test_one_run_has_no_interval():
    mean, low, high = intervals.student([7])
    assert mean == 7 and math.isnan(low) and math.isnan(high)


def test_infinite_in_one_run_is_infinite_in_the_mean():
    assert intervals.student([1, 2, math.inf])[0] == math.inf


def test_clopper_pearson():
    low, high = intervals.clopper_pearson(0, 6000)  # "0 of 6,000": the two-sided bound
    assert low == 0 and high == pytest.approx(1 - 0.025 ** (1 / 6000))
    low, high = intervals.clopper_pearson(5, 10)
    assert (low, high) == (pytest.approx(0.187086, abs=1e-6), pytest.approx(0.812914, abs=1e-6))
    assert intervals.clopper_pearson(10, 10)[1] == 1


def test_share_is_as_wide_as_the_runs_differ():
    alike = intervals.share([50, 50, 50], [100, 100, 100])
    apart = intervals.share([20, 50, 80], [100, 100, 100])
    assert alike[0] == apart[0] == 0.5
    assert apart[2] - apart[1] > 3 * (alike[2] - alike[1])
    assert 0 <= apart[1] and apart[2] <= 1


def test_lost_reports_are_infinitely_late():
    samples = [1.0, 2.0, 3.0, 4.0]
    assert intervals.quantile(samples, 4, 0.5) == 2
    assert intervals.quantile(samples, 8, 0.5) == 4
    assert intervals.quantile(samples, 10, 0.5) == math.inf
    assert intervals.quantile([], 10, 0.5) == math.inf


def test_measures_of_a_record():
    flat = flatten({"reports": {"generated": 100, "on_time": 80, "delivered": 90, "latency_s": {"mean": None}},
                    "setup": {"sessions": 2, "failed": 0, "energy_j": 0.01}, "energy_j": {"total": 0.4, "radio": {"tx": 0.1}},
                    "list": [1]})
    assert "list" not in flat and math.isnan(flat["reports.latency_s.mean"])
    value = {name: measure.of(flat, [0.1] * 90) for name, measure in MEASURES.items()}
    assert value["on_time_share"] == 0.8
    assert value["energy_per_report"] == pytest.approx(1e3 * (0.4 + 2 * 0.01) / 80)
    assert value["energy_per_report_limit"] == pytest.approx(5)
    assert value["energy_radio_tx"] == pytest.approx(1)
    assert value["setup_in_reports"] == pytest.approx(2.5)
    assert value["latency_p50"] == 0.1 and value["latency_p95"] == math.inf
    assert math.isnan(value["bytes_total" if "bytes_total" in value else "bytes_per_report"])  # not in the record


def test_nothing_delivered_costs_infinitely_much():
    flat = flatten({"reports": {"generated": 10, "on_time": 0}, "setup": {"sessions": 1, "failed": 0, "energy_j": 0.1},
                    "energy_j": {"total": 0.4}})
    assert MEASURES["energy_per_report"].of(flat, []) == math.inf


def test_break_even():
    import numpy as np
    from iotlab.tables import _verdict
    names = ["MQTT", "CoAP"]
    assert _verdict(np.array([-1, -2]), np.array([-1, -1]), names) == "CoAP always"
    assert _verdict(np.array([1, 2]), np.array([1, 1]), names) == "MQTT always"
    assert _verdict(np.array([10, 12]), np.array([-1, -1]), names).startswith("CoAP from 11 reports on")
    assert _verdict(np.array([-10, -12]), np.array([1, 1]), names).startswith("MQTT from 11 reports on")
    assert _verdict(np.array([10, 12]), np.array([-1, 1]), names) == "not decided by these runs"


def test_numbers_of_an_axis_do_not_lie_on_each_other():
    from iotlab import figures, style
    assert figures._apart([0.25, 16, 0.5, 8, 1, 4, 2]) == [1, 2, 4, 8, 16]
    assert figures._apart([0, 5, 10, 20]) == [0, 5, 10, 20]
    assert style.parameter_value("pollPeriod", 0.25) == "polls every 0.25 s"
    assert style.parameter_value("pollPeriod", "4s") == "4s"
