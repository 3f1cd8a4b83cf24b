# SPDX-License-Identifier: GPL-2.0-only
"""Records of the shape of results/README.md for the tests of reports on attacks. Nothing here is simulated."""

import json
import random

from iotlab.attacks import given, seconds, threat_key

WINDOW = 60.0


def write(chosen, folder, change=None):
    """The records of all points of an experiment; change(record, values) may alter each."""
    (folder / "points").mkdir(parents=True, exist_ok=True)
    for point in chosen.points():
        values = point.values()
        record = record_of(values)
        if change:
            change(record, values)
        (folder / "points" / f"{point.id}.json").write_text(json.dumps(record))


def record_of(values):
    key, run = threat_key(values), values["RngRun"]
    rng = random.Random(f"{run}{sorted(map(str, values.items()))}")
    reports = int(values["reports"]) * int(values["nodes"])
    harm = 0 if key in ("none", "replay") else 0.05 if given(values.get("defence")) else 0.7
    steps = timeline(values, rng, harm)
    on_time = reports - sum(step["generated"] - step["on_time"] for step in steps) - (rng.randrange(4) if key == "replay" else 0)
    record = {
        "parameters": {}, "versions": {"ns3": "3.37"}, "run": run,
        "reports": {"generated": reports, "on_time": on_time, "delivered": on_time, "lost": reports - on_time,
                    "latency_s": {"mean": 0.03 + harm}, "latency_samples_s": [0.03] * on_time}}
    if key == "none" and not given(values.get("defence")):
        return record
    record["victim"] = {"processor": {"busy_share": 0.02 + harm, "wait_max_s": 4 * harm}, "half_open_max": 5, "connections_max": 30,
                        "sessions_max": 12, "exchanges_max": 7, "refused": {"descriptors": 4} if harm else {}, "rejected": {}}
    if given(values.get("defence")):
        record["defence"] = {"names": values["defence"].split(","), "refused": 100 if harm else 0, "false_positives": 0}
    if key == "none":
        return record
    end = WINDOW + reports / int(values["nodes"]) * seconds(values["interval"])
    record["timeline"] = steps
    record["attack"] = {"name": key, "vantage": "internet", "start_s": WINDOW + seconds(values.get("attackStart", 0)),
                        "end_s": min(end, WINDOW + seconds(values.get("attackStart", 0)) + seconds(values.get("attackDuration", 1e4))),
                        "rate": values.get("attackRate", 1), "packets": 6000, "bytes": 360000, "replies": 10}
    if key == "replay":
        record["attack"]["replay"] = replay(values, reports, rng)
    return record


def timeline(values, rng, harm):
    begin = WINDOW + seconds(values.get("attackStart", 0))
    end = begin + seconds(values.get("attackDuration", 1e4))
    steps, nodes, interval = [], int(values["nodes"]), seconds(values["interval"])
    for index in range(int(values["reports"] * interval / 5)):
        t = WINDOW + 5 * index
        under = begin <= t < end
        made = round(nodes * 5 / interval)
        share = 1 - harm * rng.random() if under else 1
        steps.append({"t_s": t, "generated": made, "on_time": round(made * share), "latency_mean_s": 0.03 + harm * under,
                      "busy_share": min(1, 0.02 + harm * under * rng.uniform(0.9, 1.1)), "half_open": 0,
                      "connections": 12 + 900 * harm * under, "sessions": 12, "attack_packets": 500 * under})
    return steps


def replay(values, reports, rng):
    """What the standards say of each way and stack."""
    stack, way, delay = values["stack"], values["replayWay"], seconds(values["replayDelay"])
    lifetime = 247 if values.get("confirmable", True) else 145
    outcome, reason = "accepted", ""
    if stack == "mqtts":
        outcome, reason = "connection_lost", "bad_record_mac" if way == "same-flow" else "unexpected_message"
    elif stack == "coaps" and way != "late":
        outcome, reason = "rejected", "replay" if way == "same-flow" else "no session"
    elif stack == "coap" and way == "same-flow" and delay < lifetime:
        outcome = "duplicate"
    counts = {name: 0 for name in ("accepted", "duplicate", "rejected", "connection_lost", "unreachable")}
    missed = rng.randrange(3) if stack == "mqtt" else 0
    counts[outcome] = reports - missed
    counts["unreachable"] += missed
    return {"way": way, "delay_s": delay, "replayed": reports, "skipped": {}, "outcomes": counts, "reasons": {reason: counts[outcome]} if reason else {}}
