"""Sets of alerts that explain the same kind of trouble, shared by rules of several subsystems."""

from __future__ import annotations

from orama_monitor.alerts.because import unit


def hung(service: str) -> str:
    """The mark of a failed collection whose service doesn't answer in time."""
    return f"{service} hangs"


def not_answered_by(service: str) -> str:
    """The alert that says so."""
    return f"COLLECTOR_FAILED {hung(service)}"


# The node can't be spoken to over the mesh, though its processes may run.
MESH_DOWN = ("WG_DOWN", "WG_ROUTE_MISSING")
# One link of the mesh is broken, seen from either end.
LINK_DOWN = ("WG_PEER_MISSING", "WG_PEER_NEVER_HANDSHAKED", "WG_HANDSHAKE_STALE")
# A node misses another, or is missed. One that only we can't reach may be well, and explains nothing on other nodes.
MISSED = ("RQLITE_PEER_UNREACHABLE", *LINK_DOWN)
# The RQLite of a node can't take part in the cluster: one that was heard, or any.
RAFT_OUT = (*unit("orama-node"), "RQLITE_DOWN", "RQLITE_SHUTDOWN", *MESH_DOWN, not_answered_by("rqlite"))
RAFT_GONE = ("NODE_UNREACHABLE", *RAFT_OUT)
# The cluster can't agree on anything, so neither can a node of it. A leader that was not heard may lead very well.
RAFT_STUCK = ("RQLITE_QUORUM_LOST", "RQLITE_NO_LEADER")
# RQLite of a node answers nothing that was asked of it, or nothing that can be relied on.
RQLITE_ILL = (
    "RQLITE_DOWN",
    "RQLITE_SHUTDOWN",
    "RQLITE_CANDIDATE",
    "RQLITE_NOT_READY",
    "RQLITE_STRONG_READ_FAILED",
)
# The Olric member of a node can't take part: of one that was heard, or of any.
OLRIC_OUT = (
    *unit("orama-olric"),
    "OLRIC_DOWN",
    "OLRIC_MEMBERLIST_DOWN",
    *MESH_DOWN,
    not_answered_by("olric"),
)
OLRIC_GONE = ("NODE_UNREACHABLE", *OLRIC_OUT)
# The Kubo daemon or the IPFS Cluster peer of a node can't take part.
IPFS_GONE = (
    "NODE_UNREACHABLE",
    *unit("orama-ipfs"),
    *unit("orama-ipfs-cluster"),
    "IPFS_DOWN",
    "IPFS_CLUSTER_DOWN",
    "IPFS_ISOLATED",
    *MESH_DOWN,
    not_answered_by("ipfs"),
)
