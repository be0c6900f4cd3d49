"""Every command of docs/cli/examples.md, run as an operator types it, does what its page shows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from generator.console import CONF, ELSEWHERE, WIDTH
from generator.examples import EXAMPLES
from orama_lab import Lab
from tests.lab.commands import BIN, PATIENCE, ROOT

pytestmark = pytest.mark.lab

PAGE = ROOT / "docs" / "cli" / "examples.md"
HEADING = re.compile(r"^ *([A-Z]{2,}|#)(?= )", re.MULTILINE)
KEY = re.compile(r'^  "(\w+)":', re.MULTILINE)
#: In JSON: all nodes that there are must be healthy.
COUNT = re.compile(r'"(?:node|healthy)_count": (\d+)')


@pytest.fixture
def folder(lab: Lab, tmp_path: Path) -> Path:
    """A directory with the conf where the command looks for it."""
    conf = tmp_path / CONF
    conf.parent.mkdir()
    conf.symlink_to(lab.conf)
    return tmp_path


@pytest.mark.parametrize("wish", EXAMPLES)
def test_an_example_does_what_its_page_shows(lab: Lab, folder: Path, wish: str) -> None:
    command = EXAMPLES[wish]
    done = subprocess.run(
        lab.control(["bash", "-o", "pipefail", "-c", command.replace(ELSEWHERE, str(lab.conf))]),
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": str(WIDTH)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = _shown(command)
    assert _kind(shown) <= _kind(done.stdout), done.stdout
    assert len(set(COUNT.findall(done.stdout))) <= 1, done.stdout
    assert done.stdout.splitlines()[0] == shown.splitlines()[0]


def _shown(command: str) -> str:
    """What the page shows for it."""
    return PAGE.read_text(encoding="utf-8").split(f"\n$ {command}\n", 1)[1].split("\n```", 1)[0]


def _kind(output: str) -> set[str]:
    """What holds for any cluster: the first heading of each table, the keys of JSON (a page may show fewer)."""
    return set(HEADING.findall(output)) or set(KEY.findall(output))
