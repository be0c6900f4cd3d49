"""Faults of Kubo and IPFS Cluster."""

from __future__ import annotations

from ..services.ask import FAILURES, http
from ..services.ipfs import API, SWARM, SWARM_KEY, UNIT, api, full_address, peer_id, swarm_key
from ..services.ipfs_cluster import SWARM as CLUSTER_SWARM
from ..services.ipfs_cluster import UNIT as CLUSTER_UNIT
from ..topology import HOME
from .lie import lying
from .registry import At, add_local
from .units import restart_alone, wake

KEY = f"{HOME}/{SWARM_KEY}"

add_local(
    "ipfs-frozen",
    "Kubo stands still and its unit is active",
    f"systemctl kill -s STOP {UNIT}",
    f"systemctl kill -s CONT {UNIT}",
    "COLLECTOR_FAILED",
    node="n4",
)
add_local(
    "ipfs-disabled",
    "Kubo is stopped and disabled",
    f"systemctl disable -q --now {UNIT}",
    f"systemctl enable -q --now {UNIT}\n{wake(UNIT)}",
    "IPFS_DOWN",
    node="n5",
    follow="SERVICE_INACTIVE",
)
add_local(
    "ipfs-cluster-disabled",
    "IPFS Cluster is stopped and disabled",
    f"systemctl disable -q --now {CLUSTER_UNIT}",
    f"systemctl enable -q --now {CLUSTER_UNIT}",
    "IPFS_CLUSTER_DOWN",
    node="n4",
)
add_local(
    "ipfs-cluster-frozen",
    "IPFS Cluster stands still and its unit is active",
    f"systemctl kill -s STOP {CLUSTER_UNIT}",
    f"systemctl kill -s CONT {CLUSTER_UNIT}",
    "COLLECTOR_FAILED",
    node="n5",
)
add_local(
    "swarm-key-missing",
    "the swarm key's file is gone",
    f"mv {KEY} {KEY}.lab",
    f"mv {KEY}.lab {KEY}",
    "IPFS_SWARM_KEY_MISSING",
    node="n4",
)


def _peers(at: At) -> set[str]:
    try:
        return {peer["Peer"] for peer in at.site.inside(at.node, lambda: api("swarm/peers")).get("Peers") or []}
    except FAILURES:
        return set()


def _ready(at: At) -> bool:
    try:
        return bool(at.site.inside(at.node, lambda: api("version")))
    except FAILURES:
        return False


def _foreign_key(at: At) -> None:
    at.machine.live.write(KEY, swarm_key(at.site)[:-9] + "deadbeef\n", 0o600)
    at.sh(restart_alone(UNIT))
    at.until(lambda: _ready(at), "Kubo answers again", 30)


def _own_key(at: At) -> None:
    at.machine.live.write(KEY, swarm_key(at.site), 0o600)
    at.sh(restart_alone(UNIT))


add_local(
    "ipfs-isolated", "Kubo has another swarm key than the others", _foreign_key, _own_key, "IPFS_ISOLATED", node="n4"
)

OTHER = "n5"


def _rules(at: At, port: int) -> list[str]:
    """Ends connections that stand, and lets none begin."""
    other, end = at.elsewhere(OTHER).node.wg_address, "REJECT --reject-with tcp-reset"
    return [
        f"INPUT -s {other} -p tcp -m multiport --ports {port} -j {end}",
        f"OUTPUT -d {other} -p tcp -m multiport --ports {port} -j {end}",
    ]


def _cut(at: At, port: int) -> None:
    at.sh("; ".join(f"iptables -I {rule}" for rule in _rules(at, port)))


def _mend(at: At, port: int) -> None:
    at.sh("; ".join(f"while iptables -D {rule} 2>/dev/null; do :; done" for rule in _rules(at, port)))


def _part(at: At) -> None:
    _cut(at, SWARM)
    _leave(at, at.elsewhere(OTHER))
    _leave(at.elsewhere(OTHER), at)


def _leave(here: At, there: At) -> None:
    url = f"http://127.0.0.1:{API}/api/v0/swarm/disconnect?arg={full_address(here.site, there.node)}"
    here.site.inside(here.node, lambda: http(url, method="POST"))
    other = peer_id(here.site, there.node)
    here.until(lambda: other not in _peers(here), "the two have parted", 30)


add_local(
    "ipfs-peers-missing",
    "two of the swarm can't reach each other",
    _part,
    lambda at: _mend(at, SWARM),
    "IPFS_PEERS_MISSING@n4 IPFS_PEERS_MISSING@n5",
    node="n4",
)


add_local(
    "ipfs-cluster-parted",
    "two peers of IPFS Cluster can't reach each other",
    lambda at: _cut(at, CLUSTER_SWARM),
    lambda at: _mend(at, CLUSTER_SWARM),
    "IPFS_CLUSTER_PEERS_MISSING@n4 IPFS_CLUSTER_PEERS_MISSING@n5",
    node="n4",
    follow="IPFS_CLUSTER_ERRORS@n4",
)


def _add_bootstrap(at: At) -> None:
    address = f"/ip4/198.51.100.99/tcp/{SWARM}/p2p/{peer_id(at.site, at.elsewhere('n1').node)}"
    at.site.inside(at.node, lambda: api(f"bootstrap/add?arg={address}"))


def _no_bootstrap(at: At) -> None:
    at.site.inside(at.node, lambda: api("bootstrap/rm/all"))


add_local(
    "ipfs-bootstrap", "Kubo has a bootstrap peer", _add_bootstrap, _no_bootstrap, "IPFS_BOOTSTRAP_NOT_EMPTY", node="n5"
)

for _name, _size in {"ipfs-repo-full": 93, "ipfs-repo-critical": 97}.items():
    _inject, _heal = lying(API, {"/api/v0/repo/stat": {"RepoSize": _size * 10**8, "StorageMax": 10**10}})
    add_local(_name, f"{_size} % of the repository is in use", _inject, _heal, "IPFS_REPO_FULL", node="n4")
