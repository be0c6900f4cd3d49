"""The command line as its users meet it: a process with arguments, two streams and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.unit.cli.samples import CONF, faulty, save
from tests.unit.clusters import healthy

ROOT = Path(__file__).resolve().parents[3]
START = "from orama_monitor.app import main; main()"


@dataclass(frozen=True)
class Done:
    """What a run left."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def environment(**changes: str) -> dict[str, str]:
    """A plain environment in which nothing of this machine's own settings counts."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    path = os.pathsep.join([str(ROOT / "cli"), str(ROOT)])
    return {**kept, "PYTHONPATH": path, "COLUMNS": "80", "LC_ALL": "C.UTF-8", **changes}


def ran(
    python: Sequence[str],
    folder: Path,
    *arguments: str | Path,
    stdin: str | None = None,
    start: str = START,
    timeout: float = 300,
    **changes: str,
) -> Done:
    """Run ``orama`` in a folder, with a Python that is called by these words."""
    done = subprocess.run(
        [*python, "-c", start, *map(str, arguments)],
        cwd=folder,
        env=environment(**changes),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def orama(tmp_path: Path) -> Run:
    """Run ``orama`` in an empty directory."""
    return partial(ran, [sys.executable], tmp_path)


@pytest.fixture
def healthy_file(tmp_path: Path) -> Path:
    return save(healthy(5), tmp_path / "healthy.json")


@pytest.fixture
def faulty_file(tmp_path: Path) -> Path:
    return save(faulty(), tmp_path / "faulty.json")


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "scripts" / "remote-nodes.conf"
    path.parent.mkdir()
    path.write_text(CONF, encoding="utf-8")
    path.chmod(0o600)
    return path
