"""The gateway and what it says of the subsystems it stands on."""

from __future__ import annotations

from orama_monitor.alerts.because import cluster, here, unit
from orama_monitor.alerts.causes import MESH_DOWN, RAFT_STUCK, RQLITE_ILL, not_answered_by
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.hints import log
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.words import clip, names

gateway = Subsystem("gateway")

#: "unavailable" is what was never set up, such as SOCKS on a relay: the gateway itself takes it for no error.
FINE = ("ok", "healthy", "unavailable")
OLRIC_BAD = ("OLRIC_DOWN", "OLRIC_MEMBERLIST_DOWN", not_answered_by("olric"))
IPFS_BAD = ("IPFS_DOWN", "IPFS_CLUSTER_DOWN", "IPFS_ISOLATED", not_answered_by("ipfs"))
ANYONE_BAD = ("ANYONE_NOT_BOOTSTRAPPED", *unit("orama-anyone-relay"), *unit("orama-anyone-client"))
#: Why a gateway's health check may fail: what it stands on, or what it says of that.
HEALTH_LOST = (
    here("GATEWAY_SUBSYSTEM", *RQLITE_ILL, *OLRIC_BAD, *IPFS_BAD, *MESH_DOWN),
    here(*unit("orama-node"), *unit("orama-olric"), *unit("orama-ipfs")),
    cluster(*RAFT_STUCK),
)

UNIT = "orama-gateway"


def _look_at(name: str) -> str:
    return f"on the node: systemctl status {name}; curl -s localhost:6001/v1/health; {log(name)}"


@gateway.on_node(
    "GATEWAY_DOWN",
    CRITICAL,
    "The gateway is installed and doesn't answer; info while its unit was started less than {start_s} s ago.",
    why="Clients of this node reach nothing.",
    hint=_look_at(UNIT),
    because=[here(*unit(UNIT), *unit("orama-node"), *MESH_DOWN)],
    also=[INFO],
)
def down(node: NodeView, limits: Thresholds) -> Found:
    if node.gateway and node.gateway.responsive is False:
        name = _unit(node)
        young = node.was_started(name, limits.start_s)
        remark = f"; {name} just started" if young else ""
        yield Here(f"the gateway doesn't answer{remark}", severity=INFO if young else None, hint=_look_at(name))


def _unit(node: NodeView) -> str:
    """The unit that runs the gateway: orama-node where it has none of its own."""
    own = node.units.get(UNIT)
    return UNIT if own and own.load_state == "loaded" else "orama-node"


@gateway.on_node(
    "GATEWAY_SUBSYSTEM",
    WARNING,
    "The gateway says of a subsystem that it is not ok.",
    why="Requests that need it fail.",
    hint="on the node: curl -s localhost:6001/v1/health",
    because=[
        here(*RQLITE_ILL, *unit("orama-node"), of="rqlite"),
        cluster(*RAFT_STUCK, of="rqlite"),
        here(*OLRIC_BAD, *unit("orama-olric"), of="olric"),
        here(*IPFS_BAD, *unit("orama-ipfs"), *unit("orama-ipfs-cluster"), of="ipfs*"),
        here(*ANYONE_BAD, of="anyone*"),
        here("WG_DOWN", of="wireguard"),
        here(*MESH_DOWN),
    ],
)
def subsystem(node: NodeView) -> Found:
    for name, said in ((node.gateway.subsystems if node.gateway else None) or {}).items():
        if said.status is not None and said.status.lower() not in FINE:
            why = f": {clip(said.error, 120)}" if said.error else ""
            yield Here(f"{clip(name, 60)} is {clip(said.status, 40)}{why}", about=(name,))


@gateway.on_node(
    "GATEWAY_UNHEALTHY",
    WARNING,
    "The gateway's health check answers with another HTTP status than 200.",
    why="It doesn't trust itself to serve.",
    hint="on the node: curl -si localhost:6001/v1/health",
    because=HEALTH_LOST,
)
def unhealthy(node: NodeView) -> Found:
    seen = node.gateway
    if seen and seen.responsive and seen.http_status is not None and seen.http_status != 200:
        bad = [name for name, said in (seen.subsystems or {}).items() if (said.status or "ok").lower() not in FINE]
        yield f"health says HTTP {seen.http_status}" + (f", not ok: {names(bad)}" if bad else "")
