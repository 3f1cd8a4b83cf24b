# SPDX-License-Identifier: GPL-2.0-only
"""A progress bar with the time left, drawn from the points that are finished."""

import sys
import time


class Progress:
    def __init__(self, total, present, stream=sys.stderr, clock=time.monotonic):
        self._total, self._present, self._stream, self._clock = total, present, stream, clock
        self._start = clock()
        self._terminal = stream.isatty()
        self._next_line = 0.0
        self._width = 0

    def show(self, done, final=False):
        """On a terminal one line that is redrawn; elsewhere a line every half minute."""
        elapsed = self._clock() - self._start
        if not self._terminal and not final:
            if elapsed < self._next_line:
                return
            self._next_line = elapsed + 30
        line = self.text(done, elapsed)
        if self._terminal:
            self._stream.write("\r" + line.ljust(self._width) + ("\n" if final else ""))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def text(self, done, elapsed):
        share = done / self._total if self._total else 1
        bar = "#" * int(30 * share)
        text = f"[{bar:<30}] {done}/{self._total} simulations, {100 * share:3.0f} %, {duration(elapsed)} gone"
        computed = done - self._present
        if 0 < computed and done < self._total:
            text += f", {duration(elapsed / computed * (self._total - done))} left"
        return text


def duration(seconds):
    minutes, seconds = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
