"""A snapshot as rules look at it: nodes by name and identity, and what may be compared with what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from orama_monitor.alerts.units import WIREGUARD
from orama_monitor.report import NodeReport, Rqlite, RqliteNode, Service, WireguardPeer
from orama_monitor.snapshot import NodeResult, Snapshot

if TYPE_CHECKING:
    from orama_monitor.alerts.policy import Policy

Window = tuple[float, float]
EVER: Window = (float("-inf"), float("inf"))


#: Boots at most so many seconds apart are one: a node reckons the moment anew at each collection.
SAME_BOOT = 2.0


class NodeView:
    """One node that was asked: its report, section by section, or none.

    A section is None when it is not installed, could not be collected, or when the node brought no report at all.
    """

    def __init__(self, result: NodeResult, required: frozenset[str]) -> None:
        report = result.report
        self.result = result
        self.host = result.host
        self.role = result.role
        self.required = required
        self.report = report
        self.system = report.system if report else None
        self.services = report.services if report else None
        self.rqlite = report.rqlite if report else None
        self.olric = report.olric if report else None
        self.ipfs = report.ipfs if report else None
        self.gateway = report.gateway if report else None
        self.wireguard = report.wireguard if report else None
        self.dns = report.dns if report else None
        self.anyone = report.anyone if report else None
        self.network = report.network if report else None
        self.processes = report.processes if report else None
        self.namespaces = (report.namespaces or []) if report else []

    @property
    def reports(self) -> bool:
        return self.report is not None

    @property
    def is_nameserver(self) -> bool:
        return self.role.startswith("nameserver")

    @property
    def window(self) -> Window:
        """The time within which the node was sampled, by the controller's clock: Unix seconds."""
        started, ended = self.result.started, self.result.ended
        return EVER if started is None or ended is None or ended < started else (started, ended)

    def status(self, collector: str) -> str | None:
        """How a collector ended: ok, absent, failed, timeout; None when the report doesn't say."""
        outcome = self.report.collectors.get(collector) if self.report else None
        return outcome.status if outcome else None

    @cached_property
    def units(self) -> dict[str, Service]:
        """The systemd units by name, without ``.service``."""
        listed = (self.services.services if self.services else None) or []
        return {service.name.removesuffix(".service"): service for service in listed}

    @cached_property
    def restless_units(self) -> list[tuple[str, Service]]:
        """The units that are not simply active, by name."""
        return [
            (name, service)
            for name, service in self.units.items()
            if service.active_state != "active" or service.restart_loop_risk
        ]

    @cached_property
    def mesh(self) -> str:
        """The name of the WireGuard interface, by the unit that brings it up; wg0 where none is listed."""
        found = (name.removeprefix(WIREGUARD) for name in self.units if name.startswith(WIREGUARD))
        return min(found, default="wg0")

    def why_down(self, unit: str, service: str) -> str:
        """What to say of a service that is down: its unit may run all the same."""
        found = self.units.get(unit)
        if found is not None and found.active_state == "active":
            return f"{service} runs, and nobody listens where it is asked"
        return f"{service} is not active"

    def up_for(self, unit: str) -> float | None:
        """Seconds since the unit became active, or since the node booted if that is less; None when not known."""
        service = self.units.get(unit)
        since = [service.active_since_sec if service else None, self.system.uptime_seconds if self.system else None]
        return min((seconds for seconds in since if seconds is not None), default=None)

    def is_young(self, unit: str, seconds: float) -> bool:
        """Whether the unit is known to run for less than ``seconds``."""
        up = self.up_for(unit)
        return up is not None and up < seconds

    def was_started(self, unit: str, seconds: float) -> bool:
        """Whether the unit was started less than ``seconds`` ago, and not by systemd because it had failed."""
        service = self.units.get(unit)
        return self.is_young(unit, seconds) and not (service and service.n_restarts)

    def is_on_its_way(self, unit: str) -> bool:
        """Whether systemd starts or stops the unit at the moment, and not because it had failed."""
        service = self.units.get(unit)
        if service is None or service.n_restarts:
            return False
        starts = service.active_state == "activating" and (service.sub_state or "").startswith("start")
        return starts or service.active_state == "deactivating"


class Cluster:
    """Every node that was asked, the names under which others know them, and the snapshot's own time.

    ``configured`` are the hosts of the whole environment, asked or not; ``twins`` are those under which a machine was
    asked a second time, by the host under which it is looked at. An identity that two nodes claim, or that could belong
    to two, belongs to none.
    """

    def __init__(self, snapshot: Snapshot, policy: Policy) -> None:
        self.snapshot = snapshot
        results = {result.host: result for result in snapshot.nodes}
        self.twins = _twins(results)
        results = {host: result for host, result in results.items() if host not in self.twins}
        self.nodes = [NodeView(results[host], policy.required(results[host].role)) for host in sorted(results)]
        self.by_host = {node.host: node for node in self.nodes}
        self.configured = sorted(({node.host for node in snapshot.configured} | set(results)) - self.twins.keys())
        self.reporting = [node for node in self.nodes if node.reports]
        self._places: dict[str, str | None] = {}
        self._quiet: dict[float, list[tuple[NodeView, WireguardPeer]]] = {}
        self._started: dict[tuple[float, tuple[str, ...]], frozenset[str]] = {}

    @property
    def now(self) -> datetime:
        at = self.snapshot.collected_at
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    @property
    def asked_all(self) -> bool:
        """Whether the whole environment was asked."""
        return len(self.nodes) == len(self.configured)

    @property
    def heard_all(self) -> bool:
        """Whether the whole environment reported."""
        return len(self.reporting) == len(self.configured)

    def silent(self, host: str) -> bool:
        """Whether a node was asked and brought no report."""
        node = self.by_host.get(host)
        return node is not None and not node.reports

    def started(self, seconds: float, *units: str) -> frozenset[str]:
        """The nodes on which one of the units was started less than ``seconds`` ago."""
        if (seconds, units) not in self._started:
            young = (node for node in self.reporting if any(node.was_started(unit, seconds) for unit in units))
            self._started[seconds, units] = frozenset(node.host for node in young)
        return self._started[seconds, units]

    # WireGuard keys

    @cached_property
    def key_hosts(self) -> dict[str, str]:
        """Host by public key: as the nodes tell themselves, the rest as their peers know them."""
        told = _unique((node.wireguard.public_key, node.host) for node in self.reporting if node.wireguard)
        return {**self._learned_keys(told), **told}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Public key by host."""
        return {host: key for key, host in self.key_hosts.items()}

    def _learned_keys(self, told: dict[str, str]) -> dict[str, str]:
        nameless = {_address(host): host for host in set(self.configured) - set(told.values())}
        nameless.pop(None, None)
        if not nameless:
            return {}
        found: dict[str, set[str]] = {}
        for key, endpoint in self._endpoints(told):
            host = nameless.get(_address(_host_of(endpoint)))
            if host is not None:
                found.setdefault(host, set()).add(key)
        return _unique((min(keys), host) for host, keys in found.items() if len(keys) == 1)

    def _endpoints(self, told: dict[str, str]) -> set[tuple[str, str]]:
        """(key, endpoint) of the peers that no node says to be."""
        if not self._all_peer_keys - told.keys():
            return set()
        return {
            (peer.public_key, peer.endpoint)
            for _node, peers in self.peers
            for peer in peers
            if peer.public_key not in told and peer.endpoint
        }

    @cached_property
    def peers(self) -> list[tuple[NodeView, list[WireguardPeer]]]:
        """The nodes whose interface is not known to be down, with their WireGuard peers."""
        meshed = [(node, node.wireguard) for node in self.reporting if node.wireguard]
        return [(node, seen.peers) for node, seen in meshed if seen.peers and seen.interface_up is not False]

    @cached_property
    def peer_keys(self) -> dict[str, set[str]]:
        """The public keys of each node's peers, by host."""
        return {node.host: {peer.public_key for peer in peers} for node, peers in self.peers}

    @cached_property
    def _all_peer_keys(self) -> set[str]:
        return set().union(*self.peer_keys.values())

    def quiet_peers(self, seconds: float) -> list[tuple[NodeView, WireguardPeer]]:
        """The peers, with the node that has them, whose last handshake is not known to be ``seconds`` old at most."""
        if seconds not in self._quiet:
            self._quiet[seconds] = [
                (node, peer)
                for node, peers in self.peers
                for peer in peers
                if (age := peer.handshake_age_sec) is None or age > seconds
            ]
        return self._quiet[seconds]

    @cached_property
    def nameless(self) -> list[str]:
        """The configured nodes whose public key is not known."""
        known = set(self.key_hosts.values())
        return [host for host in self.configured if host not in known]

    @cached_property
    def unclaimed_keys(self) -> set[str]:
        """The peers' keys that belong to no known node."""
        return self._all_peer_keys - self.key_hosts.keys()

    @cached_property
    def suspects(self) -> tuple[str, ...]:
        """The nodes to whom unclaimed keys must belong, when there are enough of them to own all."""
        return tuple(self.nameless) if len(self.unclaimed_keys) <= len(self.nameless) else ()

    # Addresses

    @cached_property
    def address_hosts(self) -> dict[str, str]:
        """Host by address: by that in the mesh, or else by the one it is configured with."""
        return {**_unique((_address(host), host) for host in self.configured), **self.mesh_hosts}

    @cached_property
    def mesh_hosts(self) -> dict[str, str]:
        """Host by its address in the mesh: as the nodes tell themselves, the rest as their peers know them."""
        told = _unique((_address(ip), node.host) for node in self.reporting for ip in _own_addresses(node))
        return {**self._learned_addresses(), **told}

    def _learned_addresses(self) -> dict[str, str]:
        addressless = {host for host in self.configured if not _own_addresses(self.by_host.get(host))}
        if not addressless:
            return {}
        keys = {key: host for key, host in self.key_hosts.items() if host in addressless}
        told = {
            (keys[peer.public_key], peer.allowed)
            for _node, peers in self.peers
            for peer in peers
            if peer.public_key in keys
        }
        learned: dict[str, set[str]] = {}
        for host, allowed in told:
            if address := only_address(allowed):
                learned.setdefault(host, set()).add(address)
        return _unique((min(ips), host) for host, ips in learned.items() if len(ips) == 1)

    def host_of(self, address: str | None) -> str | None:
        """The node at ``address`` or ``address:port``, with or without a scheme; None when that can't be said."""
        if not address:
            return None
        if address not in self._places:
            ip = _address(_host_of(address.rpartition("//")[2]))
            self._places[address] = self.address_hosts.get(ip) if ip else None
        return self._places[address]

    # RQLite

    @cached_property
    def responding(self) -> list[tuple[NodeView, Rqlite]]:
        """The nodes whose RQLite answers."""
        return [(node, node.rqlite) for node in self.reporting if node.rqlite and node.rqlite.responsive]

    @cached_property
    def leader(self) -> tuple[NodeView, Rqlite] | None:
        """The node that says that it leads RQLite, and what it says: of several, that of the last term."""
        leading = [(node, seen) for node, seen in self.responding if seen.raft_state == "Leader"]
        return max(leading, key=lambda one: (one[1].term or 0, one[0].host), default=None)

    @cached_property
    def read_through(self) -> dict[str | None, float]:
        """By the leader's address: when a node at which a strong read works, and that names it, was last sampled."""
        until: dict[str | None, float] = {}
        for node, seen in self.responding:
            if seen.strong_read:
                until[seen.leader_addr] = max(node.window[1], until.get(seen.leader_addr, EVER[0]))
        return until

    @cached_property
    def raft_hosts(self) -> dict[str, str]:
        """Host by raft node id, as the nodes tell themselves."""
        return _unique((node.rqlite.node_id, node.host) for node in self.reporting if node.rqlite)

    @cached_property
    def unreached(self) -> list[tuple[NodeView, str, RqliteNode]]:
        """The members that a node's RQLite can't reach: the node, the member's raft id, what the node says of it."""
        return [
            (node, node_id, other)
            for node, seen in self.responding
            if seen.nodes
            for node_id, other in seen.nodes.items()
            if other.reachable is False
        ]

    @cached_property
    def voters(self) -> dict[str, str | None]:
        """Raft address by raft id of every voter that a node knows of."""
        return {
            node_id: other.addr
            for _node, seen in reversed(self.responding)
            if seen.nodes
            for node_id, other in seen.nodes.items()
            if other.voter
        }

    def raft_host(self, node_id: str, address: str | None) -> str | None:
        """The node with this raft id, or else at this raft address."""
        return self.raft_hosts.get(node_id) or self.host_of(address) or self.host_of(node_id)


def runs(active: bool | None, told: int | None) -> bool:
    """Whether a service runs: its unit does, or what it ``told`` shows it where no unit is known."""
    return bool(active) or (active is None and told is not None)


def _unique(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """Owner by name, without the names that several claim."""
    owners: dict[str, set[str]] = {}
    for name, owner in pairs:
        if name:
            owners.setdefault(name, set()).add(owner)
    return {name: min(claimed) for name, claimed in owners.items() if len(claimed) == 1}


def _own_addresses(node: NodeView | None) -> list[str]:
    report: NodeReport | None = node.report if node else None
    if report is None:
        return []
    told = [report.wireguard_ip, report.wireguard.wg_ip if report.wireguard else None]
    return list({ip for ip in told if ip})


def only_address(allowed: str) -> str | None:
    """The one address of a peer, when its allowed ranges hold one address and nothing else but networks."""
    single = [text.strip().partition("/") for text in allowed.split(",")]
    found = {_address(ip) for ip, _slash, bits in single if bits in ("", "32", "128")}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _host_of(text: str) -> str:
    """The host in ``host``, ``host:port`` or ``[v6]:port``."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.rpartition(":")[0] if text.count(":") == 1 else text


def _address(text: str | None) -> str | None:
    """An IP address in its one spelling; None for a name, and for a loopback address, which is anyone's."""
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else str(address)


def _twins(results: Mapping[str, NodeResult]) -> dict[str, str]:
    """The hosts whose report comes from the machine of another host, by that host, which comes before."""
    twins: dict[str, str] = {}
    seen: dict[tuple[str, str], tuple[str, float]] = {}
    for host in sorted(results):
        report = results[host].report
        key = report.wireguard.public_key if report and report.wireguard else None
        booted = _booted(report) if report else None
        if report is None or key is None or booted is None:
            continue
        first, its_boot = seen.setdefault((report.hostname, key), (host, booted))
        if first != host and abs(booted - its_boot) <= SAME_BOOT:
            twins[host] = first
    return twins


def _booted(report: NodeReport) -> float | None:
    """When the node booted, by its own clock: Unix seconds."""
    system = report.system
    if system is None or system.time_unix is None or system.uptime_seconds is None:
        return None
    return system.time_unix - system.uptime_seconds
