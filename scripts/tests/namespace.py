# SPDX-License-Identifier: GPL-2.0-only
"""A network namespace for programs that talk to each other over TAP devices, and talk with such programs."""

import os
import queue
import re
import signal
import subprocess
import threading

PATIENCE = 30  # seconds for anything that is waited for: a busy machine is no failure


class Unavailable(Exception):
    """This machine allows no network namespace with TAP devices; says why."""


class Talk:
    """A process whose lines are waited for, one after the other."""

    def __init__(self, words, **options):
        self.words = words
        self.process = subprocess.Popen(words, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, **options)
        self.lines = []
        self._ended = False
        self._queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def next_line(self, patience=PATIENCE):
        """The next line, or None at the end of the output, each time."""
        if self._ended:
            return None
        try:
            line = self._queue.get(timeout=patience)
        except queue.Empty:
            raise AssertionError(f"{' '.join(self.words)} said nothing more after:\n{self.text()}") from None
        if line is None:
            self._ended = True
        else:
            self.lines.append(line)
        return line

    def expect(self, pattern):
        """Reads on to a line in which the pattern is found, and returns the match."""
        while (line := self.next_line()) is not None:
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"{' '.join(self.words)} ended without {pattern}:\n{self.text()}")

    def finish(self, code=0):
        """Waits for the end and returns all that was said."""
        while self.next_line() is not None:
            pass
        assert self.process.wait(PATIENCE) == code, self.text()
        return self.text()

    def text(self):
        return "\n".join(self.lines)

    def stop(self, sent=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(sent)
            self.process.wait(PATIENCE)


class Namespace:
    """Of this process's own: as root, or as a user who may be root of a namespace."""

    def __init__(self):
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        self._talks = []
        self._holder = Talk(["unshare", "--net", *user, "sh", "-c", "echo here; exec sleep infinity"])
        if self._holder.next_line() != "here":
            self._holder.stop()
            raise Unavailable(self._holder.text() or "unshare failed")
        self._enter = ["nsenter", f"--target={self._holder.process.pid}", "--net",
                       *(["--user", "--preserve-credentials"] if user else [])]
        try:
            self.run("ip", "link", "set", "lo", "up")
            self.run("ip", "tuntap", "add", "dev", "probe", "mode", "tap")
        except subprocess.CalledProcessError as error:
            self.close()
            raise Unavailable(error.stderr.strip()) from None

    def run(self, *words):
        return subprocess.run([*self._enter, *words], check=True, capture_output=True, text=True, timeout=2 * PATIENCE).stdout

    def talk(self, *words):
        """Starts a process whose output comes line by line."""
        talk = Talk([*self._enter, "stdbuf", "-oL", *map(str, words)])
        self._talks.append(talk)
        return talk

    def close(self):
        for talk in self._talks:
            talk.stop()
        self._holder.stop()
