"""Real nodes, asked over SSH by a machine on which something is missing or narrow: all are collected."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_lab.topology import ENVIRONMENT
from tests.lab.commands import BIN, PATIENCE
from tests.lab.test_nothing_left import runs, until_gone

pytestmark = pytest.mark.lab

#: What comes before the command; "LONG" stands for a directory whose path no socket can have.
NARROW = {
    "no home": ["env", "-u", "HOME"],
    "a home that is not there": ["env", "HOME=/nonexistent/home"],
    "a home too long for a socket": ["env", "HOME=LONG"],
    "a temporary directory too long for a socket": ["env", "TMPDIR=LONG"],
    "64 file descriptors": ["prlimit", "--nofile=64"],
}


def begun(lab: Lab, temporary: Path, before: list[str]) -> subprocess.Popen[str]:
    command = [*before, str(BIN / "orama"), "monitor", "report", "--env", ENVIRONMENT, "--config", str(lab.conf)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    pipe = subprocess.PIPE
    return subprocess.Popen(lab.control(command), env=environment, stdout=pipe, stderr=pipe, text=True)


def collected(lab: Lab, run: subprocess.Popen[str]) -> None:
    out, said = run.communicate(timeout=PATIENCE)
    assert (run.returncode, said) == (0, "")
    failures = {node["host"]: node["error"] for node in json.loads(out)["nodes"]}
    assert failures == {node.address: None for node in lab.nodes}


@pytest.mark.parametrize("name", NARROW)
def test_all_nodes_are_collected(lab: Lab, temporary: Path, name: str) -> None:
    long = temporary / ("x" * 120)
    long.mkdir()
    collected(lab, begun(lab, temporary, [word.replace("LONG", str(long)) for word in NARROW[name]]))
    assert until_gone(temporary) == [] and runs(temporary) == runs(long) == []


def test_two_runs_at_once(lab: Lab, temporary: Path) -> None:
    for run in [begun(lab, temporary, []) for _number in range(2)]:
        collected(lab, run)
    assert until_gone(temporary) == [] and runs(temporary) == []
