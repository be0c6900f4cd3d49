"""What changed from one refresh to the next, and how the last hour went. Pure: no screen, no clock.

Only numbers and the names of alerts are kept, never a report, so that a day of refreshes weighs as much as an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from orama_monitor.alerts.alert import Alert, Key, Severity, may_be_one
from orama_monitor.live.unknown import why_unknown
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport, JudgedNode

LIMIT = 60
CHANGES = 100
FLAP_WINDOW = 20
FLAPS = 4  # times an alert came or went within the window before it counts as flapping
MESSAGE_LIMIT = 200

Kind = Literal["new", "resolved", "worse", "milder"]
Measure = Literal["load", "memory", "handshake", "alerts"]

_WINDOW = (1 << LIMIT) - 1


class Numbers(NamedTuple):
    """One node at one moment: load of one minute, memory in percent, oldest handshake in s, alerts that stand."""

    load: float | None
    memory: int | None
    handshake: int | None
    alerts: int


class Point(NamedTuple):
    """One refresh: alerts by severity, worst first, and each node's numbers."""

    at: datetime
    alerts: tuple[int, int, int]
    nodes: dict[str, Numbers]


class Change(NamedTuple):
    """Something that was not so at the refresh before."""

    at: datetime
    kind: Kind
    code: str
    node: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Track:
    """An alert over time. ``seen`` has a bit a refresh, the newest lowest; ``since`` is when it last came or went.

    ``muted``: it is, or what explains it is.
    """

    severity: Severity
    message: str
    muted: bool
    since: datetime
    from_start: bool
    seen: int

    @property
    def stands(self) -> bool:
        return bool(self.seen & 1)

    @property
    def turns(self) -> int:
        """How often it came or went lately."""
        return ((self.seen ^ (self.seen >> 1)) & ((1 << FLAP_WINDOW) - 1)).bit_count()

    @property
    def flaps(self) -> bool:
        return self.turns >= FLAPS


@dataclass(frozen=True, slots=True)
class History:
    """The last refreshes. ``add`` gives the history after one more."""

    points: tuple[Point, ...] = ()
    changes: tuple[Change, ...] = ()
    tracks: dict[Key, Track] | None = None

    def add(self, report: ClusterReport) -> History:
        at = report.meta.collected_at
        standing = _by_key(report.alerts)
        known = _followed(self.tracks or {}, standing.keys())
        heard = {alert.key for alert in report.standing()}
        tracks: dict[Key, Track] = {}
        changes: list[Change] = []
        for key in [*standing, *(key for key in known if key not in standing)]:
            if key in standing:
                track = _with(known.get(key), standing[key], at, first=not self.points, muted=key not in heard)
            else:
                code, node, _about = key
                stays = known[key].stands and why_unknown(report, code, node) is not None
                track = _without(known[key], at, stays=stays)
            if track.seen:
                tracks[key] = track
                changes += _changes(key, known.get(key), track, at, first=not self.points)
        return History(
            points=(*self.points, _point(report))[-LIMIT:],
            changes=(*self.changes, *sorted(changes, key=_urgency))[-CHANGES:],
            tracks=tracks,
        )

    @property
    def last_at(self) -> datetime | None:
        """When the last refresh was."""
        return self.points[-1].at if self.points else None

    def track(self, alert: Alert) -> Track | None:
        return (self.tracks or {}).get(alert.key)

    def is_new(self, alert: Alert) -> bool:
        """Whether it came with the last refresh."""
        track = self.track(alert)
        return bool(track and track.stands and not track.from_start and track.since == self.last_at)

    def gone(self, last: int) -> list[tuple[Key, Track]]:
        """What was resolved within the ``last`` refreshes and what is gone but flaps, the latest first."""
        recent = {point.at for point in self.points[-last:]}
        found = [
            (key, track)
            for key, track in (self.tracks or {}).items()
            if not track.stands and not track.muted and (track.since in recent or track.flaps)
        ]
        return sorted(found, key=lambda item: (item[1].since, item[0]), reverse=True)

    def series(self, measure: Measure, host: str | None = None) -> list[float | None]:
        """A measure over the refreshes: of one node, or the highest of all (alerts: all that stand)."""
        if measure == "alerts" and host is None:
            return [float(sum(point.alerts)) for point in self.points]
        return [_value(point, measure, host) for point in self.points]

    def highest(self, measure: Measure) -> tuple[str, float] | None:
        """The node with the highest value now."""
        if not self.points:
            return None
        values = ((host, getattr(numbers, measure)) for host, numbers in self.points[-1].nodes.items())
        return max(
            ((host, value) for host, value in values if value is not None), key=lambda item: item[1], default=None
        )


def _by_key(alerts: Iterable[Alert]) -> dict[Key, Alert]:
    """The alerts by their key, of those that share one the worst."""
    found: dict[Key, Alert] = {}
    for alert in alerts:
        if alert.key not in found or alert.severity.rank < found[alert.key].severity.rank:
            found[alert.key] = alert
    return found


def _followed(known: dict[Key, Track], standing: Set[Key]) -> dict[Key, Track]:
    """The tracks, under its new key where an alert stays and speaks of one thing more, or less, than before."""
    left: dict[tuple[str, str], list[Key]] = {}
    for key, track in known.items():
        if track.stands and key not in standing:
            left.setdefault(key[:2], []).append(key)
    moved: dict[Key, Key] = {}
    for key in standing - known.keys():
        candidates = left.get(key[:2], [])
        before = next((other for other in candidates if may_be_one(other[2], key[2])), None)
        if before is not None:
            candidates.remove(before)
            moved[before] = key
    return {moved.get(key, key): track for key, track in known.items()}


def _with(before: Track | None, alert: Alert, at: datetime, first: bool, muted: bool) -> Track:
    """The track after a refresh at which the alert stands."""
    seen = (((before.seen if before else 0) << 1) | 1) & _WINDOW
    since, from_start = (before.since, before.from_start) if before and before.stands else (at, first)
    return Track(alert.severity, clean(alert.message, MESSAGE_LIMIT), muted, since, from_start, seen)


def _without(before: Track, at: datetime, stays: bool) -> Track:
    """The track after a refresh without the alert, which ``stays`` where it is not known to have gone."""
    seen = ((before.seen << 1) | stays) & _WINDOW
    if before.stands and not stays:
        return replace(before, since=at, from_start=False, seen=seen)
    return replace(before, seen=seen)


def _changes(key: Key, before: Track | None, after: Track, at: datetime, first: bool) -> Iterable[Change]:
    kind: Kind
    if first or after.muted:
        return
    if before is None or before.stands != after.stands:
        kind = "new" if after.stands else "resolved"
    elif after.stands and before.severity is not after.severity:
        kind = "worse" if after.severity.rank < before.severity.rank else "milder"
    elif after.stands and before.muted:
        kind = "new"
    else:
        return
    code, node, _about = key
    yield Change(at, kind, code, node, after.severity, after.message)


def _urgency(change: Change) -> tuple[bool, int, str, str]:
    return change.kind == "resolved", change.severity.rank, change.code, change.node


def _point(report: ClusterReport) -> Point:
    said = report.summary
    counts: dict[str, int] = {}
    for alert in report.standing():
        counts[alert.node] = counts.get(alert.node, 0) + 1
    return Point(
        at=report.meta.collected_at,
        alerts=(said.critical_alerts, said.warning_alerts, said.info_alerts),
        nodes={node.host: _numbers(node, counts.get(node.host, 0)) for node in report.nodes},
    )


def _numbers(node: JudgedNode, alerts: int) -> Numbers:
    system = node.report.system if node.report else None
    wireguard = node.report.wireguard if node.report else None
    ages = [peer.handshake_age_sec for peer in (wireguard.peers if wireguard else None) or []]
    return Numbers(
        load=system.load_avg_1 if system else None,
        memory=system.mem_use_pct if system else None,
        handshake=max((age for age in ages if age is not None), default=None),
        alerts=alerts,
    )


def _value(point: Point, measure: Measure, host: str | None) -> float | None:
    if host is not None:
        numbers = point.nodes.get(host)
        return getattr(numbers, measure) if numbers else None
    return max((value for n in point.nodes.values() if (value := getattr(n, measure)) is not None), default=None)
