"""The processes below this one: none outlives what started it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Iterator

from orama_monitor import shared_memory


@contextlib.contextmanager
def ended_with(stop: threading.Event, limit: float, passwords: Collection[str]) -> Iterator[threading.Event]:
    """While this lasts, a set ``stop`` ends every process below this one, in whatever session; an error does, too.

    So does the end of ``limit`` s: it sets the event that this gives.
    """
    over, late = threading.Event(), threading.Event()

    def watch() -> None:
        left, last = limit, time.monotonic()
        while not over.wait(0.1):
            now = time.monotonic()
            left, last = left - min(1.0, now - last), now  # while this process is stopped no time passes
            if left < 0:
                late.set()
            if stop.is_set() or late.is_set():
                end(passwords)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield late
    except BaseException:
        end(passwords)
        raise
    finally:
        over.set()
        watcher.join()


def end(passwords: Collection[str]) -> None:
    """Ask what runs below this process to end, and kill what does not within 2 s. Warm SSH masters are not below.

    Of the ``passwords`` none is left in shared memory.

    The children themselves are ansible-runner's to wait for.
    """
    import psutil  # later than the rest: who never stops a run need not wait for it

    def descendants(process: psutil.Process) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return process.children(recursive=True)
        return []

    children = psutil.Process().children()
    below = [process for child in children for process in descendants(child)]
    for process in [*children, *below]:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _gone, alive = psutil.wait_procs(below, timeout=2)
    for process in [*children, *alive]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    shared_memory.clear(passwords)
