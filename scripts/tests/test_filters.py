# SPDX-License-Identifier: GPL-2.0-only
"""Filters by type and content: what collectors ask for, what they get, and the bytes that it spares them."""

import pytest
from test_auth import refused
from test_scenario import run

JSON = ["--stack=mqtt", "--mqttVersion=5", "--payloadFormat=json", "--nodes=2", "--reports=20"]


@pytest.mark.parametrize("words, expected", [
    (["--contentFilter=value > 20"], "--contentFilter=value > 20: expected --payloadFormat=json"),
    (["--payloadFormat=json", "--contentFilter=value > 20"], "expected --stack=mqtt or mqtts, --mqttVersion=5"),
    (["--mqttVersion=5", "--payloadFormat=json", "--contentFilter=value >"],
     "--contentFilter=value >: content-filter: expected a value at byte 8"),
    (["--mqttVersion=5", "--payloadFormat=json", "--contentFilter=" + "a == 1 or " * 30 + "a == 1"], "content filter longer than 256 bytes"),
    (["--typeFilter=application/*"], "--typeFilter=application/*: expected --mqttVersion=5"),
    (["--mqttVersion=5", "--typeFilter=application/*"], "expected a --payloadFormat that has a Content Type"),
    (["--mqttVersion=5", "--payloadFormat=json", "--pattern=command", "--typeFilter=*"], "--pattern=push"),
])
def test_bad_input_is_one_line(tmp_path, words, expected):
    assert expected in refused(tmp_path, *words)


def value(sensor, sequence):
    """The temperature of a report (Report::GetValue)."""
    return (180 + (sensor * 13 + sequence * 7) % 60) / 10


def test_a_condition_spares_the_collector_what_it_does_not_want(tmp_path):
    every = run(tmp_path, *JSON, "--contentFilter=value > 0")
    some = run(tmp_path, *JSON, "--contentFilter=value > 21 and not sensor == 0")
    wanted = sum(value(1, sequence) > 21 for sequence in range(1, 21))
    assert 0 < wanted < 20
    reports = some["reports"]
    assert (reports["served"], reports["delivered"], reports["filtered"]) == (40, wanted, 40 - wanted)
    assert reports["lost"] == reports["in_flight"] == reports["refused"] == 0
    assert reports["latency_s"]["max"] is not None  # nothing that was wanted is missing
    assert every["reports"]["filtered"] == every["filter"]["messages"] == every["filter"]["bytes_not_sent"] == 0
    assert some["filter"]["messages"] == 40 - wanted
    # PUBLISH: 2 + topic (2 + 6) + identifier 2 + properties (1 + format 2 + type 1 + 2 + 16) + a payload of some 60 bytes
    assert some["filter"]["bytes_not_sent"] == pytest.approx((40 - wanted) * (34 + 60), rel=0.03)
    saved = every["filter"]["collector_link_bytes"] - some["filter"]["collector_link_bytes"]
    assert saved > some["filter"]["bytes_not_sent"]  # headers of TCP and IP too
    assert every["bytes_on_air"]["payload"] == some["bytes_on_air"]["payload"]  # sensors send what they have


def test_each_collector_has_the_filter(tmp_path):
    record = run(tmp_path, *JSON, "--collectors=2", "--contentFilter=sensor == 1")
    assert record["filter"]["messages"] == 40 and record["reports"]["filtered"] == 20
    assert record["fan_out"]["wanted"] == record["fan_out"]["delivered"] == 40


def test_a_type_that_nothing_has_brings_nothing(tmp_path):
    assert run(tmp_path, *JSON, "--typeFilter=application/*")["reports"]["delivered"] == 40
    record = run(tmp_path, *JSON, "--typeFilter=text/plain")
    assert record["reports"]["delivered"] == 0 and record["reports"]["filtered"] == 40


def test_without_one_nothing_is_told(tmp_path):
    record = run(tmp_path, "--stack=mqtt", "--nodes=1", "--reports=2")
    assert "filter" not in record and "filtered" not in record["reports"]
    assert "contentFilter" not in record["parameters"]
