"""The cluster at a glance: a line a node, what hurts first, then the summary and the root alerts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.report import NodeReport, System
from orama_monitor.views import alerts, headline, silent, style
from orama_monitor.views.amounts import heard, hundredths, of, percent, seconds
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.flow import Flow
from orama_monitor.views.hosts import host, host_column, role
from orama_monitor.views.text import UNKNOWN, clean, text

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport, JudgedNode

COLUMNS = (
    Column("STATUS"),
    Column("ROLE", priority=7),
    Column("ALERTS", priority=1),
    Column("RQLITE", priority=2),
    Column("WG", priority=3, justify="right"),
    Column("UNITS", priority=4, justify="right"),
    Column("MEM", priority=5, justify="right"),
    Column("DISK", priority=6, justify="right"),
    Column("LOAD", priority=8, justify="right"),
    Column("MS", priority=9, justify="right"),
    Column("VERSION", priority=10),
    Column("HOSTNAME", priority=11),
    Column("UPTIME", priority=12, justify="right"),
)
_STATUS_RANK = {"unreachable": 0, "degraded": 1, "healthy": 2}


def render(report: ClusterReport, least: Severity | None = None, unfold: bool = False) -> RenderableType:
    """The whole page."""
    return Group(
        headline.render(report),
        Text(),
        table(report),
        *silent.lines(report),
        Text(),
        summary(report),
        Text(),
        alerts.listing(report, least, unfold),
    )


def table(report: ClusterReport) -> RenderableType:
    """A line a node: unreachable and degraded ones first, then those with alerts, else in the conf's order."""
    if not report.nodes:
        return Text("No nodes.", style=style.DIM)
    return Table([host_column(node.host for node in report.nodes), *COLUMNS], list(_rows(report)))


def cells(report: ClusterReport) -> list[list[str]]:
    """The table as plain text, its header first."""
    return [["NODE", *(column.header for column in COLUMNS)], *([cell.plain for cell in row] for row in _rows(report))]


def _rows(report: ClusterReport) -> Iterator[list[Text]]:
    by_host: dict[str, list[Alert]] = {}
    for alert in report.standing():
        by_host.setdefault(alert.node, []).append(alert)
    for node in sorted(report.nodes, key=lambda node: _urgency(node, by_host.get(node.host, []))):
        yield _row(node, by_host.get(node.host, []), report.stale_after)


def _urgency(node: JudgedNode, found: list[Alert]) -> tuple[int, int]:
    worst = style.worst(found)
    return _STATUS_RANK[node.status], len(Severity) if worst is None else worst.rank


def _row(node: JudgedNode, found: list[Alert], stale_after: float) -> list[Text]:
    report = node.report
    system = (report.system if report else None) or System()
    return [
        host(node.host),
        style.status(node.status),
        role(node.role),
        counts(found),
        raft(report),
        _peers(report, stale_after),
        _units(report),
        style.figure(percent(system.mem_use_pct), style.worst(found, "MEMORY_HIGH")),
        style.figure(percent(system.disk_use_pct), style.worst(found, "DISK_HIGH")),
        style.figure(hundredths(system.load_avg_1), style.worst(found, "LOAD_HIGH")),
        text(node.collection_ms),
        text(report.version if report else None),
        text(report.hostname if report else None),
        text(seconds(system.uptime_seconds)),
    ]


def counts(found: list[Alert]) -> Text:
    """How many alerts of each severity: ``2✗ 1!``."""
    parts = []
    for severity in Severity:
        count = sum(alert.severity is severity for alert in found)
        if count:
            parts.append(Text(f"{count}{style.symbol(severity).plain}", style=style.severity_style(severity)))
    return Text(" ").join(parts) if parts else text(None)


def raft(report: NodeReport | None) -> Text:
    """What RQLite is on this node."""
    rqlite = report.rqlite if report else None
    if rqlite is None:
        return text(None)
    if rqlite.responsive is False:
        return Text("✗ down", style=style.BAD)
    state = clean(rqlite.raft_state or "?", 12)
    if state == "Leader":
        return Text(state, style=style.TITLE)
    if state == "Follower":
        return Text(state if rqlite.voter is not False else "Non-voter")
    return Text(f"! {state}", style=style.WARN)


def _peers(report: NodeReport | None, stale_after: float) -> Text:
    """Peers with a fresh handshake of all peers."""
    wireguard = report.wireguard if report else None
    if wireguard is None:
        return text(None)
    if wireguard.interface_up is False:
        return Text("✗ down", style=style.BAD)
    if wireguard.peers is None:
        return text(wireguard.peer_count)
    return heard(wireguard.peers, stale_after)


def _units(report: NodeReport | None) -> Text:
    """Units that run of those installed that should: the enabled ones."""
    services = report.services if report else None
    if services is None or services.services is None:
        return text(None)
    wanted = [s for s in services.services if s.load_state == "loaded" and (s.enabled or s.active_state == "active")]
    return of(sum(s.active_state == "active" for s in wanted), len(wanted))


def summary(report: ClusterReport) -> RenderableType:
    """The cluster's state in a line or two."""
    said = report.summary
    raft_term = UNKNOWN if said.rqlite_raft_term is None else said.rqlite_raft_term
    rqlite = f"leader {said.rqlite_leader or UNKNOWN}, voters {said.rqlite_voters or UNKNOWN}, term {raft_term}"
    told = (("RQLite", rqlite), ("Mesh", said.wg_mesh_status), ("Services", said.service_health))
    return Flow([Text.assemble((f"{name}: ", style.DIM), clean(value)) for name, value in told])
