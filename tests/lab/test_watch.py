"""The search for secrets finds them where they are put: without that, finding none says nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lab.watch import watching

SECRET = "a-marked-secret"
FILES = {
    "a file": 'echo "$S" >file; sleep 0.5',
    "a file that is gone soon": 'echo "$S" >file; sleep 0.5; rm file; sleep 0.5',
    "a new folder": 'mkdir -p a/b; sleep 0.05; echo "$S" >a/b/file; sleep 0.5',
    "a file moved in": 'echo "$S" >../outside; mv ../outside inside; sleep 0.5',
}


def looked(temporary: Path, script: str, *arguments: str, **environment: str) -> set[str]:
    """Where the secret was seen, without the places of this test's own process."""
    temporary.mkdir()
    with watching({"it": SECRET.encode()}, temporary) as watch:
        command = ["sh", "-c", script, "sh", *arguments]
        subprocess.run(command, cwd=temporary, env={**os.environ, **environment}, check=True)
    assert min(watch.looks.values()) > 0 or not any(temporary.iterdir())
    return watch.seen


@pytest.mark.parametrize("script", FILES.values(), ids=FILES.keys())
def test_in_a_file(tmp_path: Path, script: str) -> None:
    split = f'S="$1$2"; {script}'
    places = looked(tmp_path / "t", split, SECRET[:5], SECRET[5:])
    assert places and all(place.startswith(f"it in {tmp_path}/t/") for place in places)


def test_in_a_command_line(tmp_path: Path) -> None:
    places = looked(tmp_path / "t", "sleep 1; :", SECRET)
    assert places and all(place.endswith("/cmdline") for place in places)


def test_in_an_environment(tmp_path: Path) -> None:
    places = looked(tmp_path / "t", "sleep 1; :", MARKED=SECRET)
    assert places and all(place.endswith("/environ") for place in places)


def test_nowhere(tmp_path: Path) -> None:
    assert looked(tmp_path / "t", "echo harmless >file; sleep 0.5") == set()
