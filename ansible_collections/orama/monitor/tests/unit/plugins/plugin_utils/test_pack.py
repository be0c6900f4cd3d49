"""The packed program: what it prints, and that it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from ansible_collections.orama.monitor.plugins.plugin_utils import pack

STUCK = b"""__import__("re").match("(a+)+$", 64 * "a" + "!")"""


def ran(program: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command, env = [sys.executable, "-I", "-"], {**os.environ, **environment}
    return subprocess.run(command, input=program, capture_output=True, timeout=60, check=False, env=env)


def test_it_prints_the_mark_and_a_report() -> None:
    done = ran(pack.packed(dict(deadline=20.0)))
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout.decode().rpartition(pack.MARK)[2])
    assert found["collectors"]["system"]["status"] in ("ok", "failed")


def test_a_path_is_read_on_the_node_by_who_runs_the_program() -> None:
    program = pack.packed(dict(orama_home="~/$FOLDER", orama_bin="/opt/orama"))
    told = program.replace(b"report(options)", b"[options.orama_home, options.orama_bin]")
    done = ran(told, HOME="/home/there", FOLDER="data")
    assert json.loads(done.stdout.decode().rpartition(pack.MARK)[2]) == ["/home/there/data", "/opt/orama"]


def test_a_search_without_an_end_is_ended_by_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """While Python's own search runs, no thread and no signal handler of Python's does."""
    monkeypatch.setattr(pack, "GRACE", 1)
    program = pack.packed(dict(deadline=0.5))
    assert b"report(options)" in program
    done = ran(program.replace(b"report(options)", STUCK))
    assert done.returncode == -signal.SIGALRM
    assert done.stdout == b""


def test_an_older_python_says_what_it_lacks() -> None:
    old = b"import sys; sys.version_info = (3, 7, 3)\n"
    done = ran(old + pack.packed({}))
    assert done.returncode == 1
    assert b"Python 3.8 or later is needed, this is 3.7" in done.stderr
