"""The mesh: the interface on each node, who is whose peer, and whether they speak."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from orama_monitor.alerts.because import anywhere, here, link, there, unit
from orama_monitor.alerts.cluster import Cluster, NodeView, only_address
from orama_monitor.alerts.hints import word
from orama_monitor.alerts.links import Complaint, Group, gathered
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import WIREGUARD
from orama_monitor.alerts.words import clip, duration, names, number
from orama_monitor.report import WireguardPeer

wireguard = Subsystem("wireguard")

GONE = ("NODE_UNREACHABLE", "WG_DOWN", "NO_DEFAULT_ROUTE")
Seen = list[tuple[NodeView, WireguardPeer]]


def _bring_up(interface: str) -> str:
    return f"on the node: systemctl status {WIREGUARD}{interface}; ip link show {interface}; wg-quick up {interface}"


@wireguard.on_node(
    "WG_DOWN",
    CRITICAL,
    "The WireGuard interface is down or isn't there.",
    why="The node is cut off from all others: everything between nodes goes through the mesh.",
    hint=_bring_up("wg0"),
    because=[here(*unit(WIREGUARD))],
)
def down(node: NodeView) -> Found:
    if node.wireguard and node.wireguard.interface_up is False:
        yield Here(f"{clip(node.mesh, 40)} is down", hint=_bring_up(word(node.mesh, "wg0")))


@wireguard.between_nodes(
    "WG_PEER_MISSING",
    CRITICAL,
    "A node of the environment isn't among a node's WireGuard peers.",
    why="The two can't speak to each other, whatever else is right.",
    hint="on the node: wg show wg0 peers; add the peer to wg0.conf; wg syncconf wg0 <(wg-quick strip wg0)",
)
def peer_missing(cluster: Cluster) -> Findings:
    """By public key; by number where keys are not known or the list of peers is cut short.

    A node without any peer of unknown identity lacks every node whose key is not known, whichever key that is.
    """
    complaints: list[Complaint] = []
    members = [host for host in cluster.configured if not _has_no_mesh(cluster, host)]
    known = {cluster.keys[host]: host for host in members if host in cluster.keys}
    nameless = [host for host in members if host not in cluster.keys]
    for node in _meshed(cluster):
        peers = node.wireguard.peers if node.wireguard else None
        wanted = len(members) - (node.host in members)
        if peers is None or _cut_short(node, peers):
            count = node.wireguard.peer_count if node.wireguard else None
            if count is not None and count < wanted:
                yield _too_few(node.host, count, wanted)
            continue
        keys = cluster.peer_keys.get(node.host, set())
        missed = [known[key] for key in known.keys() - keys if known[key] != node.host]
        complaints += [(node.host, host) for host in missed]
        others = [host for host in nameless if host != node.host]
        unclaimed = keys - cluster.key_hosts.keys()
        if not unclaimed:
            complaints += [(node.host, host) for host in others]
        elif not missed and len(unclaimed) < len(others):
            yield _too_few(node.host, len(peers), wanted, f"; one of {names(others)} is missing")
    for group in gathered(complaints, cluster.by_host, ()):
        yield Finding(group.host, _missing(group), about=group.others)


@wireguard.between_nodes(
    "WG_PEER_UNKNOWN",
    INFO,
    "A WireGuard peer is none of the environment's nodes, of which there are several and all reported.",
    why="A removed node or a stranger may still enter the mesh.",
    hint="on the node: wg show wg0; if it doesn't belong: wg set wg0 peer KEY remove, and edit wg0.conf",
)
def peer_unknown(cluster: Cluster) -> Findings:
    """One finding for each such key, on the first node that has it."""
    if not cluster.unclaimed_keys or not cluster.heard_all or not _all_known(cluster):
        return
    having: dict[str, list[tuple[str, WireguardPeer]]] = {}
    for node, peers in cluster.peers:
        if cluster.peer_keys[node.host] & cluster.unclaimed_keys:
            for peer in peers:
                if peer.public_key in cluster.unclaimed_keys:
                    having.setdefault(peer.public_key, []).append((node.host, peer))
    for key, seen in sorted(having.items()):
        message = f"{label(seen[0][1])} is none of the nodes; a peer on {number(len(seen), 'node')}"
        yield Finding(min(host for host, _peer in seen), message, about=(key,))


@wireguard.between_nodes(
    "WG_PEER_NEVER_HANDSHAKED",
    CRITICAL,
    "A peer has never answered since the interface came up; info while either end came up less than "
    "{wg_settle_s} s ago, and where the peer is none of the environment's nodes.",
    why="Wrong key, wrong address, or a firewall between the two: they can't speak.",
    hint="on both nodes: wg show wg0; compare key and endpoint; is 51820/udp open?",
    because=[here(*GONE), there(*GONE), link("WG_PEER_MISSING"), anywhere("WG_PEER_UNKNOWN {}")],
    also=[INFO],
)
def never_handshaked(cluster: Cluster, limits: Thresholds) -> Findings:
    def young(host: str) -> bool:
        node = cluster.by_host.get(host)
        return node is not None and node.is_young(WIREGUARD + node.mesh, limits.wg_settle_s)

    troubled = [(node, peer) for node, peer in cluster.quiet_peers(limits.wg_handshake_s) if _is_new(peer)]
    for group, _peers in _troubled(cluster, troubled):
        fresh = young(group.host) or (bool(group.others) and all(map(young, group.others)))
        said = f"no handshake ever with {number(len(group.others), 'peer')}: {names(group.others)}"
        yield Finding(group.host, said, group.others, severity=INFO if fresh else None)
    settled = [(node, peer) for node, peer in troubled if not young(node.host)]
    yield from _strangers(cluster, settled, lambda _peers: "never had a handshake")


@wireguard.between_nodes(
    "WG_HANDSHAKE_STALE",
    WARNING,
    "The last handshake with a peer is older than {wg_handshake_s} s; info where the peer is none of the environment's "
    "nodes.",
    why="WireGuard renews it every two minutes while anything is sent: the peer no longer answers.",
    hint="on both nodes: wg show wg0 latest-handshakes; ping the peer's public address; is 51820/udp open?",
    because=[
        here(*GONE),
        there(*GONE),
        link("WG_PEER_MISSING", "WG_PEER_NEVER_HANDSHAKED"),
        anywhere("WG_PEER_UNKNOWN {}"),
    ],
    also=[INFO],
)
def handshake_stale(cluster: Cluster, limits: Thresholds) -> Findings:
    quiet = cluster.quiet_peers(limits.wg_handshake_s)
    troubled = [(node, peer) for node, peer in quiet if peer.handshake_age_sec is not None]

    def ages(peers: list[WireguardPeer]) -> str:
        oldest = max(peer.handshake_age_sec or 0 for peer in peers)
        return f"last handshake {duration(oldest)} ago"

    for group, peers in _troubled(cluster, troubled):
        yield Finding(
            group.host, f"{ages(peers)} with {number(len(group.others), 'peer')}: {names(group.others)}", group.others
        )
    yield from _strangers(cluster, troubled, ages)


@wireguard.on_cluster(
    "WG_MTU_MISMATCH",
    INFO,
    "The WireGuard interfaces of the nodes don't have the same MTU.",
    why="Large packets may be lost on the way to some nodes, small ones not.",
    hint="on the nodes: ip link show wg0; set MTU in /etc/wireguard/wg0.conf",
)
def mtu_mismatch(cluster: Cluster) -> Found:
    having: dict[int, list[str]] = {}
    for node in cluster.reporting:
        if node.wireguard and node.wireguard.mtu is not None and node.wireguard.interface_up is not False:
            having.setdefault(node.wireguard.mtu, []).append(node.host)
    if len(having) > 1:
        ordered = sorted(having.items(), key=lambda one: (-len(one[1]), one[0]))
        minority = tuple(sorted(host for _mtu, hosts in ordered[1:] for host in hosts))
        yield Here("; ".join(f"{mtu} on {names(hosts)}" for mtu, hosts in ordered[:5]), about=minority)


@wireguard.on_node(
    "WG_CONFIG_PERMS",
    WARNING,
    "wg0.conf, which holds the private key, can be read by others than its owner.",
    why="Any user of the node can enter the mesh with this key.",
    hint="on the node: chmod 600 /etc/wireguard/wg0.conf",
)
def config_perms(node: NodeView) -> Found:
    perms = node.wireguard.config_perms if node.wireguard else None
    if perms and re.fullmatch("[0-7]{3,4}", perms) and int(perms, 8) & 0o077:
        hint = f"on the node: chmod 600 /etc/wireguard/{word(node.mesh, 'wg0')}.conf"
        yield Here(f"{clip(node.mesh, 40)}.conf has mode {perms}", hint=hint)


def _is_new(peer: WireguardPeer) -> bool:
    """Whether there was no handshake with the peer. That alone may as well be one that was not reported.

    What it sends to ask for one is counted as received, though the two may not agree on a key.
    """
    return peer.handshake_age_sec is None and peer.latest_handshake is None and peer.transfer_rx_bytes is not None


def _meshed(cluster: Cluster) -> list[NodeView]:
    """The nodes whose interface is not known to be down."""
    return [n for n in cluster.reporting if n.wireguard and n.wireguard.interface_up is not False]


def _has_no_mesh(cluster: Cluster, host: str) -> bool:
    node = cluster.by_host.get(host)
    return node is not None and node.wireguard is None and node.status("wireguard") == "absent"


def _cut_short(node: NodeView, peers: list[WireguardPeer]) -> bool:
    count = node.wireguard.peer_count if node.wireguard else None
    return count is not None and count > len(peers)


def _too_few(host: str, count: int, wanted: int, remark: str = "") -> Finding:
    return Finding(host, f"has {number(count, 'peer')} of {wanted}{remark}")


def _missing(group: Group) -> str:
    said = []
    if group.sees:
        said.append(f"lacks {number(len(group.sees), 'peer')}: {names(group.sees)}")
    if group.seen_by:
        said.append(f"is no peer on {number(len(group.seen_by), 'node')}: {names(group.seen_by)}")
    return "; ".join(said)


def _all_known(cluster: Cluster) -> bool:
    """Whether a peer whose key is no node's is a stranger: there are several nodes, and the key of each is known."""
    return not cluster.nameless and len(cluster.configured) > 1


def _troubled(cluster: Cluster, troubled: Seen) -> Iterator[tuple[Group, list[WireguardPeer]]]:
    """The links between nodes with trouble at either end, gathered, with the peers that show it."""
    found: dict[Complaint, WireguardPeer] = {}
    for node, peer in troubled:
        host = cluster.key_hosts.get(peer.public_key)
        if host is not None and host != node.host:
            found[node.host, host] = peer
    ailing = [n.host for n in cluster.nodes if not n.reports or (n.wireguard and n.wireguard.interface_up is False)]
    for group in gathered(found, cluster.by_host, ailing):
        links = [(group.host, other) for other in group.sees] + [(other, group.host) for other in group.seen_by]
        yield group, [found[link] for link in links]


def _strangers(cluster: Cluster, troubled: Seen, said: Callable[[list[WireguardPeer]], str]) -> Findings:
    """Peers in trouble that no node is known to be: one finding each, on the first node that has it.

    It follows from the absence of the nodes that the peer may be, and explains what is missed of them. Who is none of
    them for certain has nobody miss it.
    """
    severity = INFO if _all_known(cluster) else None
    found: dict[str, list[tuple[str, WireguardPeer]]] = {}
    for node, peer in troubled:
        if peer.public_key not in cluster.key_hosts:
            found.setdefault(peer.public_key, []).append((node.host, peer))
    for key, seen in sorted(found.items()):
        peers = [peer for _host, peer in seen]
        message = f"{said(peers)} with {label(peers[0])}, on {number(len(seen), 'node')}"
        suspects = cluster.suspects
        host = min(host for host, _peer in seen)
        yield Finding(host, message, (key,), severity, marks=suspects, follows=suspects)


def label(peer: WireguardPeer) -> str:
    """A peer of unknown identity, as a person would name it."""
    return f"{only_address(peer.allowed) or 'a peer'} (key {clip(peer.public_key[:8])}…)"
