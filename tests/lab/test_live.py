"""The live view in a real terminal, against real nodes: opened, every tab, a fault and its end, closed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from orama_lab import Lab
from orama_lab.topology import ENVIRONMENT
from tests.lab.commands import broken

pytestmark = pytest.mark.lab

INTERVAL = 5
PATIENCE = 120
BIN = Path(sys.executable).parent


class Terminal:
    """A tmux server of its own with one window, and the program in it."""

    def __init__(self, command: list[str], environment: dict[str, str], width: int = 80, height: int = 24) -> None:
        self.name = f"orama-live-{uuid.uuid4().hex[:8]}"
        words = ["env", *(f"{name}={value}" for name, value in environment.items()), *command]
        # A shell with job control, as an operator has one: when the program is suspended, Enter brings it back.
        script = f"set -m; {shlex.join(words)} || {{ read -r _; fg; }}"
        shell = shlex.join(["bash", "-c", script])
        self._tmux("new-session", "-d", "-s", "live", "-x", str(width), "-y", str(height), shell)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.name, *words], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", "-t", "live", *keys)

    @property
    def text(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "live")

    @property
    def processes(self) -> list[psutil.Process]:
        """What runs in it."""
        pid = self._tmux("list-panes", "-t", "live", "-F", "#{pane_pid}").strip()
        if not pid or not psutil.pid_exists(int(pid)):
            return []
        return [psutil.Process(int(pid)), *psutil.Process(int(pid)).children(recursive=True)]

    def close(self) -> None:
        self._tmux("kill-server")


def words(process: psutil.Process) -> str:
    """Its command line; nothing once it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def until(terminal: Terminal, condition: Callable[[str], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition(terminal.text):
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {patience:.0f} s: {what}\n{terminal.text}")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the program keeps its temporary files; short, for the sockets of ssh."""
    return tmp_path_factory.mktemp("t")


@pytest.fixture
def terminal(lab: Lab, home: Path, lacks: Callable[[str], NoReturn]) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        lacks("the live view is driven in tmux (tests/lab/packages)")
    command = ["orama", "monitor", "live", "--interval", str(INTERVAL), "--env", ENVIRONMENT, "--config", str(lab.conf)]
    environment = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(home), "TERM": "tmux-256color"}
    opened = Terminal(lab.control([str(BIN / command[0]), *command[1:]]), environment)
    try:
        yield opened
    finally:
        opened.close()


def nothing_left(home: Path, processes: list[psutil.Process]) -> None:
    """No process of it runs, and no file or socket of it is there."""
    _gone, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive
    mine = [
        process for process in psutil.process_iter(["cmdline"]) if str(home) in " ".join(process.info["cmdline"] or [])
    ]
    assert not mine
    assert not [path for path in home.rglob("*") if not path.is_dir()]
    assert not list(home.rglob("run-*"))


def test_a_fault_comes_and_goes_on_the_screen(lab: Lab, terminal: Terminal, home: Path) -> None:
    until(terminal, lambda text: f"all {len(lab.nodes)} nodes healthy" in text, "the first answers")
    for key, words in (
        ("2", "RQLITE"),
        ("3", "not installed"),
        ("4", "HEARS"),
        ("5", "COREDNS"),
        ("6", "NAMESPACE"),
        ("7", "No alerts"),
        ("Tab", "Highest of all nodes"),
    ):
        terminal.press(key)
        until(terminal, lambda text, words=words: words in text, f"the tab with {words}", patience=10)  # type: ignore[misc]
    terminal.press("7")
    with broken(lab, "rqlite-stopped"):
        until(terminal, lambda text: "NEW" in text and "RQLITE" in text, "the alert")
        terminal.press("Enter")
        until(terminal, lambda text: "What to do" in text, "its detail", patience=10)
        terminal.press("Escape")
    until(terminal, lambda text: "✓ resolved" in text and "0 alerts" not in text, "that it is resolved")
    until(terminal, lambda text: f"all {len(lab.nodes)} nodes healthy" in text, "the good news")
    processes = terminal.processes
    terminal.press("q")
    nothing_left(home, processes)


def test_a_closed_terminal_leaves_nothing(lab: Lab, terminal: Terminal, home: Path) -> None:
    until(terminal, lambda text: f"all {len(lab.nodes)} nodes healthy" in text, "the first answers")
    until(terminal, lambda text: f"of {len(lab.nodes)} ·" in text, "the next collection")
    until(
        terminal, lambda _text: any("ansible-playbook" in words(process) for process in terminal.processes), "Ansible"
    )
    processes = terminal.processes
    terminal.close()
    nothing_left(home, processes)


def test_suspended_and_resumed(lab: Lab, terminal: Terminal, home: Path) -> None:
    until(terminal, lambda text: f"all {len(lab.nodes)} nodes healthy" in text, "the first answers")
    shell, *_rest = terminal.processes
    (program,) = shell.children()
    terminal.press("C-z")
    until(terminal, lambda _text: program.status() == psutil.STATUS_STOPPED, "the suspension", patience=20)
    terminal.press("Enter")
    until(terminal, lambda text: f"all {len(lab.nodes)} nodes healthy" in text, "the screen again")
    processes = terminal.processes
    terminal.press("q")
    nothing_left(home, processes)
