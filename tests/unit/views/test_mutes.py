"""The list of mutes."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.text import Text

from orama_monitor.alerts.policy import Mute
from orama_monitor.views import mutes

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
MUTES = [
    Mute(code="DISK_HIGH", node="198.51.100.*", until=NOON.replace(hour=11), reason="a disk is ordered"),
    Mute(code="SERVICE_FAILED", env="testnet", about=["caddy", "coredns"], until=NOON.replace(hour=13)),
    Mute(code="WG_DOWN", reason="\x1b[2Jknown"),
]


def shown(found: list[Mute], width: int = 120) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(mutes.render(found, NOON))
    return stream.getvalue().splitlines()


def test_each_says_where_and_until_when() -> None:
    header, over, for_an_hour, for_good = shown(MUTES)
    assert header.split()[:3] == ["CODE", "ENV", "NODE"]
    assert "198.51.100.*" in over and "2026-02-16 11:00, over" in over and over.endswith("a disk is ordered")
    assert for_an_hour.split()[:3] == ["SERVICE_FAILED", "testnet", "*"]
    assert "caddy, coredns" in for_an_hour and "2026-02-16 13:00 " in for_an_hour and "over" not in for_an_hour
    assert "for good" in for_good and "\x1b" not in for_good


@pytest.mark.parametrize("width", [60, 80, 200])
def test_lines_fit(width: int) -> None:
    assert all(Text(line).cell_len <= width for line in shown(MUTES, width))


def test_none_is_said() -> None:
    assert shown([]) == ["Nothing is muted."]
