"""The way out, the firewall, and how well packets travel."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from orama_monitor.alerts.because import anywhere, concerning, here, touching
from orama_monitor.alerts.causes import LINK_DOWN, MESH_DOWN, MISSED
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.rule import CRITICAL, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.words import clip, names
from orama_monitor.report import Wireguard

network = Subsystem("network")

# Ports that only the mesh may reach, and what answers there.
INTERNAL = {5001: "RQLite", 6001: "gateway", 3320: "Olric", 4501: "Kubo's API", 9094: "IPFS Cluster"}
PROTOCOL = re.compile(r"(?P<place>.+)/(?P<protocol>[a-z]\w*)")  # behind a source: a prefix's length is a number
RULE = re.compile(r"(?P<to>.+?)\s+(?P<action>ALLOW|LIMIT|DENY|REJECT)(?P<way> IN| OUT| FWD)?\s+(?P<source>.+)")
PRIVATE = [
    ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@network.on_node(
    "UFW_INACTIVE",
    CRITICAL,
    "The firewall is not active.",
    why="RQLite, Kubo's API and the caches are open to the internet, without a password.",
    hint="on the node: ufw status verbose; allow 22/tcp and 51820/udp before: ufw enable",
)
def ufw_inactive(node: NodeView) -> Found:
    if node.network and node.network.ufw_active is False:
        yield "UFW is not active"


@network.on_node(
    "PORT_EXPOSED",
    CRITICAL,
    "The firewall lets others than the mesh reach an internal port: 5001, 6001, 3320, 4501 or 9094.",
    why="Whoever finds the port can read, write or stop what is behind it.",
    hint="on the node: ufw status numbered; ufw delete NUMBER",
)
def port_exposed(node: NodeView) -> Found:
    seen = node.network
    if not seen or not seen.ufw_active or seen.ufw_rules is None:
        return
    by_default = seen.ufw_default_incoming == "allow"
    ports = exposed(seen.ufw_rules, _addresses(node.wireguard), by_default)
    if ports:
        said = ", ".join(f"{port} ({INTERNAL[port]}) from {names(sources, 2)}" for port, sources in ports.items())
        yield Here(f"open: {said}", about=tuple(str(port) for port in ports))


@network.on_node(
    "NO_DEFAULT_ROUTE",
    WARNING,
    "The node has no default route.",
    why="It reaches its own network and nothing else.",
    hint="on the node: ip route; networkctl status",
)
def no_default_route(node: NodeView) -> Found:
    if node.network and node.network.default_route is False:
        yield "no default route"


@network.on_node(
    "INTERNET_UNREACHABLE",
    WARNING,
    "The node can't reach the internet.",
    why="Certificates are not renewed, Anyone has no network, updates don't come.",
    hint="on the node: ping -c 3 8.8.8.8; ip route; ip -6 route; the provider's status page",
    because=[here("NO_DEFAULT_ROUTE")],
)
def internet_unreachable(node: NodeView) -> Found:
    if node.network and node.network.internet_reachable is False:
        yield "no answer from the internet"


@network.on_node(
    "WG_ROUTE_MISSING",
    WARNING,
    "WireGuard is installed and no route leads into it.",
    why="Handshakes succeed, but no packet finds the mesh.",
    hint="on the node: ip route show dev wg0; wg-quick down wg0; wg-quick up wg0",
    because=[here("WG_DOWN")],
)
def wg_route_missing(node: NodeView) -> Found:
    if node.network and node.wireguard and node.network.wg_route_exists is False:
        yield "no route into the WireGuard interface"


@network.on_node(
    "TCP_RETRANS_HIGH",
    WARNING,
    "More than {tcp_retrans_pct} % of the TCP segments sent now were lost and are sent again.",
    why="Everything between the nodes is slow, and elections may follow.",
    hint="on the node: ss -ti | grep -B1 retrans; mtr to the other nodes",
    # Who talks to a node that is gone sends everything again.
    because=[
        here(*MESH_DOWN, "NO_DEFAULT_ROUTE"),
        touching(*LINK_DOWN),
        anywhere("WG_DOWN", "NO_DEFAULT_ROUTE", heard_only=True),
        concerning(*MISSED),
        anywhere("RQLITE_PEER_UNREACHABLE", heard_only=True),
    ],
)
def tcp_retransmissions(node: NodeView, limits: Thresholds) -> Found:
    share = node.network.tcp_retrans_pct if node.network else None
    if share is not None and share > limits.tcp_retrans_pct:
        yield f"{share:.1f} % of the TCP segments are retransmissions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``ufw status``, as far as it speaks of incoming TCP on any interface but the mesh's."""

    allows: bool
    destination: str
    ports: frozenset[int]
    source: str
    v6: bool


def exposed(rules: list[str], addresses: list[str], by_default: bool = False) -> dict[int, list[str]]:
    """The internal ports that sources outside the mesh may reach, with those sources. The first rule that fits wins.

    ``addresses`` are the node's own in the mesh.
    """
    return _exposed(tuple(rules), tuple(filter(None, map(_interface, addresses))), by_default)


@lru_cache(maxsize=1024)
def _exposed(rules: tuple[str, ...], own: tuple[Interface, ...], by_default: bool) -> dict[int, list[str]]:
    mesh = tuple(network for one in own if (network := _network(one)) is not None)
    found: dict[int, list[str]] = {}
    closed: set[tuple[int, bool]] = set()
    for entry in _entries(rules):
        if _is_inside(entry.destination, own):
            continue
        anywhere_at_all = entry.source == "Anywhere"
        for port in sorted(entry.ports):
            if (port, entry.v6) in closed:
                continue
            if entry.allows and (anywhere_at_all or not _of_mesh(entry.source, mesh)):
                found.setdefault(port, []).append("anywhere" if anywhere_at_all else clip(entry.source, 60))
            if anywhere_at_all:
                closed.add((port, entry.v6))
    if by_default:
        for port in INTERNAL:
            if (port, False) not in closed:
                found.setdefault(port, []).append("anywhere, by default")
    return {port: list(dict.fromkeys(sources)) for port, sources in sorted(found.items())}


def _entries(rules: tuple[str, ...]) -> Iterator[Entry]:
    for line in rules:
        match = RULE.match(" ".join(line.split("#")[0].split()))
        if not match or (match["way"] or " IN") != " IN":
            continue
        to, source = match["to"], re.sub(r" \((?:log|log-all|out)\)$", "", match["source"])
        if " on " in to or " on " in source:  # of one interface: the mesh's, or the loopback
            if not re.search(r" on (?:eth|en|wl|bond|venet)", to):
                continue
            to = to.partition(" on ")[0]
        v6 = "(v6)" in to or "(v6)" in source or ":" in source
        to, origin = to.replace("(v6)", "").strip(), _of_tcp(source.replace("(v6)", "").strip())
        ports = _ports(to)
        if ports and origin:
            yield Entry(match["action"] in ("ALLOW", "LIMIT"), to.rpartition(" ")[0], ports, origin, v6)


def _of_tcp(source: str) -> str | None:
    """A source without the protocol behind it, which is there where a rule names no port; None where it isn't TCP."""
    match = PROTOCOL.fullmatch(source)
    if match is None:
        return source
    return match["place"] if match["protocol"] == "tcp" else None


def _ports(to: str) -> frozenset[int]:
    """The internal TCP ports that the first column of a rule means; an application's name means none."""
    if to in ("Anywhere", "Anywhere/tcp"):
        return frozenset(INTERNAL)
    text, _slash, protocol = to.split(" ")[-1].partition("/")
    if protocol not in ("", "tcp"):
        return frozenset()
    found: set[int] = set()
    for part in text.split(","):
        first, _colon, last = part.partition(":")
        if first.isascii() and first.isdigit() and len(first) < 6 and (not last or (last.isascii() and last.isdigit())):
            found |= {port for port in INTERNAL if int(first) <= port <= int((last or first)[:6])}
    return frozenset(found)


def _addresses(seen: Wireguard | None) -> list[str]:
    """The node's addresses in the mesh, in older reports without the length of their prefix."""
    if seen is None:
        return []
    return seen.addresses or ([seen.wg_ip] if seen.wg_ip else [])


def _interface(address: str) -> Interface | None:
    try:
        return ipaddress.ip_interface(address)
    except ValueError:
        return None


def _is_inside(destination: str, own: tuple[Interface, ...]) -> bool:
    """Whether what comes from outside the mesh never gets to the destination: it is an address in it."""
    try:
        network = ipaddress.ip_network(destination, strict=False)
    except ValueError:
        return False
    return network.is_loopback or any(_within(network, one.network) for one in own)


def _network(own: Interface) -> Network | None:
    """The network that an address of the mesh is in; the private block it is from, where it stands for itself alone."""
    if own.network.num_addresses > 1:
        return own.network
    return next((block for block in PRIVATE if own.version == block.version and own.ip in block), None)


def _of_mesh(source: str, mesh: tuple[Network, ...]) -> bool:
    """Whether a rule's source lies in the mesh's address range, or can't be told to lie outside.

    A private block around the mesh is meant for it: Orama's older setup lets in 10.0.0.0/8.
    """
    try:
        network = ipaddress.ip_network(source.split(" ")[0], strict=False)
    except ValueError:
        return True
    if network.is_loopback:
        return True
    is_private = any(_within(network, block) for block in PRIVATE)
    around = is_private and any(_within(block, network) for block in mesh)
    return around or any(_within(network, block) for block in mesh or PRIVATE)


def _within(network: Network, block: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network) and isinstance(block, ipaddress.IPv4Network):
        return network.subnet_of(block)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(block, ipaddress.IPv6Network):
        return network.subnet_of(block)
    return False
