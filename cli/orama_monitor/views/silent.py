"""What the others know of a node that did not answer: is it dead, or is it only SSH that does not reach it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts.cluster import only_address
from orama_monitor.alerts.words import number
from orama_monitor.report import RqliteNode, WireguardPeer
from orama_monitor.views import style
from orama_monitor.views.amounts import fresh, seconds
from orama_monitor.views.flow import Flow
from orama_monitor.views.peers import by_endpoint
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

SHOWN = 5


def lines(report: ClusterReport) -> Iterator[RenderableType]:
    """A line for each node that did not answer where the others know it: the first few, and how many more there are."""
    hosts = [node.host for node in report.nodes if node.report is None]
    if not hosts:
        return
    peers = _peers(report, set(hosts))
    members = _members(report, {only_address(peer.allowed): host for host, its in peers.items() for peer in its})
    known = [host for host in hosts if host in peers]
    for host in known[:SHOWN]:
        facts = _facts(peers[host], members.get(host, []), report.stale_after)
        yield Flow(list(facts), label=Text(f"? {clean(host)}  ", style=style.WARN))
    if len(known) > SHOWN:
        yield Text(f"? and {number(len(known) - SHOWN, 'more node')} that did not answer", style=style.WARN)


def _facts(peers: list[WireguardPeer], members: list[RqliteNode], stale_after: float) -> Iterator[Text]:
    ages = [peer.handshake_age_sec for peer in peers if peer.handshake_age_sec is not None]
    lately = sum(fresh(peer, stale_after) for peer in peers)
    yield Text(f"last heard over WireGuard {seconds(min(ages))} ago" if ages else "no WireGuard handshake is known")
    yield Text(f"heard lately by {lately} of {len(peers)}")
    if members:
        reached = sum(bool(member.reachable) for member in members)
        yield Text(f"its RQLite reached from {reached} of {len(members)}")


def _peers(report: ClusterReport, hosts: set[str]) -> dict[str, list[WireguardPeer]]:
    """The hosts as their peers have them."""
    found: dict[str, list[WireguardPeer]] = {}
    for node in report.nodes:
        wireguard = node.report.wireguard if node.report else None
        for peer in (wireguard and wireguard.peers) or []:
            if host := by_endpoint(peer, hosts):
                found.setdefault(host, []).append(peer)
    return found


def _members(report: ClusterReport, owners: Mapping[str | None, str]) -> dict[str, list[RqliteNode]]:
    """The hosts, by their addresses in the mesh, as the members of RQLite's cluster have them."""
    found: dict[str, list[RqliteNode]] = {}
    for node in report.nodes:
        rqlite = node.report.rqlite if node.report else None
        for member in ((rqlite and rqlite.nodes) or {}).values():
            host = owners.get(member.addr.rpartition(":")[0].strip("[]")) if member.addr else None
            if host is not None:
                found.setdefault(host, []).append(member)
    return found
