# SPDX-License-Identifier: GPL-2.0-only
"""scripts/run first: one sensor, one report, one lost frame, and what each stack does about it."""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import arguments, program
from .project import RESULTS, ROOT, UserError, run_command, write_text

PROGRAM = "iot-scenario"
STACKS = [
    ("MQTT QoS 1 over TCP", {"stack": "mqtt", "qos": 1}),
    ("MQTT QoS 1 over TLS (PSK)", {"stack": "mqtts", "qos": 1, "credential": "psk", "tlsVersion": "1.2"}),
    ("CoAP CON over UDP", {"stack": "coap", "confirmable": "true"}),
    ("CoAP CON over DTLS (PSK)", {"stack": "coaps", "confirmable": "true", "credential": "psk"}),
]
SENSOR = "s00"
_OF_ATTACKS = ("attack", "replay", "defence", "fault", "timelineStep")
_WARM_UP = 60.0  # s, where the program begins to count frames for --dropFrame
_TAIL = 0.05  # s shown after the last frame of the exchange


def main(words, only_check=False):
    """No retries on the link unless asked for: with them every stack is spared the loss."""
    positional, options = arguments.parse(words, [], open_ended=True)
    if positional:
        raise UserError(f"unexpected argument {positional[0]}: expected --parameter=value (--help explains)")
    for name in ("json", "events", "nodes", "reports", "duration", *dict.fromkeys(name for _, values in STACKS for name in values)):
        if name in options:
            raise UserError(f"--{name} cannot be chosen here: first shows one report of one sensor on four stacks")
    for name in options:
        if name.startswith(_OF_ATTACKS):
            raise UserError(f"--{name} cannot be chosen here: first shows one lost frame; scripts/sim --attack=... runs an attack")
    drop = arguments.count(options, "dropFrame", None)
    if only_check:
        print(PROGRAM)  # what has to be built
        return 0
    program.check_parameters(PROGRAM, options)
    settings = {"nodes": 1, "reports": 1, "loss": 0, "macRetries": 0, "RngRun": 1, **options}
    settings.pop("dropFrame", None)
    folder = RESULTS / "first"
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda stack: _run(stack, settings, drop, Path(scratch)), STACKS))
    _check_loss(runs, drop)
    for (title, stack), (events, dropped, record) in zip(STACKS, runs):
        name = stack["stack"]
        write_text(folder / f"{name}.events.jsonl", "".join(json.dumps(event) + "\n" for event in events))
        write_text(folder / f"{name}.json", json.dumps(record, indent=1))
    _show(runs, settings, folder, drop)
    return 0


def _run(stack, settings, drop, scratch):
    """(events, the number of the lost frame, record). Without a wish, the first frame that carries
    the report is lost: found in a run in which nothing is."""
    _, values = stack
    [settings], _ = program.without_idle(PROGRAM, [{**settings, **values}])
    if drop is None:
        events, _ = _simulate(settings, scratch)
        carrying = [number for number, frame in enumerate(_data_frames(events), 1) if frame["report"]]
        if not carrying:
            raise UserError(f"{values['stack']}: no frame of the sensor carries the report; expected one to lose")
        drop = carrying[0]
    events, record = _simulate({**settings, "dropFrame": drop}, scratch)
    return events, drop, record


def _data_frames(events):
    """Those that --dropFrame counts."""
    return [event for event in events if event["type"] == "frame" and event["t"] >= _WARM_UP and event["from"] == SENSOR
            and not event["protocol"].startswith("mac-") and event["retransmission"] != "mac"]


def _check_loss(runs, drop):
    """A stack that sends fewer frames than the others loses none; where none loses one there is nothing to show."""
    most = max(len(_data_frames(events)) for events, _, _ in runs)
    if drop is not None and drop > most:
        raise UserError(f"--dropFrame={drop}: expected a number from 1 to {most}, for the sensor sends only {most} data frames "
                        "from the reading on")


def _simulate(settings, scratch):
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        files = {"events": Path(place) / "events", "json": Path(place) / "json"}
        command = [str(program.path_of(PROGRAM)), *(f"--{name}={value}" for name, value in {**settings, **files}.items())]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise UserError(lines[-1] if lines else f"{' '.join(command)} ended with exit code {done.returncode}")
        from .ladder import read_events
        return read_events(files["events"]), json.loads(files["json"].read_text())


def _show(runs, settings, folder, drop):
    from . import ladder, report, style
    print("Drawing the ladders ...", file=sys.stderr)
    exchange = [_exchange(events) for events, _, _ in runs]
    end = max(stop - start for start, stop in exchange)
    ladders = [ladder.extract(events, title, SENSOR, start, start + end)
               for (title, _), (events, _, _), (start, _) in zip(STACKS, runs, exchange)]
    for one, (start, stop) in zip(ladders, exchange):
        one.until = stop - start
    after = style.save(ladder.draw(ladders, end), folder / "figures", "one-report")
    before = _draw_set_up(runs, folder)
    rows = [_row(title, events, dropped) for (title, _), (events, dropped, _) in zip(STACKS, runs)]
    page = report.environment().get_template("first.html.j2").render(
        title="One report, one lost frame, four stacks", exchange=after, setup=before, rows=rows, drop=drop,
        settings=" ".join(f"--{name}={value}" for name, value in settings.items()), retries=int(settings["macRetries"]))
    write_text(folder / "report.html", page)
    for row in rows:
        print(f"{row['title']:28} {row['delivered']:>16}   {row['frames']:3} frames, {row['bytes']:5} bytes   {row['energy']}")
    from .run import shown
    print(f"\nReport: {shown(folder / 'report.html')} (open it in a browser)")


def _draw_set_up(runs, folder):
    """The frames before the reading; nothing where the event files begin later."""
    from . import ladder, style
    spans = [_set_up(events) for events, _, _ in runs]
    if not any(spans):
        return ""
    length = max(stop - start for start, stop in filter(None, spans))
    ladders = []
    for (title, _), (events, _, _), span in zip(STACKS, runs, spans):
        start, stop = span or (0.0, 0.0)
        one = ladder.extract(events, title, SENSOR, start, stop) if span else ladder.Ladder(title, SENSOR)
        one.energy, one.reports = {}, []
        ladders.append(one)
    return style.save(ladder.draw(ladders, length, "the first frame"), folder / "figures", "set-up")


def _reading(events):
    for event in events:
        if event["type"] == "report" and event["what"] == "generated":
            return event["t"]
    raise UserError("the event file holds no reading: expected one of type report, generated")


def _exchange(events):
    """From the reading to the end of what it causes on the air."""
    start = _reading(events)
    last = start
    for event in events:
        if event["type"] == "frame" and event["protocol"] not in ("mac-poll", "mac-ack") and event["t"] >= start:
            last = event["t"] + event["duration"]
        elif event["type"] == "report":
            last = max(last, event["t"])
    return start - 0.002, last + _TAIL


def _set_up(events):
    """From the first frame to the last one before the reading that is no poll; None without any."""
    reading = _reading(events)
    frames = [event for event in events if event["type"] == "frame" and event["protocol"] not in ("mac-poll", "mac-ack")
              and event["t"] < reading]
    if not frames:
        return None
    return frames[0]["t"] - 0.001, frames[-1]["t"] + frames[-1]["duration"] + 0.003


def _row(title, events, dropped):
    from .ladder import SHORT_NAMES
    start, stop = _exchange(events)
    frames = [event for event in events if event["type"] == "frame" and start <= event["t"] <= stop]
    times = {event["what"]: event["t"] for event in events if event["type"] == "report"}
    energy = next((event for event in events if event["type"] == "energy" and event["node"] == SENSOR), None)
    delivered = f"after {times['delivered'] - times['generated']:.3f} s" if "delivered" in times else "never delivered"
    return {"title": title, "delivered": delivered, "dropped": f"number {dropped}" if dropped <= len(_data_frames(events)) else "none", "frames": len(frames),
            "bytes": sum(frame["bytes"] for frame in frames),
            "again": ", ".join(SHORT_NAMES.get(layer, 'application') for layer in sorted({frame["retransmission"] for frame in frames} - {""})) or "nobody",
            "energy": f"{1e3 * (energy['radio_j'] + energy['mcu_j']):.2f} mJ" if energy else "energy not recorded"}


if __name__ == "__main__":
    run_command("scripts/run first", main)
