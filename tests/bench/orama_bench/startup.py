"""What it costs to start: the help and a completion, each in a process of its own."""

from __future__ import annotations

import functools
import sys
import tempfile
from pathlib import Path

from orama_bench.measure import Subject, median_cpu
from orama_bench.table import Line

BIN = Path(sys.executable).parent
ORAMA = str(BIN / "orama")
GOAL = 150
NO_LIBRARY = Subject("no library", [sys.executable, "-c", ""])
LIBRARIES = Subject("libraries", [sys.executable, "-c", "import click, pydantic\nclass Model(pydantic.BaseModel): ..."])
SUBJECTS = (
    Subject("orama --help", [ORAMA, "--help"]),
    Subject("orama monitor --help", [ORAMA, "monitor", "--help"]),
    Subject(
        "completion of a command",
        [ORAMA],
        {"_ORAMA_COMPLETE": "bash_complete", "COMP_WORDS": "orama monitor cl", "COMP_CWORD": "2"},
    ),
    Subject(
        "completion of an alert's code",
        [ORAMA],
        {"_ORAMA_COMPLETE": "bash_complete", "COMP_WORDS": "orama monitor explain RQ", "COMP_CWORD": "3"},
    ),
)


def startup_lines() -> list[Line]:
    """CPU milliseconds, user and system."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        log = Path(directory) / "log"
        return [
            Line(f"{subject.name}, CPU", GOAL, round(1000 * median_cpu(subject, log)), " ms") for subject in SUBJECTS
        ]


@functools.cache
def libraries_s() -> float:
    """CPU seconds of importing what the command's options and schema are made of, and making one model."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        log = Path(directory) / "log"
        return median_cpu(LIBRARIES, log) - median_cpu(NO_LIBRARY, log)


if __name__ == "__main__":
    for line in startup_lines():
        print(line)
