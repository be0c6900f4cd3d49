"""Files put in place whole: what stands there keeps what it has, and what is no file stays what it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from orama_monitor import files
from orama_monitor.errors import MonitorError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_permissions_that_are_asked_for_and_one_that_is_there_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    files.replace(path, "1", mode=0o600)
    assert (path.read_text(), mode(path)) == ("1", 0o600)
    path.chmod(0o640)
    files.replace(path, "2", mode=0o600)
    assert (path.read_text(), mode(path)) == ("2", 0o640)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="an owner is root's to give")
def test_root_leaves_a_file_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("1")
    os.chown(path, 12345, 54321)
    files.replace(path, "2", mode=0o600)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "report.json", tmp_path / "there" / "latest.json"
    link.symlink_to(target)
    for text in ("new", "again"):
        files.replace(link, text, mode=0o600)
        assert link.is_symlink() and not target.is_symlink() and target.read_text() == text


@pytest.mark.parametrize("by_link", [False, True])
def test_what_is_no_regular_file_is_refused_and_stays(tmp_path: Path, by_link: bool) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "stdout"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    given = link if by_link else pipe
    with pytest.raises(MonitorError, match=f"{given}: this is no regular file"):
        files.replace(given, "text", mode=0o600)
    assert pipe.is_fifo() and link.is_symlink()


def test_a_pipe_without_a_name_is_refused_as_by_dev_stdout() -> None:
    """Where standard output is a pipe, /dev/stdout leads to a name that is none."""
    reading, writing = os.pipe()
    try:
        with pytest.raises(MonitorError, match="this is no regular file"):
            files.replace(Path(f"/dev/fd/{writing}"), "text", mode=0o600)
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.parametrize("make", ["loop", "file"])
def test_a_place_that_can_not_be_is_one_line(tmp_path: Path, make: str) -> None:
    if make == "loop":
        path = tmp_path / "loop"
        path.symlink_to(path)
    else:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "report.json"
    with pytest.raises(MonitorError, match=f"{path}: [A-Z][a-z ]+$"):
        files.replace(path, "text", mode=0o600)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_where_the_disk_is_full_nothing_is_left_beside_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    def full(handle: int, *_words: Any, **_options: Any) -> Any:
        os.close(handle)
        return real(os.open("/dev/full", os.O_WRONLY), "w", encoding="utf-8")

    path = tmp_path / "report.json"
    path.write_text("before")
    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(MonitorError, match="No space left on device"):
        files.replace(path, "text", mode=0o600)
    assert list(tmp_path.iterdir()) == [path] and path.read_text() == "before"


@pytest.mark.skipif(os.geteuid() != 0, reason="an owner is root's to give")
@pytest.mark.parametrize("is_link", [False, True])
def test_what_another_user_laid_where_everyone_may_write_is_refused(tmp_path: Path, is_link: bool) -> None:
    victim, planted = tmp_path / "victim", tmp_path / "shared" / "report.json"
    victim.write_text("mine")
    planted.parent.mkdir()
    planted.parent.chmod(0o1777)
    if is_link:
        planted.symlink_to(victim)
    else:
        planted.write_text("theirs")
    os.chown(planted, 12345, 54321, follow_symlinks=False)
    with pytest.raises(MonitorError, match="this is another user's"):
        files.replace(planted, "text", mode=0o600)
    assert victim.read_text() == "mine" and planted.is_symlink() == is_link
    assert is_link or planted.read_text() == "theirs"
