"""Secrets of the lab are looked for wherever a collection could leave them: while it runs and afterwards."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_lab.topology import ENVIRONMENT, HOME
from orama_monitor.nodes import read_nodes
from tests.lab.commands import BIN

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def secrets(lab: Lab) -> dict[str, bytes]:
    """What must never be seen, by what it is."""
    found = {f"password of {node.host}": node.password for node in read_nodes(lab.conf) if node.password}
    for node in lab.nodes:
        found[f"WireGuard key of {node.name}"] = lab.ssh(node.name, "wg show wg0 private-key")
    found["swarm key"] = lab.ssh("n1", f"tail -n 1 {HOME}/data/ipfs/repo/swarm.key")
    assert len(found) >= len(lab.nodes) + 2
    return {name: value.strip().encode() for name, value in found.items()}


class Watch:
    """Reads every command line, environment and temporary file again and again while something runs."""

    def __init__(self, secrets: dict[str, bytes], temporary: Path) -> None:
        self.secrets = secrets
        self.temporary = temporary
        self.seen: set[str] = set()
        self.looks = 0
        self.over = threading.Event()

    def watch(self) -> None:
        while not self.over.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    self.look(process / name)
            for file in self.temporary.rglob("*"):
                if file.is_file():
                    self.look(file)
            self.looks += 1

    def look(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            text = path.read_bytes()
            self.seen |= {f"{name} in {path}" for name, secret in self.secrets.items() if secret in text}


@contextlib.contextmanager
def watching(secrets: dict[str, bytes], temporary: Path) -> Iterator[Watch]:
    watch = Watch(secrets, temporary)
    thread = threading.Thread(target=watch.watch)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


@pytest.mark.parametrize("words", [["report"], ["cluster", "-vvv"]], ids=["report", "verbose"])
def test_no_secret_is_seen_while_collecting_or_afterwards(
    lab: Lab, secrets: dict[str, bytes], temporary: Path, words: list[str]
) -> None:
    argv = [str(BIN / "orama"), "monitor", *words, "--env", ENVIRONMENT, "--config", str(lab.conf)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with watching(secrets, temporary) as watch:
        done = subprocess.run(lab.control(argv), env=environment, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert watch.looks > 3
    assert watch.seen == set()
    for name, secret in secrets.items():
        assert secret not in done.stdout + done.stderr, name


def test_no_secret_is_left_in_the_nodes_journals(lab: Lab, secrets: dict[str, bytes]) -> None:
    for node in lab.nodes:
        journal = lab.ssh(node.name, "journalctl --no-pager --since=-10min --output=cat")
        assert [name for name, secret in secrets.items() if secret.decode() in journal] == []
