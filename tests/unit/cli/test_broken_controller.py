"""A machine on which something is missing or full: the collection works, or one line says why not; nothing is left."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orama_monitor import collect, snapshot
from orama_monitor.nodes import LOCAL_NODE
from tests.unit.cli.conftest import START, Done, environment

COLLECT = [sys.executable, "-c", START, "monitor", "report", "--env", "local"]
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")


def run(
    directory: Path,
    argv: Sequence[str] = COLLECT,
    without: str = "",
    prepare: Callable[[], None] | None = None,
    cwd: Path | None = None,
    **changes: str,
) -> Done:
    """Collect this machine, as a process with its temporary files in a directory of its own."""
    given = environment(TMPDIR=str(directory), **changes)
    given.pop(without, None)
    done = subprocess.run(
        argv,
        env=given,
        cwd=cwd or directory,
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def collected(done: Done) -> None:
    assert (done.code, done.err) == (0, ""), done
    (node,) = json.loads(done.out)["nodes"]
    assert node["failure"] is None
    assert node["report"]["collectors"]["system"]["status"] == "ok"


def refused(done: Done, said: str) -> None:
    assert (done.code, done.out) == (1, ""), done
    assert done.err.startswith("orama: ") and done.err.count("\n") == 1
    assert said in done.err


def left(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.name != "ssh" and not path.name.startswith("orama-monitor-")]


def mounted(directory: Path, options: str, then: str = ":") -> list[str]:
    """The collection with a file system of its own mounted over a directory, which nobody else sees."""
    script = f'mount -t tmpfs -o {options} none "$0" && {then} && exec "$@"'
    return ["unshare", "-m", "sh", "-c", script, str(directory), *COLLECT]


def test_no_home(tmp_path: Path) -> None:
    collected(run(tmp_path, without="HOME"))
    assert left(tmp_path) == []


def test_a_home_that_is_not_there(tmp_path: Path) -> None:
    collected(run(tmp_path, HOME="/nonexistent/home"))


@root_only
def test_a_read_only_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    collected(run(tmp_path, mounted(home, "ro"), HOME=str(home)))


def test_no_write_permission_in_the_current_directory(tmp_path: Path) -> None:
    collected(run(tmp_path, cwd=Path("/proc")))


def test_a_home_and_a_temporary_directory_too_long_for_a_socket(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120) / ("y" * 120)
    long.mkdir(parents=True)
    collected(run(long, HOME=str(long)))
    assert left(long) == []


def test_64_file_descriptors(tmp_path: Path) -> None:
    collected(run(tmp_path, prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))))


FULL = 'head -c 4096 /dev/zero > "$0/full"'
#: Nowhere else to go: Python itself would try other places.
NOWHERE_ELSE = "import os, tempfile; tempfile.tempdir = os.environ['TMPDIR']; "


@root_only
def test_where_one_temporary_directory_is_full_another_is_used(tmp_path: Path) -> None:
    collected(run(tmp_path, mounted(tmp_path, "size=4k,mode=1777", FULL), cwd=Path("/proc")))


@root_only
@pytest.mark.parametrize(("options", "then"), [("size=4k,mode=1777", FULL), ("ro", ":")], ids=["full", "read-only"])
def test_no_temporary_directory_at_all(tmp_path: Path, options: str, then: str) -> None:
    argv = [*mounted(tmp_path, options, then)]
    argv[argv.index(START)] = NOWHERE_ELSE + START
    done = run(tmp_path, argv)
    refused(done, "No space left on device" if then == FULL else "no temporary files possible here: Read-only")


def test_two_runs_at_once(tmp_path: Path) -> None:
    given = environment(TMPDIR=str(tmp_path))
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(COLLECT, env=given, cwd=tmp_path, **pipes) for _number in range(2)]
    for process in both:
        out, err = process.communicate(timeout=300)
        collected(Done(process.returncode, out, err))
    assert left(tmp_path) == []


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_jumps_during_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hours: int) -> None:
    real = snapshot.now
    jumps = iter([timedelta(0)])

    def answered(_request: Any, _directory: Path, answers: Any, _stop: Any) -> None:
        answers.handle({"event": "runner_on_failed", "event_data": {"host": "localhost", "res": {"msg": "x"}}})

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    clock = SimpleNamespace(now=lambda _zone: real() + next(jumps, timedelta(hours=hours)))
    monkeypatch.setattr(collect, "datetime", clock)
    monkeypatch.setattr(collect, "_run", answered)
    found = collect.collect(collect.Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None))
    assert 0 <= found.duration_seconds < 60
