"""Whether each node could be asked at all, and each of its collectors answered."""

from __future__ import annotations

from orama_monitor.alerts.because import here, unit
from orama_monitor.alerts.causes import MESH_DOWN, hung
from orama_monitor.alerts.cluster import Cluster, NodeView
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.words import clip, names

collection = Subsystem("collection")

# What a service tells of itself, by section: while it does, something beside it was what took too long.
TOLD = {"rqlite": ("raft_state",), "olric": ("member_count",), "ipfs": ("swarm_peers", "cluster_peers")}

# What CoreDNS gave no answer to, or answered that there is none.
UNANSWERED = ("DNS_NS_FAILED", "DNS_WILDCARD_FAILED", "DNS_A_FAILED")


@collection.between_nodes(
    "NODE_UNREACHABLE",
    CRITICAL,
    "The node can't be reached over SSH: refused, timed out, unknown name, login failed, or its host key changed.",
    why="Nothing is known of this node, and what others miss of it is its absence.",
    hint="ssh to it from here; then the provider's console: is it up, is port 22 open, are key and password right?",
)
def unreachable(cluster: Cluster) -> Findings:
    for node in cluster.nodes:
        if not node.reports and node.result.failure == "unreachable":
            yield Finding(node.host, clip(node.result.error or "no SSH connection"))


@collection.between_nodes(
    "NODE_COLLECT_FAILED",
    CRITICAL,
    "SSH works, but no valid report came back: sudo, Python, the module itself, or an answer that is no report.",
    why="Its services may all run, yet nothing of this node is checked.",
    hint="ssh to it and try: sudo -n true; python3 --version; df -h /tmp",
)
def collect_failed(cluster: Cluster) -> Findings:
    for node in cluster.nodes:
        if not node.reports and node.result.failure != "unreachable":
            yield Finding(node.host, clip(node.result.error or "no report came back"))


@collection.between_nodes(
    "NODE_NAMED_TWICE",
    INFO,
    "The conf names one machine under two hosts.",
    why="It is judged once, as if only the first were there, or it would seem to be two nodes with one identity.",
    hint="take one of its lines out of the conf",
)
def named_twice(cluster: Cluster) -> Findings:
    for twin, host in cluster.twins.items():
        yield Finding(host, f"{clip(twin, 80)} is the same machine", about=(twin,))


@collection.on_node(
    "COLLECTOR_FAILED",
    WARNING,
    "A collector failed or timed out, so its section of the report is missing or not complete.",
    why="What is not known raises no other alert.",
    hint="the message says why; on the node, ask the same of the service by hand",
    because=[
        here("RQLITE_DOWN", *MESH_DOWN, of="rqlite"),
        here("OLRIC_DOWN", "OLRIC_MEMBERLIST_DOWN", *unit("orama-olric"), *MESH_DOWN, of="olric"),
        here("IPFS_DOWN", "IPFS_CLUSTER_DOWN", *MESH_DOWN, of="ipfs"),
        here("GATEWAY_DOWN", *MESH_DOWN, of="gateway"),
        here("COREDNS_DOWN", "CADDY_DOWN", "DNS_PORT_UNBOUND", "DNS_SOA_FAILED", of="dns"),
        here(*UNANSWERED, of="dns", heard_only=True),
        here(*unit("orama-anyone-relay"), *unit("orama-anyone-client"), of="anyone"),
        here("WG_DOWN", of="wireguard"),
        here("NAMESPACE_RQLITE_DOWN", "NAMESPACE_GATEWAY_DOWN", *MESH_DOWN, of="namespaces"),
    ],
)
def collector_failed(node: NodeView) -> Found:
    """Collectors that failed for the same reason are one finding: what they all need is missing."""
    reasons: dict[str, list[str]] = {}
    for name, outcome in sorted(node.report.collectors.items()) if node.report else ():
        if outcome.status in ("failed", "timeout"):
            reasons.setdefault(outcome.error or outcome.status, []).append(name)
    for reason, collectors in reasons.items():
        hangs = tuple(hung(name) for name in collectors if _hangs(node, name))
        yield Here(f"{names(collectors, 12)}: {clip(reason)}", about=tuple(collectors), marks=hangs)


def _hangs(node: NodeView, name: str) -> bool:
    """Whether the service gave no answer in time.

    One that wants credentials is well, and so is one whose journal this user may not read.
    """
    section = getattr(node.report, name, None)
    told = [getattr(section, field, None) for field in TOLD.get(name, ())]
    return node.status(name) == "timeout" and (not told or None in told)
