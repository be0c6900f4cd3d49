"""A terminal that goes away, and signals that whoever started the command wants ignored."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from orama_monitor.commands.interrupt import interruptible
from orama_monitor.live import plain
from tests.unit.cli.conftest import ROOT, environment
from tests.unit.cli.test_ways_out import SLOW

ASKING = [sys.executable, "-c", SLOW.format(root=str(ROOT), patient=True), "monitor", "cluster", "--env", "testnet"]


def told(terminal: int, words: bytes) -> None:
    """Wait until the words are on the terminal."""
    seen = b""
    while words not in seen:
        seen += os.read(terminal, 1024)


def test_a_terminal_that_is_closed_costs_no_result(tmp_path: Path, conf: Path) -> None:
    ours, theirs = pty.openpty()
    own = environment(TERM="xterm")
    with subprocess.Popen(ASKING, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=own) as process:
        os.close(theirs)
        told(ours, b"waiting for")
        os.close(ours)
        process.send_signal(signal.SIGHUP)
        out, _none = process.communicate(timeout=60)
    assert b"PARTIAL: 1 of 3 nodes" in out
    assert process.returncode == 128 + signal.SIGHUP


def test_an_error_that_nobody_can_read_keeps_its_exit_code(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    os.close(ours)
    argv = [sys.executable, "-m", "orama_monitor", "monitor", "cluster", "--env", "testnet"]
    done = subprocess.run(argv, cwd=tmp_path, stderr=theirs, env=environment(), timeout=60, check=False)
    os.close(theirs)
    assert done.returncode == 1


def deaf() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def test_what_nohup_and_the_background_ignore_stays_ignored(tmp_path: Path, conf: Path) -> None:
    argv = [argument.replace("orama_monitor.app import", "orama_monitor.__main__ import") for argument in ASKING]
    process = subprocess.Popen(
        argv, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), preexec_fn=deaf
    )
    assert process.stderr and process.stderr.readline() == b"asking\n"
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGINT):
        process.send_signal(number)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("listening", [interruptible, plain._ended_by_signal])
def test_only_what_was_heard_before_is_heard(listening: Callable[[], AbstractContextManager[object]]) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert callable(signal.getsignal(signal.SIGTERM))
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
