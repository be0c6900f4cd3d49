"""Who sees whom in the WireGuard mesh, worked out from every node's own list of peers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orama_monitor.report import WireguardPeer
from orama_monitor.views.amounts import fresh

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

Seen = WireguardPeer | None


@dataclass(frozen=True, slots=True)
class Mesh:
    """``sees[a][b]`` is b as a sees it, None where b is not among its peers, missing where a left peers out.

    A node that did not tell of its peers is not in ``sees``; ``strangers[a]`` are a's peers that are no node here.
    Where only a part of the environment is here, that says nothing.
    """

    hosts: list[str]
    sees: dict[str, dict[str, Seen]]
    strangers: dict[str, list[WireguardPeer]]
    stale_after: float
    is_part: bool

    def heard_lately(self, side: Seen) -> bool:
        """Whether there is such a peer and its handshake is fresh."""
        return side is not None and fresh(side, self.stale_after)

    def one_sided(self, one: str, other: str) -> bool:
        """Whether exactly one of two nodes has heard the other lately, both having told."""
        if one not in self.sees or other not in self.sees:
            return False
        if other not in self.sees[one] or one not in self.sees[other]:
            return False
        return self.heard_lately(self.sees[one][other]) != self.heard_lately(self.sees[other][one])

    def troubled_pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair in which at least one side that told has not heard the other lately."""
        for index, one in enumerate(self.hosts):
            for other in self.hosts[index + 1 :]:
                sides = [self.sees[a][b] for a, b in ((one, other), (other, one)) if b in self.sees.get(a, {})]
                if sides and not all(map(self.heard_lately, sides)):
                    yield one, other


def mesh(report: ClusterReport) -> Mesh:
    """The mesh of the nodes in ``report``. A peer is known by its public key, else by its endpoint's address."""
    hosts = [node.host for node in report.nodes]
    owners: dict[str, str] = {}
    for node in report.nodes:
        wireguard = node.report.wireguard if node.report else None
        if wireguard and wireguard.public_key:
            owners[wireguard.public_key] = node.host
    silent = {host for host in hosts if host not in owners.values()}
    sees: dict[str, dict[str, Seen]] = {}
    strangers: dict[str, list[WireguardPeer]] = {}
    for node in report.nodes:
        wireguard = node.report.wireguard if node.report else None
        if wireguard is None or wireguard.peers is None:
            continue
        left_out = (wireguard.model_extra or {}).get("peers_omitted")
        sees[node.host] = {} if left_out else {host: None for host in hosts if host != node.host}
        for peer in wireguard.peers:
            owner = owners.get(peer.public_key) or by_endpoint(peer, silent)
            if owner:
                sees[node.host][owner] = peer
            else:
                strangers.setdefault(node.host, []).append(peer)
    return Mesh(hosts, sees, strangers, report.stale_after, len(report.nodes) < len(report.meta.configured))


def by_endpoint(peer: WireguardPeer, hosts: set[str]) -> str | None:
    address = (peer.endpoint or "").rpartition(":")[0].strip("[]")
    return address if address in hosts else None
