"""Kubo and IPFS Cluster on each node, and whether they find each other."""

from __future__ import annotations

from collections.abc import Iterable

from orama_monitor.alerts.because import here, link, there, touching, unit
from orama_monitor.alerts.causes import IPFS_GONE, LINK_DOWN, MESH_DOWN, not_answered_by
from orama_monitor.alerts.cluster import Cluster, NodeView, runs
from orama_monitor.alerts.hints import kubo, log
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import severity_on_its_way, unit_or_needs
from orama_monitor.alerts.words import names, number

ipfs = Subsystem("ipfs")

KUBO, PINNING = "orama-ipfs", "orama-ipfs-cluster"
# Who else's trouble may make this node miss peers: one's own, one on a link of this node, that of those it misses.
PEERS_GONE = (here(*IPFS_GONE), touching(*LINK_DOWN), there(*IPFS_GONE, suffices=True))


@ipfs.on_node(
    "IPFS_DOWN",
    CRITICAL,
    "Kubo is installed and doesn't run, or nobody listens at its API a minute after its start; info while systemd "
    "starts or stops it, where a start is given time ({start_s} s).",
    why="What this node stores can't be had, and nothing new is pinned here.",
    hint=f"on the node: systemctl status orama-ipfs; {log(KUBO)}",
    because=[here(*unit("orama-ipfs"), *MESH_DOWN)],
    also=[INFO],
)
def down(node: NodeView, limits: Thresholds) -> Found:
    seen = node.ipfs
    if seen and (seen.daemon_active is False or _is_mute(node, limits, seen.daemon_active, seen.kubo_version)):
        yield Here(node.why_down(KUBO, "Kubo"), severity=severity_on_its_way(node, KUBO, limits))


@ipfs.on_node(
    "IPFS_CLUSTER_DOWN",
    CRITICAL,
    "IPFS Cluster is installed and doesn't run, or nobody listens at its API a minute after its start; info while "
    "systemd starts or stops it, where a start is given time ({start_s} s).",
    why="This node takes no part in pinning.",
    hint=f"on the node: systemctl status orama-ipfs-cluster; {log(PINNING)}",
    because=[here(*unit_or_needs(PINNING), *MESH_DOWN)],
    also=[INFO],
)
def cluster_down(node: NodeView, limits: Thresholds) -> Found:
    """It waits for Kubo before it starts."""
    seen = node.ipfs
    if seen and (seen.cluster_active is False or _is_mute(node, limits, seen.cluster_active, seen.cluster_version)):
        yield Here(node.why_down(PINNING, "IPFS Cluster"), severity=severity_on_its_way(node, PINNING, limits))


def _is_mute(node: NodeView, limits: Thresholds, active: bool | None, version: str | None) -> bool:
    """Whether a daemon runs and does not listen yet, for which it is given time unless a start is given none.

    One that listens tells its version, or the collection has failed.
    """
    return not limits.start_s and bool(active) and version is None and node.status("ipfs") == "ok"


@ipfs.on_node(
    "IPFS_SWARM_KEY_MISSING",
    CRITICAL,
    "Kubo's repository has no swarm.key.",
    why="At its next start Kubo joins the public network instead of the private one.",
    hint="on the node: ls -l /opt/orama/.orama/data/ipfs/repo/swarm.key; copy it from another node",
)
def swarm_key_missing(node: NodeView) -> Found:
    if node.ipfs and node.ipfs.has_swarm_key is False:
        yield "no swarm.key"


@ipfs.between_nodes(
    "IPFS_ISOLATED",
    CRITICAL,
    "Kubo has no peer in its swarm, while it runs on other nodes; info while it, or each of those, was started less "
    "than {ipfs_settle_s} s ago.",
    why="It can neither fetch nor give anything.",
    hint=f"on the node: {kubo('swarm peers')}; compare swarm.key with another node's; is 4101 open over the mesh?",
    because=[
        here("IPFS_DOWN", "IPFS_SWARM_KEY_MISSING", *unit(KUBO), *MESH_DOWN),
        link(*LINK_DOWN),
        there(*unit(KUBO), *MESH_DOWN, not_answered_by("ipfs")),
    ],
    also=[INFO],
)
def isolated(cluster: Cluster, limits: Thresholds) -> Findings:
    """About others that it would have to have, as far as it wants any: each would have been enough."""
    running = _running(cluster)
    young = cluster.started(limits.ipfs_settle_s, KUBO)
    for node in running:
        if node.ipfs and node.ipfs.swarm_peers == 0 and len(running) > 1:
            others = [other.host for other in running if other is not node]
            said = f"no swarm peer, while Kubo runs on {number(len(others), 'other node')}"
            fresh = node.host in young or young.issuperset(others)
            known = _in_the_mesh_of(cluster, node, others)[: max(1, int(limits.ipfs_peers_wanted))]
            yield _finding(node.host, said, tuple(known), fresh)


@ipfs.between_nodes(
    "IPFS_PEERS_MISSING",
    WARNING,
    "Kubo has fewer swarm peers than there are other nodes on which it runs; more than {ipfs_peers_wanted} are never "
    "asked for. Info while it, or as many others as it misses, were started less than {ipfs_settle_s} s ago.",
    why="The swarm has parted, or a node's Kubo can't be reached.",
    hint=f"on the node: {kubo('swarm peers')}; is 4101 open over the mesh?",
    because=PEERS_GONE,
    also=[INFO],
)
def peers_missing(cluster: Cluster, limits: Thresholds) -> Findings:
    running = _running(cluster)
    alone = tuple(n.host for n in running if n.ipfs and n.ipfs.swarm_peers == 0)
    ailing = _ailing(running, alone)
    for node in running:
        peers = node.ipfs.swarm_peers if node.ipfs else None
        wanted = min(len(running) - 1, int(limits.ipfs_peers_wanted))
        if peers and peers < wanted:
            others = tuple(host for host in ailing if host != node.host)
            about = others if len(others) >= wanted - peers else ()
            young = cluster.started(limits.ipfs_settle_s, KUBO)
            fresh = _is_fresh(node.host, about, young, wanted - peers)
            yield _finding(node.host, f"{number(peers, 'swarm peer')} of {wanted}", about, fresh)


@ipfs.between_nodes(
    "IPFS_CLUSTER_PEERS_MISSING",
    WARNING,
    "Fewer peers of IPFS Cluster answer a node than there are nodes on which it runs; info while it or Kubo was "
    "started less than {ipfs_settle_s} s ago, there or on as many others as are missing.",
    why="Pins are not shared out to all nodes.",
    hint=f"on the node: ipfs-cluster-ctl peers ls; {log(PINNING)}",
    because=[*PEERS_GONE, here("IPFS_PEERS_MISSING")],
    also=[INFO],
)
def cluster_peers_missing(cluster: Cluster, limits: Thresholds) -> Findings:
    running = [n for n in cluster.reporting if n.ipfs and runs(n.ipfs.cluster_active, n.ipfs.cluster_peers)]
    ailing = _ailing(running, ())
    for node in running:
        peers = node.ipfs.cluster_peers if node.ipfs else None
        if peers is not None and peers < len(running):
            others = tuple(host for host in ailing if host != node.host)
            missing = len(running) - peers
            about = others if len(others) >= missing else ()
            young = cluster.started(limits.ipfs_settle_s, KUBO, PINNING)
            fresh = _is_fresh(node.host, about, young, missing)
            yield _finding(node.host, f"{number(peers, 'cluster peer')} of {len(running)}", about, fresh)


@ipfs.between_nodes(
    "IPFS_CLUSTER_ERRORS",
    WARNING,
    "Peers of IPFS Cluster don't answer a node, or report an error; info while it or Kubo was started less than "
    "{ipfs_settle_s} s ago, there or on as many others.",
    why="Their pins can't be followed.",
    hint="on the node: ipfs-cluster-ctl peers ls",
    because=[*PEERS_GONE, here("IPFS_CLUSTER_PEERS_MISSING")],
    also=[INFO],
)
def cluster_errors(cluster: Cluster, limits: Thresholds) -> Findings:
    ailing = _ailing(cluster.nodes, ())
    for node in cluster.reporting:
        count = node.ipfs.cluster_errors if node.ipfs else None
        if count:
            about = ailing if len(ailing) >= count else ()
            said = f", as {names(ailing)} may explain" if about else ""
            young = cluster.started(limits.ipfs_settle_s, KUBO, PINNING)
            fresh = _is_fresh(node.host, about, young, count)
            yield _finding(node.host, f"{number(count, 'cluster peer')} with an error{said}", about, fresh)


@ipfs.on_node(
    "IPFS_BOOTSTRAP_NOT_EMPTY",
    WARNING,
    "Kubo has bootstrap peers.",
    why="A private swarm has none: it would look for peers outside.",
    hint=f"on the node: {kubo('bootstrap list')}; {kubo('bootstrap rm all')}",
)
def bootstrap_not_empty(node: NodeView) -> Found:
    if node.ipfs and node.ipfs.bootstrap_empty is False:
        yield "the bootstrap list isn't empty"


@ipfs.on_node(
    "IPFS_REPO_FULL",
    WARNING,
    "More than {ipfs_repo_pct} % of the space granted to Kubo's repository is in use; critical above "
    "{ipfs_repo_critical_pct} % while more than {disk_pct} % of the disk is.",
    why="Kubo stores on beyond what was granted, unless it collects its garbage, until the disk is full.",
    hint=f"on the node: {kubo('repo stat')}; df -h; {kubo('repo gc')}, or raise the grant: "
    f"{kubo('config Datastore.StorageMax SIZE')}; systemctl restart orama-ipfs",
    also=[CRITICAL],
)
def repo_full(node: NodeView, limits: Thresholds) -> Found:
    """The grant alone holds nothing back: where the disk has room nothing is lost yet."""
    used = node.ipfs.repo_use_pct if node.ipfs else None
    disk = node.system.disk_use_pct if node.system else None
    if used is None or used <= min(limits.ipfs_repo_pct, limits.ipfs_repo_critical_pct):
        return
    short = disk is None or disk > limits.disk_pct
    yield Here(
        f"{used} % of the repository's grant in use",
        severity=CRITICAL if used > limits.ipfs_repo_critical_pct and short else None,
    )


def _is_fresh(host: str, about: tuple[str, ...], young: frozenset[str], missing: int) -> bool:
    """Whether a node just started, or those did that it may miss."""
    return host in young or (young.issuperset(about) if about else missing <= len(young))


def _finding(host: str, message: str, about: tuple[str, ...], fresh: bool) -> Finding:
    """What a node misses."""
    return Finding(host, message + ("; a peer just started" if fresh else ""), about, INFO if fresh else None)


def _running(cluster: Cluster) -> list[NodeView]:
    """Where Kubo runs, under whatever unit."""
    return [node for node in cluster.reporting if node.ipfs and runs(node.ipfs.daemon_active, node.ipfs.swarm_peers)]


def _in_the_mesh_of(cluster: Cluster, node: NodeView, hosts: list[str]) -> list[str]:
    """Those that are among the node's WireGuard peers, of whom a report holds some hundred; all, if none is."""
    keys = cluster.peer_keys.get(node.host, set())
    return [host for host in hosts if cluster.keys.get(host) in keys] or hosts


def _ailing(counted: Iterable[NodeView], more: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the nodes whose IPFS others may miss: gone, stopped, in a loop, hung or off the mesh, and ``more``."""
    found = set(more)
    for node in counted:
        seen = node.ipfs
        stopped = seen is not None and (seen.daemon_active is False or seen.cluster_active is False)
        hung = node.status("ipfs") in ("failed", "timeout")
        off_mesh = node.wireguard is not None and node.wireguard.interface_up is False
        no_route = node.network is not None and node.network.wg_route_exists is False
        if not node.reports or stopped or _loops(node) or hung or off_mesh or no_route:
            found.add(node.host)
    return tuple(sorted(found))


def _loops(node: NodeView) -> bool:
    """Whether a daemon is restarted again and again: it may be active at the moment at which it is looked at."""
    return any(node.units[name].restart_loop_risk for name in (KUBO, PINNING) if name in node.units)
