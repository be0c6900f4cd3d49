"""From a key to what it brings to the screen: the real program in a terminal, while nodes are asked and judged."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import random
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from orama_bench.measure import own_path
from orama_bench.table import Line

HERE = Path(__file__).resolve().parent
ROWS, COLUMNS = 45, 160
NODES, HANGS = 100, 30
TIMES = 300
GOAL = 100
PATIENCE = 60.0
PAUSE = (0.1, 0.5)  # s between two keys
READ = 65536

#: What a tab's key brings that no other tab shows.
MARKS = {
    "2": b"UNITS",
    "3": b"ipfs-c",
    "4": b"PERMS",
    "5": b"COREDNS",
    "6": b"GATEWAY",
    "7": b"No alerts",
    "1": b"Highest of all",
}


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv: list[str], environment: dict[str, str]) -> None:
        self.handle, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.program = subprocess.Popen(
            argv, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True
        )
        os.close(inner)

    def press(self, key: str) -> None:
        os.write(self.handle, key.encode())

    def until(self, mark: bytes, patience: float = PATIENCE) -> float:
        """Seconds until the program writes ``mark``. Raises TimeoutError."""
        began, seen = time.monotonic(), b""
        while mark not in seen:
            left = began + patience - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no {mark!r} within {patience:.0f} s: {seen[-300:]!r}")
            seen = seen[-len(mark) :] + self._read(left)
        return time.monotonic() - began

    def drain(self, seconds: float) -> None:
        """Read whatever comes within so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def _read(self, patience: float) -> bytes:
        ready, _, _ = select.select([self.handle], [], [], patience)
        return os.read(self.handle, READ) if ready else b""

    def end(self) -> None:
        """End the program and wait for it."""
        self.program.send_signal(signal.SIGTERM)
        with contextlib.suppress(OSError):  # it has let go of the terminal
            while self.program.poll() is None:
                self._read(0.1)
        self.program.wait()
        os.close(self.handle)


def waits(times: int = TIMES) -> list[float]:
    """Milliseconds from key to screen, for so many keys over several collections, sorted."""
    environment = {**own_path(), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    terminal = Terminal([sys.executable, str(HERE / "live_program.py"), str(NODES), str(HANGS)], environment)
    found: list[float] = []
    try:
        terminal.until(f"all {NODES} nodes".encode())
        terminal.drain(1)
        for number in range(times):
            key = list(MARKS)[number % len(MARKS)]
            terminal.press(key)
            found.append(1000 * terminal.until(MARKS[key]))
            terminal.drain(random.uniform(*PAUSE))
    finally:
        terminal.end()
    return sorted(found)


def key_lines() -> list[Line]:
    """Half, 95 % and all of the keys."""
    found = waits()
    told = {"half": statistics.median(found), "95 %": found[len(found) * 95 // 100], "all": found[-1]}
    what = f"key to screen, {NODES} nodes, one hanging"
    return [Line(f"{what}: {share}", GOAL, round(value), " ms") for share, value in told.items()]


if __name__ == "__main__":
    every = waits(*map(int, sys.argv[1:2]))
    print(f"half {statistics.median(every):.0f}, 95 % {every[len(every) * 95 // 100]:.0f}, longest", end=" ")
    print(*(round(value) for value in every[-12:]))
