"""Time and cost of whole processes, interleaved, so that a ratio holds on a machine whose speed drifts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


def own_path() -> dict[str, str]:
    """The environment in which a Python finds the same modules as this one."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@dataclass(frozen=True)
class Cost:
    """One run: wall and CPU seconds (user and system, of the process and all it waited for), peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Subject:
    """Something to measure. ``prepare`` is run before each run and not measured."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None


#: What ansible-playbook says of a node whose failure the play only notes: it has not done the work.
IGNORED = b"...ignoring"


class Failed(Exception):
    """A measured command did not do its work."""


def run(subject: Subject, log: Path) -> Cost:
    """Run the subject once. Raises Failed with the end of what it said, when its exit code is not 0."""
    subject.prepare()
    with log.open("wb") as output:
        began = time.monotonic()
        child = subprocess.Popen(
            subject.command,
            env={**os.environ, **subject.environment},
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
        _pid, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or IGNORED in log.read_bytes():
        raise Failed(f"{subject.name}: exit code {child.returncode}: {log.read_text(errors='replace')[-500:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleaved(subjects: Sequence[Subject], rounds: int, log: Path, uncounted: int = 0) -> dict[str, list[Cost]]:
    """Every subject once a round, after so many uncounted ones; those that fail are left out and said."""
    costs: dict[str, list[Cost]] = {subject.name: [] for subject in subjects}
    standing = list(subjects)
    for number in range(1 - uncounted, rounds + 1):
        for subject in list(standing):
            try:
                cost = run(subject, log)
            except (Failed, OSError) as error:
                print(f"  left out: {error}", flush=True)
                standing.remove(subject)
                costs.pop(subject.name)
                continue
            if number > 0:
                costs[subject.name].append(cost)
                print(f"  {number}/{rounds} {subject.name}: {cost.wall:.2f} s, {cost.cpu:.2f} s of CPU", flush=True)
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.memory for cost in costs),
    )


def median_cpu(subject: Subject, log: Path, rounds: int = 10) -> float:
    """CPU seconds of the subject, the median of so many runs after one that does not count."""
    run(subject, log)
    return statistics.median(run(subject, log).cpu for _round in range(rounds))


def ratio(costs: Sequence[Cost], others: Sequence[Cost]) -> float:
    """The median of the ratios of wall times, round by round."""
    return statistics.median(one.wall / other.wall for one, other in zip(costs, others, strict=True))
