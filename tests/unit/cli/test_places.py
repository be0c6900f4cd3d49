"""Places that one may not enter or that are gone, and homes that no shell has read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import START, Done, Run, ran
from tests.unit.cli.test_broken_controller import collected, run
from tests.unit.cli.test_flags import ASKED
from tests.unit.cli.test_helpers import completed

#: Before a command: permissions are for root, too.
LIKE_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.fixture
def closed(conf: Path) -> Iterator[Path]:
    """A conf in a folder that this user may not enter."""
    conf.parent.chmod(0)
    yield conf
    conf.parent.chmod(0o700)


def barred(folder: Path, *arguments: str | Path, start: str = START, **changes: Any) -> Done:
    """Run ``orama`` in a folder, as somebody whom permissions bind."""
    python = [*([] if os.geteuid() else LIKE_ANYBODY), sys.executable]
    return ran(python, folder, *arguments, start=start, **changes)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("cluster", "--env", "testnet"), "scripts/remote-nodes.conf"),
        (("inventory", "--env", "testnet"), "scripts/remote-nodes.conf"),
        (("mute", "--list"), "scripts/monitor-policy.yml"),
        (("mute", "DISK_HIGH", "--reason", "x"), "scripts/monitor-policy.yml"),
        (("mute", "DISK_HIGH", "--reason", "x", "--policy", "scripts/own.yml"), "scripts/own.yml"),
        (("alerts", "--env", "local", "--policy", "scripts/own.yml"), "scripts/own.yml"),
    ],
)
def test_a_place_that_is_needed_is_named(tmp_path: Path, closed: Path, arguments: tuple[str, ...], place: str) -> None:
    done = barred(tmp_path, "monitor", *arguments)
    assert (done.code, done.out, done.err) == (1, "", f"orama: {place}: Permission denied\n")


def test_what_needs_no_conf_is_not_held_up(tmp_path: Path, closed: Path, healthy_file: Path) -> None:
    for words in (("alerts", "--from", healthy_file), ("explain", "DISK_HIGH")):
        done = barred(tmp_path, "monitor", *words)
        assert (done.code, done.err) == (0, ""), words
    done = barred(tmp_path, "monitor", "report", "--env", "local", start=ASKED)
    assert (done.code, done.err) == (0, "30.0 None accept-new\n")


def test_a_conf_elsewhere_counts_where_the_usual_place_is_closed(tmp_path: Path, closed: Path) -> None:
    (tmp_path / "other.conf").write_text("othernet|root@198.18.0.99|node\n")
    done = barred(tmp_path, "monitor", "inventory", "--env", "othernet", ORAMA_NODES_CONF="other.conf")
    assert done.code == 0 and "198.18.0.99" in done.out


def test_a_completion_does_not_complain_of_a_closed_place(tmp_path: Path, closed: Path) -> None:
    (tmp_path / "other.conf").write_text("othernet|root@198.18.0.99|node\n")
    words = {"COMP_WORDS": "orama monitor cluster --env ", "COMP_CWORD": "4", "ORAMA_NODES_CONF": "other.conf"}
    done = barred(tmp_path, _ORAMA_COMPLETE="bash_complete", **words)
    assert (done.code, done.out, done.err) == (0, "plain,local\nplain,othernet\n", "")


def test_a_home_that_no_shell_has_read(orama: Run, tmp_path: Path) -> None:
    (tmp_path / "own.conf").write_text("othernet|root@198.18.0.99|node\n")
    home = {"HOME": str(tmp_path)}
    inventory = ("monitor", "inventory", "--env", "othernet")
    assert "198.18.0.99" in orama(*inventory, ORAMA_NODES_CONF="~/own.conf", **home).out
    assert "198.18.0.99" in orama(*inventory, "--config=~/own.conf", **home).out
    words = ("orama", "monitor", "cluster", "--config", "~/own.conf", "--env", "")
    assert completed(orama, *words, **home) == ["local", "othernet"]


def test_a_home_that_nobody_has(orama: Run) -> None:
    done = orama("monitor", "inventory", "--env", "othernet", ORAMA_NODES_CONF="~nobody.here/own.conf")
    assert done.code == 1 and done.err.startswith("orama: ~nobody.here/own.conf: no such file")


def test_a_current_directory_that_has_been_removed(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    collected(run(tmp_path, prepare=gone.rmdir, cwd=gone))
