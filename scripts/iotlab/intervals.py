# SPDX-License-Identifier: GPL-2.0-only
"""Confidence intervals. The unit of replication is the run."""

import functools
import math

import numpy as np
from scipy import stats

LEVEL = 0.95


@functools.lru_cache
def _student_factor(runs):
    return stats.t.ppf((1 + LEVEL) / 2, runs - 1) / math.sqrt(runs)


def student(values):
    """(mean, low, high) over run means; from one run there is no interval (NaN), and a value that is
    infinite in any run (a quantile that falls on lost reports) makes the mean infinite."""
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if values.size == 0:
        return math.nan, math.nan, math.nan
    mean = values.mean() if np.isfinite(values).all() else math.inf
    if values.size < 2 or math.isinf(mean):
        return mean, math.nan, math.nan
    half = _student_factor(values.size) * values.std(ddof=1)
    return mean, mean - half, mean + half


def clopper_pearson(successes, trials):
    """(low, high) for a share of independent trials; exact, also for none and all."""
    if trials == 0:
        return math.nan, math.nan
    tail = (1 - LEVEL) / 2
    low = stats.beta.ppf(tail, successes, trials - successes + 1) if successes > 0 else 0.0
    high = stats.beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    return float(low), float(high)


def share(successes, trials):
    """(share, low, high): Clopper-Pearson over all trials, widened to Student's interval over the
    runs where that is wider, for reports of one run share their luck."""
    successes, trials = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    total = trials.sum()
    if total == 0:
        return math.nan, math.nan, math.nan
    low, high = clopper_pearson(successes.sum(), total)
    used = trials > 0
    _, run_low, run_high = student(successes[used] / trials[used])
    return successes.sum() / total, max(0.0, np.nanmin([low, run_low])), min(1.0, np.nanmax([high, run_high]))


def quantile(sorted_samples, generated, q):
    """The q-quantile over generated reports (nearest rank); what was not delivered counts as infinite."""
    rank = math.ceil(q * generated)
    if generated == 0:
        return math.nan
    return float(sorted_samples[max(rank, 1) - 1]) if rank <= len(sorted_samples) else math.inf
