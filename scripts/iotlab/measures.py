# SPDX-License-Identifier: GPL-2.0-only
"""What is read off the record of a run. The only place that knows the keys of a record.

`energy_j` is the sum over the sensors in the window of the reports, in joules; the set-up before it
is in `setup`, as means per session.
"""

import math
from dataclasses import dataclass
from typing import Callable

from .project import nearest


@dataclass(frozen=True)
class Measure:
    name: str
    label: str  # for an axis, with the unit
    of: Callable  # (flat record, latency samples) -> number
    share_of: str = ""  # the key of the trials, when the measure is a share
    successes: str = ""


def flatten(record, prefix=""):
    """Nested keys joined by dots; lists are left out, null is NaN."""
    flat = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}."))
        elif value is None:
            flat[prefix + key] = math.nan
        elif not isinstance(value, list):
            flat[prefix + key] = value
    return flat


def _ratio(above, below):
    if math.isnan(above) or math.isnan(below):
        return math.nan
    return above / below if below else (math.inf if above > 0 else math.nan)


def _get(flat, key):
    value = flat.get(key, math.nan)
    return float(value) if isinstance(value, (int, float)) else math.nan


def _setup_energy(flat):
    return _get(flat, "setup.energy_j") * (_get(flat, "setup.sessions") + _get(flat, "setup.failed"))


def _per(key, below, scale=1.0):
    return lambda flat, samples: scale * _ratio(_get(flat, key), _get(flat, below))


def _latency(q):
    def of(flat, samples):
        from .intervals import quantile  # scipy, which takes a second; whoever wants the names only does without
        return math.nan if samples is None else quantile(samples, int(_get(flat, "reports.generated")), q)
    return of


def _reports_of_setup(flat, samples):
    return _ratio(_get(flat, "setup.energy_j"),
                  _ratio(_get(flat, "energy_j.total"), _get(flat, "reports.generated")))


def _measures():
    generated, on_time = "reports.generated", "reports.on_time"
    yield Measure("on_time_share", "reports on time (share of generated)", _per(on_time, generated), generated, on_time)
    yield Measure("delivery_share", "reports delivered (share of generated)",
                  _per("reports.delivered", generated), generated, "reports.delivered")
    yield Measure("latency_mean", "mean latency of delivered reports (s)", lambda flat, _: _get(flat, "reports.latency_s.mean"))
    for percent in (50, 95, 99):
        yield Measure(f"latency_p{percent}", f"latency, {percent} % of generated reports are faster (s)", _latency(percent / 100))
    yield Measure("age", "mean age of information (s)", lambda flat, _: _get(flat, "reports.age_s"))
    yield Measure("energy_per_report", "energy per report on time, set-up included (mJ)",
                  lambda flat, _: 1e3 * _ratio(_get(flat, "energy_j.total") + _setup_energy(flat), _get(flat, on_time)))
    yield Measure("energy_per_report_limit", "energy per report on time, set-up left out (mJ)",
                  _per("energy_j.total", on_time, 1e3))
    yield Measure("energy_window_per_generated", "energy per generated report, set-up left out (mJ)",
                  _per("energy_j.total", generated, 1e3))
    for state, label in (("tx", "radio sends"), ("rx", "radio receives"), ("listen", "radio listens"), ("sleep", "radio sleeps")):
        yield Measure(f"energy_radio_{state}", label, _per(f"energy_j.radio.{state}", generated, 1e3))
    for state, label in (("active", "processor active"), ("crypto", "processor: cryptography"), ("sleep", "processor sleeps")):
        yield Measure(f"energy_mcu_{state}", label, _per(f"energy_j.mcu.{state}", generated, 1e3))
    yield Measure("setup_time", "time to set a session up (s)", lambda flat, _: _get(flat, "setup.duration_s.mean"))
    yield Measure("setup_bytes", "handshake bytes of one session", lambda flat, _: (
        _get(flat, "setup.handshake_bytes.client") + _get(flat, "setup.handshake_bytes.server")))
    yield Measure("setup_energy", "energy to set a session up (mJ)", lambda flat, _: 1e3 * _get(flat, "setup.energy_j"))
    yield Measure("setup_in_reports", "reports that cost as much as one set-up", _reports_of_setup)
    for layer, label in (("payload", "payload"), ("application", "MQTT or CoAP"), ("security", "TLS or DTLS"),
                         ("transport", "TCP or UDP"), ("network", "IPv6, 6LoWPAN"), ("link", "802.15.4")):
        yield Measure(f"bytes_{layer}", label, _per(f"bytes_on_air.{layer}", generated))
    yield Measure("payload_size", "bytes of a report", lambda flat, _: flat.get("reports.payload_bytes", _get(flat, "parameters.payload")))
    yield Measure("bytes_per_report", "bytes on air per generated report", _per("bytes_on_air.total", generated))
    for layer, label in (("mac", "link (802.15.4 MAC)"), ("tcp", "TCP"), ("dtls", "DTLS"), ("coap", "CoAP"), ("mqtt", "MQTT")):
        yield Measure(f"retransmissions_{layer}", label, _per(f"retransmissions.{layer}", generated))
    yield Measure("retransmissions_above_link", "retransmissions above the link, per generated report", lambda flat, _: _ratio(
        sum(_get(flat, f"retransmissions.{layer}") for layer in ("tcp", "dtls", "coap", "mqtt")), _get(flat, generated)))
    yield from _measures_of_attacks()


def _measures_of_attacks():
    """Absent from runs without an attack, but for the first three, which say what those runs would show then."""
    yield Measure("on_time_during_share", "honest reports on time while the attack lasts (share of generated)",
                  _per("during.on_time", "during.generated"), "during.generated", "during.on_time")
    yield Measure("latency_during", "mean latency of the reports that arrived while the attack lasts (s)", lambda flat, _: _get(flat, "during.latency_s"))
    yield Measure("busy_during_share", "victim's processor busy while the attack lasts (share of time)", lambda flat, _: _get(flat, "during.busy_share"))
    yield Measure("attack_bytes_per_s", "attacker's bytes per second", lambda flat, _: _ratio(
        _get(flat, "attack.bytes"), _get(flat, "attack.end_s") - _get(flat, "attack.start_s")))
    yield Measure("reports_cost", "honest reports on time that the attack cost", lambda flat, _: math.nan)  # by attacks.complete
    yield Measure("false_positives_idle", "honest ones refused by the defence without attack", lambda flat, _: math.nan)  # by it too


MEASURES = {measure.name: measure for measure in _measures()}
ALIASES = {"latency": "latency_p50", "energy": "energy_per_report", "delivery": "delivery_share",
           "on_time": "on_time_share", "bytes": "bytes_per_report", "setup": "setup_time"}


def hint_for(name, known=tuple(MEASURES)):
    """What a message says of a measure that is not known."""
    return nearest(name, [*known, *ALIASES], "expected a measure such as latency_p50; scripts/plot EXPERIMENT --list shows those of a finished one")


def label_of(name):
    return MEASURES[name].label if name in MEASURES else name
