"""The password that a worker of Ansible leaves in shared memory where it is ended before ssh is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orama_monitor import children, collect, shared_memory
from orama_monitor.nodes import read_nodes

PASSWORD = "S3CRET-of-a-node"


@pytest.fixture
def segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shared_memory, "SEGMENTS", tmp_path)
    return tmp_path


def segment(folder: Path, name: str, password: object = PASSWORD, size: int = 16384) -> Path:
    """As Ansible writes it."""
    path = folder / name
    path.write_bytes(json.dumps({"password": password, "prompt": "assword"}).encode().ljust(size, b"\0"))
    return path


@pytest.fixture
def ssh() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for the ssh of the segment psm_used."""
    code = "import time; print(flush=True); time.sleep(60)"
    environment = {**os.environ, shared_memory.VARIABLE: "psm_used"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"\n"
        yield process
        process.kill()


def test_only_what_holds_our_password_and_serves_nobody_is_removed(
    segments: Path, ssh: subprocess.Popen[bytes]
) -> None:
    left = segment(segments, "psm_left")
    elsewhere = segments / "elsewhere"
    elsewhere.mkdir()
    (segments / "psm_link").symlink_to(segment(elsewhere, "psm_aim"))
    (segments / "psm_other").write_bytes(b"\0" * 100)
    (segments / "psm_list").write_text("[1]")
    kept = [
        segment(segments, "psm_used"),
        segment(segments, "psm_another", "another's"),
        segment(segments, "psm_number", 7),
        segment(segments, "no-segment"),
        segment(segments, "psm_large", size=shared_memory.LARGEST + 1),
    ]
    shared_memory.clear({PASSWORD})
    assert not left.exists()
    assert all(path.exists() for path in kept)
    assert {"psm_link", "psm_other", "psm_list"} <= {path.name for path in segments.iterdir()}


def test_what_a_child_was_told_of_goes_with_it(segments: Path, ssh: subprocess.Popen[bytes]) -> None:
    left = segment(segments, "psm_used")
    children.end({PASSWORD})
    assert not left.exists()
    assert ssh.wait(timeout=10) != 0


def held() -> list[Path]:
    paths = shared_memory.SEGMENTS.glob("psm_*")
    return [path for path in paths if shared_memory._password(path) == PASSWORD]


def test_a_stopped_collection_leaves_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Python 3.12 and older what Ansible's worker leaves would go without us, too."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stop, seen = threading.Event(), threading.Event()

    def stop_when_seen() -> None:
        ends = time.monotonic() + 60
        while time.monotonic() < ends and not held():
            time.sleep(0.01)
        if held():
            seen.set()
        stop.set()

    with socket.create_server(("127.0.0.2", 0)) as silent:
        conf = tmp_path / "nodes.conf"
        conf.write_text(f"testnet|nobody@127.0.0.2:{silent.getsockname()[1]}|{PASSWORD}|node\n")
        nodes = read_nodes(conf)
        watcher = threading.Thread(target=stop_when_seen)
        watcher.start()
        snapshot = collect.collect(collect.Request(nodes=nodes, everyone=nodes, conf=conf, timeout=60), stop=stop)
        watcher.join()
    assert snapshot.partial and seen.is_set()
    assert held() == []
