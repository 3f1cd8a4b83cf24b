# SPDX-License-Identifier: GPL-2.0-only
"""What attacks, defences and replays are called and how they are drawn, and what an attack cost.

A record tells of an attack under `attack`, `victim`, `defence` and `timeline` (results/README.md);
without an attack, a fault and a defence it has none of them.
"""

import math
import re

from . import variants

# Everything that may differ between an attacked run and the run it is compared with.
OF_ATTACK = ("attack", "attackRate", "attackStart", "attackDuration", "replayWay", "replayDelay", "defence", "fault")

_SETS_ATTACK = re.compile(r"ns3::(\w+Flood|SlowIte|Replayer|Attack\w*|DefenceSetup)::")  # attributes of either

NO_THREAT, NO_DEFENCE = "no attack", "none"
THREATS = {
    "syn-flood": "TCP SYN flood", "connect-flood": "MQTT CONNECT flood", "slowite": "SlowITe",
    "idle-connections": "idle TCP connections", "tls-flood": "TLS handshake flood", "dtls-flood": "DTLS ClientHello flood", "coap-flood": "CoAP CON flood",
    "runaway": "runaway sensor", "sniff": "sniffing", "replay": "replay", "none": NO_THREAT}
DEFENCES = {
    "none": NO_DEFENCE, "cookie": "DTLS cookie", "connect-timeout": "CONNECT timeout", "handshake-timeout": "handshake timeout",
    "keep-alive-bound": "keep-alive bound", "half-open-eviction": "half-open eviction",
    "address-limit": "connections per address", "connection-rate": "connection rate", "request-rate": "request rate"}
WAYS = {"same-flow": "in the same flow", "new-connection": "in a new connection", "other-port": "from another port",
        "late": "stopped, delivered late"}

# What a host of the profile is, in words (src/iot-device/profiles).
HOSTS = {"server": "server (x86-64)", "gateway": "gateway (Cortex-M7 at 480 MHz)"}

# What became of a replayed message: (words, colour). The order is that of the legend.
OUTCOMES = {
    "accepted": ("accepted as a new report", "#d1495b"),
    "connection_lost": ("connection lost", "#e8963a"),
    "rejected": ("rejected", "#7fb48a"),
    "duplicate": ("ignored as duplicate", "#a9d3b0"),
    "unreachable": ("no effect seen", "#d5d5d5"),
}

# The table of the victim that a threat fills: key of the timeline, and of `victim` with _max.
TABLE_OF = {"syn-flood": "half_open", "connect-flood": "connections", "slowite": "connections", "tls-flood": "connections", "idle-connections": "connections",
            "dtls-flood": "sessions", "coap-flood": "exchanges"}
TABLE_NAMES = {"half_open": "half-open connections", "connections": "connections", "sessions": "sessions", "exchanges": "exchanges"}

# column of the figure of the course of time -> label of its axis
PANELS = {
    "on_time": "honest reports\non time (%)",
    "latency": "mean latency of those\nthat arrived (s)",
    "busy": "victim's processor\nbusy (%)",
    "table": "at the victim",
    "packets": "attacker's packets\nper second",
}

CALM_COLOUR = "#8c8c8c"
_COLOURS = {"none": "#c0392b", "cookie": "#00a0a8", "connect-timeout": "#8a6d3b", "handshake-timeout": "#4b4b4b",
            "keep-alive-bound": "#e0a81a", "half-open-eviction": "#0b3c6f", "address-limit": "#2878b8",
            "connection-rate": "#7a5cc0", "request-rate": "#3a9a4a"}


def threat_key(values):
    fault = values.get("fault")
    return fault if given(fault) else values["attack"] if given(values.get("attack")) else "none"


def given(value):
    """A parameter that names something: not left out, and not 'none'."""
    return isinstance(value, str) and value not in ("", "none")


def table_of(values):
    """The table that the threat of a combination fills most; a runaway sensor that of its stack."""
    usual = "exchanges" if str(values.get("stack")).startswith("coap") else "connections"
    return TABLE_OF.get(threat_key(values), usual)


def describe(values):
    """Columns threat, defences, host, replayed and case of a combination; empty where it names no attack, fault or defence."""
    if "attack" not in values and "fault" not in values and "defence" not in values:
        return {}
    key = threat_key(values)
    found = {"threat": THREATS.get(key, key), "defences": defence_names(values.get("defence", "cookie"), values.get("stack"))}
    case = found["threat"] if found["defences"] == NO_DEFENCE else f"{found['threat']}, {found['defences']}"
    if key == "replay":
        found["replayed"] = case = way_name(values.get("replayWay", "same-flow"), values.get("replayDelay", "1s"))
    if given(values.get("hostDevice")):
        found["host"] = HOSTS.get(values["hostDevice"], values["hostDevice"])
    variant = variants.describe(values).get("variant")
    return {**found, "case": f"{variant}: {case}" if variant else case}


def defence_names(text, stack):
    """In words. Cookies are on unless --defence says otherwise, and mean something under DTLS only."""
    names = [name for name in text.split(",") if given(name) and (name != "cookie" or stack == "coaps")]
    return " and ".join(DEFENCES.get(name, name) for name in names) or NO_DEFENCE


def way_name(way, delay):
    name = WAYS.get(way, way)
    return f"{name} after {seconds(delay):g} s" if way != "late" else f"stopped, delivered {seconds(delay):g} s late"


def seconds(value):
    """Of a parameter that is a time: 150, '150', '150s' or '5min'."""
    if isinstance(value, (int, float)):
        return float(value)
    for unit, factor in (("ms", 1e-3), ("min", 60.0), ("h", 3600.0), ("s", 1.0)):
        if value.endswith(unit):
            return float(value.removesuffix(unit)) * factor
    return float(value)


def defence_colours(names):
    """{defence in words: colour}, the same in every figure; red without one, and several have that of the last."""
    found = {"": _COLOURS["none"], **{words: _COLOURS[name] for name, words in DEFENCES.items()}}
    return {name: found.get(name.split(" and ")[-1], CALM_COLOUR) for name in names}


def groups(table):
    """[(heading, combinations)]: those under attack by attack, stack and host, for figures with a part for each."""
    by = [name for name in ("threat", "variant", "host") if name in table]
    found = []
    for names, rows in table[table["threat"] != NO_THREAT].groupby(by if len(by) > 1 else by[0], sort=False, dropna=False):
        values = dict(zip(by, names if isinstance(names, tuple) else (names,)))
        host = values.pop("host", None)
        heading = ", ".join(value for value in values.values() if isinstance(value, str))
        found.append((f"{heading}, on a {host.split(' (')[0]}" if isinstance(host, str) else heading, rows))
    return found


def during(record):
    """Reports generated and on time, their latency and the victim's work while the threat lasted, by the timeline of the
    record; of the whole run without one."""
    reports, steps = record.get("reports", {}), record.get("timeline") or []
    period = threat_period(record)
    if not steps or not period:
        return {"during.generated": reports.get("generated", 0), "during.on_time": reports.get("on_time", 0),
                "during.latency_s": _number(reports.get("latency_s", {}).get("mean")),
                "during.busy_share": _number(record.get("victim", {}).get("processor", {}).get("busy_share"))}
    inside = [step for step in steps if period[0] <= step["t_s"] < period[1]]
    weights = [(step.get("delivered", step["generated"]), step["latency_mean_s"]) for step in inside]
    arrived = sum(count for count, mean in weights if mean is not None)
    return {"during.generated": sum(step["generated"] for step in inside), "during.on_time": sum(step["on_time"] for step in inside),
            "during.latency_s": sum(count * mean for count, mean in weights if mean is not None) / arrived if arrived else math.nan,
            "during.busy_share": sum(step["busy_share"] for step in inside) / len(inside) if inside else math.nan}


def threat_period(record):
    """(begin, end) of the attack or fault in seconds, or None."""
    for key in ("attack", "fault"):
        found = record.get(key)
        if isinstance(found, dict) and "start_s" in found and "end_s" in found:
            return found["start_s"], found["end_s"]
    return None


def _number(value):
    return math.nan if value is None else float(value)


def complete(runs, parameters):
    """What takes more than one run to say: `reports_cost`, the reports on time that the same run without attack and
    defence (or, where there is none such, with the same defence) had more, and `false_positives_idle`, the honest ones that the defence refused in the same run without
    attack; and a reason that a run does not name was counted 0 times in it."""
    for parent, key in (("attack.replay.replayed", "attack.replay.reasons."), ("attack.replay.replayed", "attack.replay.skipped."),
                        ("victim.connections_max", "victim.refused."), ("victim.connections_max", "victim.rejected.")):
        if parent in runs:
            for name in [name for name in runs if name.startswith(key)]:
                runs.loc[runs[parent].notna(), name] = runs.loc[runs[parent].notna(), name].fillna(0)
    if "threat" not in runs or "reports.on_time" not in runs:
        return runs
    calm_case = runs["variant"].fillna("") + ": " + NO_THREAT if "variant" in runs else NO_THREAT
    for name, of_calm in (("threat", NO_THREAT), ("defences", NO_DEFENCE), ("case", calm_case)):
        runs[name] = runs[name].fillna(of_calm)
    groups = [(rows.iloc[0], rows) for _, rows in runs.groupby("combination", sort=False)]
    calm = {(_rest(values, parameters), values["defences"]): rows.set_index("RngRun")
            for values, rows in groups if values["threat"] == NO_THREAT}
    for values, rows in groups:
        if values["threat"] == NO_THREAT:
            continue
        undefended, defended = (calm.get((_rest(values, parameters), name)) for name in (NO_DEFENCE, values["defences"]))
        other = defended if undefended is None else undefended
        if other is not None:
            runs.loc[rows.index, "reports_cost"] = rows["RngRun"].map(other["reports.on_time"]) - rows["reports.on_time"]
        if defended is not None and "defence.false_positives" in defended:
            runs.loc[rows.index, "false_positives_idle"] = rows["RngRun"].map(defended["defence.false_positives"])
    return runs


def _rest(values, parameters):
    """The setting without what belongs to the attack; a parameter left out is one value like any other."""
    return tuple(str(values[name]) for name in parameters if name not in OF_ATTACK and not _SETS_ATTACK.match(name))


def calm_of(results, combination):
    """The combination that differs only by attack and defence and has neither, or None."""
    table = results.combinations()
    wanted = _rest(table.loc[combination], results.parameters)
    for other, values in table.iterrows():
        if (values["threat"], values["defences"]) == (NO_THREAT, NO_DEFENCE) and _rest(values, results.parameters) == wanted:
            return other
    return None
