# SPDX-License-Identifier: GPL-2.0-only
"""From the records of the points to one row per run, and from those to means with intervals."""

import functools
import json
import math

import numpy as np
import pandas

from . import attacks, intervals, variants
from .expression import Condition
from .measures import MEASURES, flatten
from .points import canonical, typed
from .project import UserError, write_text

_NOT_MEASURED = ("parameters.", "versions.", "point.", "run")


class Results:
    """The runs of an experiment (a data frame, a row each), the sorted latencies of each, and where there was an
    attack its timeline; `periods` says for each combination from when to when the attack lasted."""

    def __init__(self, experiment, runs, samples, versions, timelines=None, periods=None):
        self.experiment, self.runs, self.samples, self.versions = experiment, runs, samples, versions
        self.timelines, self.periods = timelines or {}, periods or {}
        self.parameters = [name for name in experiment.parameters() if name in runs]
        self.described = [name for name in variants.DESCRIBED if name in runs]
        self.measures = [name for name in runs.columns
                         if name not in self.parameters + self.described + ["combination", "RngRun"]]
        self.summary = self._summarise()

    @functools.cache
    def varied(self):
        """The parameters that take more than one value."""
        return [name for name in self.parameters if self.runs[name].astype(str).nunique() > 1]

    @functools.cache
    def combinations(self):
        return self.runs.drop_duplicates("combination").set_index("combination")[self.parameters + self.described]

    def where(self, condition):
        """The combinations for which the condition is true, as a data frame."""
        table = self.combinations()
        if not condition:
            return table
        parsed = Condition(condition)
        parsed.check_names(set(table.columns))
        rows = [{name: _none_if_missing(value) for name, value in row.items()} for row in table.to_dict("records")]
        return table[[parsed.holds(row) for row in rows]]

    def value(self, combination, measure):
        """(mean, low, high) of a measure of a combination."""
        return self.summary[combination][measure]

    def _summarise(self):
        summary = {}
        for combination, rows in self.runs.groupby("combination", sort=False):
            found = {}
            for name in self.measures:
                measure = MEASURES.get(name)
                if measure and measure.share_of and measure.share_of in rows:
                    found[name] = intervals.share(rows[measure.successes], rows[measure.share_of])
                else:
                    found[name] = intervals.student(rows[name])
            summary[combination] = found
        return summary

    def summary_table(self):
        """Tidy: one row per combination and measure."""
        rows = []
        for combination, labels in self.combinations().iterrows():
            for measure, (mean, low, high) in self.summary[combination].items():
                rows.append({**labels, "measure": measure, "runs": self.experiment.repeat,
                             "mean": mean, "low_95": low, "high_95": high})
        return pandas.DataFrame(rows)

    def paired(self, first, second, measure, only=""):
        """[(other parameters, (mean, low, high))] of measure(second) - measure(first), run by run, for every
        setting of the other parameters in which both occur. first, second: the parameter values that differ."""
        return [(others, intervals.student(right - left))
                for others, left, right in self._pairs(first, second, measure, self.where(only))]

    def paired_values(self, first, second, measure, table):
        """The same differences as they are, an array over the runs for each setting."""
        return [(right - left).to_numpy() for _, left, right in self._pairs(first, second, measure, table)]

    def _pairs(self, first, second, measure, table):
        others = [name for name in self.parameters if name not in first and name not in second]
        groups = table.groupby(others, dropna=False, sort=False) if others else [((), table)]
        for _, group in groups:
            ends = [_matching(group, wanted) for wanted in (first, second)]
            if None not in ends:
                left, right = (self.runs[self.runs["combination"] == end].set_index("RngRun")[measure] for end in ends)
                yield {name: group.iloc[0][name] for name in others}, left, right

    def write(self, folder):
        write_text(folder / "runs.csv", self.runs.drop(columns="combination").to_csv(index=False, float_format="%.9g"))
        write_text(folder / "summary.csv", self.summary_table().to_csv(index=False, float_format="%.6g"))


def _none_if_missing(value):
    return None if isinstance(value, float) and math.isnan(value) else value


def _matching(group, wanted):
    wanted = {name: typed(canonical(value)) for name, value in wanted.items()}
    for combination, row in group.iterrows():
        if all(_none_if_missing(row.get(name)) == value for name, value in wanted.items()):
            return combination
    return None


def read(experiment, folder):
    """The results of all points of an experiment; a missing point is an error, never left out."""
    rows, samples, versions, timelines, periods = [], {}, {}, {}, {}
    order = sorted(range(len(experiment.combinations)),
                   key=lambda index: variants.sort_key(experiment.combinations[index]))
    points = experiment.points()
    for combination in order:
        for run in range(experiment.repeat):
            point = points[combination * experiment.repeat + run]
            record = _read_record(folder / "points" / f"{point.id}.json")
            latencies = record.get("reports", {}).get("latency_samples_s")
            latencies = None if latencies is None else np.sort(np.asarray(latencies, dtype=float))
            samples[combination, run + 1] = latencies
            versions = versions or record.get("versions", {})
            if "timeline" in record:
                timelines[combination, run + 1] = record["timeline"]
                periods[combination] = attacks.threat_period(record)
            rows.append(_row(combination, point, {**flatten(record), **attacks.during(record)}, latencies))
    runs = attacks.complete(pandas.DataFrame(rows), experiment.parameters())
    measured = [name for name in MEASURES if name in runs and runs[name].notna().any()]
    dropped = [name for name in MEASURES if name in runs and name not in measured]
    return Results(experiment, runs.drop(columns=dropped), samples, versions, timelines, periods)


def _row(combination, point, flat, latencies):
    values = point.values()
    row = {"combination": combination, **values, **variants.describe(values), **attacks.describe(values)}
    for name, measure in MEASURES.items():
        row[name] = measure.of(flat, latencies)
    for key, value in flat.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not key.startswith(_NOT_MEASURED):
            row.setdefault(key, value)
    return row


def _read_record(path):
    try:
        return json.loads(path.read_text())
    except OSError:
        raise UserError(f"{path.parent.parent.name} is not finished ({path.name} is missing): run it first with scripts/run") from None
    except ValueError:
        raise UserError(f"{path} is not JSON: delete it and run the experiment again") from None
