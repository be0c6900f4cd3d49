"""One line on standard error while nodes are asked, gone when they have answered."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from orama_monitor.terminals import can_redraw

if TYPE_CHECKING:
    from orama_monitor.snapshot import NodeResult

INTERVAL = 0.2
QUIET_FOR = 0.4
CLEAR = "\r\x1b[2K"


class Progress:
    """Nodes done of all, and who is still open. Silent where standard error is no terminal, a dumb one, or closed."""

    def __init__(self, hosts: Sequence[str], stream: TextIO | None) -> None:
        self.total = len(hosts)
        self.open = list(hosts)
        self.stream = stream
        self.began = time.monotonic()
        self.over = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if can_redraw(self.stream):
            self.thread = threading.Thread(target=self._draw, args=[self.stream], daemon=True)
            self.thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.over.set()
        if self.thread and self.stream:
            self.thread.join(timeout=1)
            self._write(self.stream, CLEAR)

    def on_result(self, result: NodeResult) -> None:
        """Take a node off the list of open ones."""
        if result.host in self.open:
            self.open.remove(result.host)

    def line(self) -> str:
        """What there is to say now, on one line of the terminal."""
        waiting = list(self.open)
        text = f"{self.total - len(waiting)}/{self.total} nodes, {time.monotonic() - self.began:.0f} s"
        if waiting:
            more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
            text += f", waiting for {waiting[0]}{more}"
        return text[: max(10, shutil.get_terminal_size().columns - 1)]

    def _draw(self, stream: TextIO) -> None:
        self.over.wait(QUIET_FOR)
        while not self.over.is_set():
            self._write(stream, CLEAR + self.line())
            self.over.wait(INTERVAL)

    def _write(self, stream: TextIO, text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            stream.write(text)
            stream.flush()
