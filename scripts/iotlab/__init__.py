# SPDX-License-Identifier: GPL-2.0-only
"""Experiments over simulation programs: expand, run, aggregate, draw, report."""
