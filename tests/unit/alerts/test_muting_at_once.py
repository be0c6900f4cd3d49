"""Mutes that are written at the same time, and whose file it is afterwards."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from orama_monitor.alerts import muting
from orama_monitor.alerts.policy import parse_policy, read_policy
from orama_monitor.errors import MonitorError

CODES = ["DISK_HIGH", "ZOMBIES", "SERVICE_FAILED"]


def test_of_several_mutes_at_once_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "policy.yml"

    def slow(text: str, where: Path) -> object:
        time.sleep(0.05)
        return parse_policy(text, where)

    monkeypatch.setattr(muting, "parse_policy", slow)
    threads = [threading.Thread(target=muting.add_mute, args=(path, code)) for code in CODES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mute.code for mute in read_policy(path).mutes) == sorted(CODES)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_mute_by_root_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.touch(0o640)
    os.chown(path, 12345, 12345)
    muting.add_mute(path, "ZOMBIES")
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (12345, 12345, 0o640)


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MonitorError, match="File exists"):
        muting.add_mute(tmp_path / "file" / "policy.yml", "ZOMBIES")


def test_where_there_are_no_locks_it_mutes_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    muting.add_mute(tmp_path / "policy.yml", "ZOMBIES")
    assert [mute.code for mute in read_policy(tmp_path / "policy.yml").mutes] == ["ZOMBIES"]


def test_nobody_waits_long_for_another_who_mutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(muting, "PATIENCE", 0.1)
    with muting._alone(tmp_path / "policy.yml"), pytest.raises(MonitorError, match="somebody else is writing it"):
        muting.add_mute(tmp_path / "policy.yml", "ZOMBIES")
