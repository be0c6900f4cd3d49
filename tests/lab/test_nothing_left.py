"""A collection that is cut off in the middle leaves no process and no file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orama_lab import Lab
from orama_lab.topology import ENVIRONMENT
from orama_monitor.shared_memory import SEGMENTS
from tests.lab.commands import BIN

pytestmark = pytest.mark.lab

PATIENCE = 30.0


def start(lab: Lab, temporary: Path, view: str = "cluster", *flags: str) -> subprocess.Popen[bytes]:
    argv = [str(BIN / "orama"), "monitor", view, "--env", ENVIRONMENT, "--config", str(lab.conf), *flags]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    return subprocess.Popen(lab.control(argv), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def below(temporary: Path) -> list[str]:
    """Processes that work for a run in this directory, warm SSH connections apart."""
    mark = f"TMPDIR={temporary}"
    found = []
    for process in psutil.process_iter():
        try:
            if mark in "\0".join(f"{k}={v}" for k, v in process.environ().items()).split("\0"):
                command = " ".join(process.cmdline())
                if "[mux]" not in command:
                    found.append(command)
        except psutil.Error:
            continue
    return found


def runs(temporary: Path) -> list[Path]:
    return list(temporary.glob("orama-monitor-*/run-*"))


def sockets(temporary: Path) -> list[Path]:
    return list(temporary.glob("orama-monitor-*/ssh/*"))


def segments() -> set[Path]:
    """Shared memory, in which Ansible keeps a node's password while ssh logs in."""
    return set(SEGMENTS.glob("psm_*"))


def until(happens: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < ends
        time.sleep(0.02)


MOMENTS: dict[str, Callable[[Path], object]] = {
    "the run begins": runs,
    "Ansible runs": lambda temporary: len(below(temporary)) > 1,
    "SSH connects": sockets,
}


def until_gone(temporary: Path) -> list[str]:
    """What still runs when patience is over."""
    ends = time.monotonic() + PATIENCE
    while (left := below(temporary)) and time.monotonic() < ends:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(lab: Lab, temporary: Path, number: signal.Signals, moment: str) -> None:
    before = segments()
    child = start(lab, temporary)
    until(lambda: MOMENTS[moment](temporary))
    child.send_signal(number)
    _out, said = child.communicate(timeout=PATIENCE)
    assert b"Traceback" not in said
    assert child.returncode == 128 + number
    assert until_gone(temporary) == []
    assert runs(temporary) == []
    assert segments() <= before


def test_what_a_killed_run_left_is_gone_after_the_next(lab: Lab, temporary: Path) -> None:
    child = start(lab, temporary)
    until(lambda: runs(temporary))
    child.kill()
    child.communicate()
    assert runs(temporary) != []
    following = start(lab, temporary)
    _out, said = following.communicate(timeout=120)
    assert following.returncode == 0, said.decode()
    assert runs(temporary) == []
    assert until_gone(temporary) == []


def test_a_host_key_that_is_not_known_is_refused_where_that_is_asked_for(lab: Lab, temporary: Path) -> None:
    lab.paths.known_hosts.unlink(missing_ok=True)
    out, said = start(lab, temporary, "report", "--host-keys", "strict").communicate(timeout=PATIENCE * 2)
    told = {node["host"]: node["error"] for node in json.loads(out)["nodes"]}
    assert told.keys() == {node.address for node in lab.nodes} and said == b""
    for node in lab.nodes:
        known = "is not known, or it changed: " if node.password_login else "is not known: "
        assert str(told[node.address]).startswith(f"its host key {known}")


def test_host_keys_are_learned_in_the_labs_own_file(lab: Lab, temporary: Path) -> None:
    """Warm connections are of another directory, so that all nodes are met anew."""
    own = Path.home() / ".ssh" / "known_hosts"
    before = own.read_bytes() if own.exists() else None
    lab.paths.known_hosts.unlink(missing_ok=True)
    assert start(lab, temporary).wait(timeout=PATIENCE * 2) == 0
    assert len(lab.paths.known_hosts.read_text().splitlines()) == len(lab.nodes)
    assert (own.read_bytes() if own.exists() else None) == before
