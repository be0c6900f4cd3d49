"""What the others know of a node that did not answer: is it dead, or is it only SSH that does not reach it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from orama_monitor.alerts.cluster import only_address
from orama_monitor.report import RqliteNode, WireguardPeer
from orama_monitor.views import style
from orama_monitor.views.amounts import fresh, seconds
from orama_monitor.views.flow import Flow
from orama_monitor.views.peers import by_endpoint
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

SHOWN = 5


def lines(report: ClusterReport) -> Iterator[Flow]:
    """A line for each node that did not answer, the first few, where the others know it."""
    for host in [node.host for node in report.nodes if node.report is None][:SHOWN]:
        facts = list(_facts(report, host))
        if facts:
            yield Flow(facts, label=Text(f"? {clean(host)}  ", style=style.WARN))


def _facts(report: ClusterReport, host: str) -> Iterator[Text]:
    peers = list(_peers(report, host))
    ages = [peer.handshake_age_sec for peer in peers if peer.handshake_age_sec is not None]
    if peers:
        last = f"{seconds(min(ages))} ago" if ages else "never"
        lately = sum(fresh(peer, report.stale_after) for peer in peers)
        yield Text(f"last heard over WireGuard {last}")
        yield Text(f"heard lately by {lately} of {len(peers)}")
    members = list(_members(report, {only_address(peer.allowed) for peer in peers}))
    if members:
        reached = sum(bool(member.reachable) for member in members)
        yield Text(f"its RQLite reached from {reached} of {len(members)}")


def _peers(report: ClusterReport, host: str) -> Iterator[WireguardPeer]:
    """The node as its peers have it."""
    for node in report.nodes:
        wireguard = node.report.wireguard if node.report else None
        yield from (peer for peer in (wireguard and wireguard.peers) or [] if by_endpoint(peer, {host}))


def _members(report: ClusterReport, addresses: set[str | None]) -> Iterator[RqliteNode]:
    """The node as the members of its RQLite cluster have it."""
    for node in report.nodes:
        rqlite = node.report.rqlite if node.report else None
        for member in ((rqlite and rqlite.nodes) or {}).values():
            if member.addr and only_address(member.addr.rpartition(":")[0].strip("[]")) in addresses - {None}:
                yield member
