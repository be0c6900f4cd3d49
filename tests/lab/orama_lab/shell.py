"""Running other programs and waiting for conditions."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class LabError(Exception):
    """Something the user of the lab has to know; shown as one line."""


def run(
    argv: Sequence[str | Path],
    *,
    input: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    check: bool = True,
    timeout: float = 120.0,
) -> subprocess.CompletedProcess[str]:
    """Run a program quietly; a failure carries what it said."""
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words,
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            env=None if env is None else dict(env),
            cwd=cwd,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(f"{' '.join(words[:6])}: no answer in {timeout:.0f} s") from None
    except FileNotFoundError:
        raise LabError(f"{words[0]}: no such program; `lab build` installs what the lab needs") from None
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        detail = " / ".join(said[-4:])
        raise LabError(f"{' '.join(words[:8])}: exit {done.returncode}: {detail}")
    return done


def parallel(work: Callable[[T], R], items: Iterable[T], width: int = 8) -> list[R]:
    """Do independent work side by side; the first exception is raised."""
    things = list(items)
    if not things:
        return []
    with ThreadPoolExecutor(max_workers=min(width, len(things))) as pool:
        return list(pool.map(work, things))


def wait_until(
    problems: Callable[[], list[str]],
    *,
    timeout: float,
    every: float = 0.3,
    progress: Callable[[list[str]], None] | None = None,
) -> list[str]:
    """Ask until nothing is wrong or the time is up; returns what is still wrong.

    A condition, polled: the lab never sleeps for a length somebody guessed.
    """
    end = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        wrong = problems()
        if progress is not None:
            progress(wrong)
        if not wrong or time.monotonic() >= end:
            return wrong
        pause.wait(every)
