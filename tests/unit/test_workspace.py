"""The private directories of a run."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orama_monitor import workspace
from orama_monitor.errors import MonitorError


@pytest.fixture(autouse=True)
def temporary_files_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_run_directory_is_private_and_goes_away(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), workspace.run_directory() as directory:
        (directory / "file").write_text("x")
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        raise RuntimeError
    assert list(workspace.user_directory().iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = workspace.user_directory() / f"run-{gone.pid}-abc"
    running = workspace.user_directory() / f"run-{os.getpid()}-def"
    for path in (left, running):
        path.mkdir()
        (path / "file").write_text("x")
    with workspace.run_directory():
        assert not left.exists()
        assert running.exists()


def test_a_directory_that_others_can_enter_is_refused() -> None:
    workspace.user_directory().chmod(0o755)
    with pytest.raises(MonitorError, match="not a private directory of this user"):
        workspace.user_directory()


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / f"orama-monitor-{os.getuid()}").symlink_to(elsewhere)
    with pytest.raises(MonitorError, match="not a private directory of this user"):
        workspace.run_directory().__enter__()


def test_closing_connections_removes_dead_sockets() -> None:
    socket = workspace.control_directory() / "dead"
    socket.touch()
    workspace.close_connections()
    assert not socket.exists()


def test_who_leaves_last_closes_the_connections() -> None:
    socket = workspace.control_directory() / "dead"
    socket.touch()
    with workspace.connections_in_use():
        with workspace.connections_in_use():
            workspace.leave_connections()
        workspace.leave_connections()
        assert socket.exists()
    workspace.leave_connections()
    assert not socket.exists()


def test_sockets_get_a_short_path_where_temporary_files_have_a_long_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert workspace.control_directory() == Path(f"/tmp/orama-monitor-{os.getuid()}/ssh")


def test_warm_connections_end_where_the_path_has_a_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr(workspace, "LONGEST_BASE", 1000)
    (workspace.control_directory() / "warm").touch()
    said: list[str] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        done = real([*command[:3], "-G", "none"], **options)
        said.extend(done.stdout.decode().splitlines())
        return done

    monkeypatch.setattr(subprocess, "run", run)
    workspace.close_connections()
    assert f"controlpath {workspace.control_directory()}/warm" in said
