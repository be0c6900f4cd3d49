"""Amounts as a person would say them, and what counts as fresh."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text

from orama_monitor.report import WireguardPeer
from orama_monitor.views import style


def percent(value: int | None) -> str | None:
    return None if value is None else f"{value}%"


def hundredths(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def seconds(value: float | None) -> str | None:
    """A duration in the unit a person would choose."""
    if value is None:
        return None
    for unit, length, least in (("d", 86400, 2 * 86400), ("h", 3600, 3600), ("m", 60, 120)):
        if value >= least:
            return f"{int(value // length)}{unit}"
    return f"{int(value)}s"


def whole(duration: str | None) -> str | None:
    """A duration as Go writes it, such as ``17m43.414774093s``, without the fractions."""
    return duration and re.sub(r"(\d)\.\d+", r"\1", duration)


def size(value: int | None) -> str | None:
    """Bytes in binary units."""
    if value is None:
        return None
    amount = float(value)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if amount < 1024 or unit == "TiB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError


def megabytes(value: int | None) -> str:
    """MiB, in GiB once there are many."""
    return "?" if value is None else size(value * 1024 * 1024) or "?"


def fresh(peer: WireguardPeer, stale_after: float) -> bool:
    return peer.handshake_age_sec is not None and peer.handshake_age_sec <= stale_after


def heard(peers: Sequence[WireguardPeer], stale_after: float) -> Text:
    """How many of the peers were heard lately."""
    return of(sum(fresh(peer, stale_after) for peer in peers), len(peers))


def handshake(peer: WireguardPeer, stale_after: float, word: bool = True) -> Text:
    """The age of a handshake, marked when it is stale or there was none; one in the future has none that is known."""
    if peer.handshake_age_sec is None and peer.latest_handshake is not None:
        return Text("?", style=style.DIM)
    if peer.handshake_age_sec is None:
        return Text("✗ never" if word else "✗", style=style.BAD)
    age = seconds(peer.handshake_age_sec)
    return Text(f"{age}") if fresh(peer, stale_after) else Text(f"{age}!", style=style.WARN)


def of(good: int, total: int) -> Text:
    """``good/total``, marked when something is missing."""
    return Text(f"{good}/{total}") if good == total else Text(f"{good}/{total}!", style=style.WARN)
