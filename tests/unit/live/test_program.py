"""The live view as a process: plain blocks, signals, a terminal that is closed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orama_monitor.cluster_report import assess
from orama_monitor.snapshot import Snapshot
from tests.unit.clusters import healthy, host
from tests.unit.live.fakes import with_memory

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}", "PYTHONUNBUFFERED": "1"}
PROGRAM = [sys.executable, str(Path(__file__).parent / "program.py")]
ORAMA = [sys.executable, "-m", "orama_monitor.app", "monitor", "live"]
PATIENCE = 60


def saved(directory: Path, *snapshots: Snapshot) -> list[str]:
    flags = []
    for number, snapshot in enumerate(snapshots):
        later = snapshot.model_copy(update={"collected_at": snapshot.collected_at.replace(minute=number)})
        path = directory / f"{number}.json"
        path.write_text(assess(later).to_json())
        flags += ["--from", str(path)]
    return flags


class TestPlain:
    def test_a_block_for_each_saved_report(self, tmp_path: Path) -> None:
        flags = saved(tmp_path, healthy(), with_memory(95), healthy())
        done = subprocess.run(
            [*ORAMA, "--plain", *flags], env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0 and not done.stderr
        assert done.stdout.count("== 2026-02-16 12:0") == 3
        assert "Changed since the last refresh" in done.stdout
        assert "new warning" in done.stdout and "✓ resolved" in done.stdout
        assert "\x1b" not in done.stdout

    def test_without_a_terminal_it_is_plain(self, tmp_path: Path) -> None:
        flags = saved(tmp_path, healthy())
        done = subprocess.run(
            [*ORAMA, *flags], env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0 and "all 5 nodes healthy" in done.stdout and "\x1b" not in done.stdout

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_ends_it(self, number: signal.Signals, tmp_path: Path) -> None:
        with subprocess.Popen(
            [*PROGRAM, "plain", str(tmp_path / "said")],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout and process.stderr
            blocks = (line for line in process.stdout if line.startswith("=="))
            next(blocks)
            next(blocks)
            process.send_signal(number)
            _rest, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and not errors
        assert (tmp_path / "said").read_text().endswith("running: False")

    def test_a_signal_ends_a_collection_that_hangs(self, tmp_path: Path) -> None:
        with subprocess.Popen([*PROGRAM, "plain", str(tmp_path / "said"), host(2)], env=ENVIRONMENT) as process:
            wait_for_signals(process.pid)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        assert (tmp_path / "said").read_text() == "stopped: True, running: False"


def wait_for_signals(pid: int) -> None:
    """Until the process handles SIGTERM."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "SigCgt" in line)
        if int(caught.split()[1], 16) & (1 << (signal.SIGTERM - 1)):
            return
        time.sleep(0.02)
    raise AssertionError("it never came up")


class Terminal:
    """A process on a terminal of its own; ``controlled`` terminals send SIGHUP when they are closed."""

    def __init__(self, directory: Path, *held: str, controlled: bool = True) -> None:
        self._said = directory / "said"
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))

        def prepare() -> None:
            os.setsid()
            if controlled:
                os.close(os.open(os.ttyname(0), os.O_RDWR))

        environment = {**ENVIRONMENT, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [*PROGRAM, "screen", str(self._said), *held],
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=prepare,
        )
        os.close(slave)
        self.seen = ""

    def until(self, text: str) -> None:
        """Read until the text has been written."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
        assert text in self.seen

    def close(self) -> None:
        os.close(self.master)

    def said(self) -> str:
        return self._said.read_text()


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


class TestFullScreen:
    def test_q_gives_the_terminal_back(self, opened: list[Terminal], tmp_path: Path) -> None:
        terminal = Terminal(tmp_path)
        opened.append(terminal)
        terminal.until("healthy")
        os.write(terminal.master, b"q")
        terminal.until("\x1b[?1049l")
        assert terminal.process.wait(PATIENCE) == 0
        assert terminal.said().endswith("running: False")

    @pytest.mark.parametrize("controlled", [True, False], ids=["hangup", "only the end of input"])
    def test_a_closed_terminal_ends_it(self, opened: list[Terminal], tmp_path: Path, controlled: bool) -> None:
        terminal = Terminal(tmp_path, controlled=controlled)
        opened.append(terminal)
        terminal.until("healthy")
        terminal.close()
        assert terminal.process.wait(PATIENCE) == 0
        assert terminal.said().endswith("running: False")

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_a_collection_that_hangs(
        self, opened: list[Terminal], tmp_path: Path, number: signal.Signals
    ) -> None:
        terminal = Terminal(tmp_path, host(2))
        opened.append(terminal)
        terminal.until("4 of 5")
        terminal.process.send_signal(number)
        terminal.until("\x1b[?1049l")
        assert terminal.process.wait(PATIENCE) == 0
        assert terminal.said() == "stopped: True, running: False"
