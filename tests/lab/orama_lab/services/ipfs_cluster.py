"""IPFS Cluster: CRDT consensus among all nodes."""

from __future__ import annotations

import json
import os
from typing import Any

from ..shell import parallel, run
from ..site import Site
from ..topology import HOME, Node
from ..tree import Tree, whole
from .ask import FAILURES, http
from .base import Service
from .ipfs import API as IPFS_API

API = 9094
SWARM = 9096
UNIT = "orama-ipfs-cluster"
DATA = "data/ipfs-cluster"

#: What each peer tells all others of itself twice in this time, besides that it lives: nothing here depends on it.
INFORMERS = ("DISK", "PINQUEUE", "TAGS")
METRIC_TTL = "10m"
#: How often a peer says that it lives, in a large lab.
LARGE_PING_INTERVAL = "30s"


class IpfsCluster(Service):
    """orama-ipfs-cluster on every node."""

    name = "ipfs-cluster"
    #: Its peers need half a minute to tell each other of all.
    patience = 60.0
    needs = ("ipfs-cluster-service", "ipfs", "wireguard-go")

    def prepare(self, site: Site) -> None:
        base = site.directory("ipfs-cluster")
        program = site.builder.layer() / "usr/local/bin/ipfs-cluster-service"

        def init(node: Node) -> None:
            if (base / node.name).exists():
                return
            env = {
                **os.environ,
                "CLUSTER_SECRET": site.secret("cluster"),
                "CLUSTER_PEERNAME": node.host,
                "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS": f"/ip4/0.0.0.0/tcp/{API}",
                "CLUSTER_LISTENMULTIADDRESS": f"/ip4/{node.wg_address}/tcp/{SWARM}",
                "CLUSTER_IPFSHTTP_NODEMULTIADDRESS": f"/ip4/127.0.0.1/tcp/{IPFS_API}",
                **{f"CLUSTER_{informer}_METRICTTL": METRIC_TTL for informer in INFORMERS},
                **({"CLUSTER_MONITORPINGINTERVAL": LARGE_PING_INTERVAL} if site.topology.is_large else {}),
            }
            with whole(base / node.name) as data:
                run([program, "--config", data, "init", "--consensus", "crdt"], env=env)

        parallel(init, site.topology.nodes, 4)

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        home.copy_tree(site.directory("ipfs-cluster") / node.name, DATA)
        peers = [f"{_address(other)}/p2p/{_peer_id(site, other)}" for other in site.topology.others(node)]
        home.write(f"{DATA}/peerstore", "\n".join(peers) + "\n", 0o600)
        start = f"/usr/local/bin/ipfs-cluster-service --config {HOME}/{DATA} daemon"
        tree.unit(
            UNIT,
            start,
            after="wg-quick@wg0.service",
            requires="orama-ipfs.service",
            description="Orama IPFS Cluster",
        )

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        wanted = len(site.topology.nodes)
        try:
            peers = site.inside(node, _peers)
        except FAILURES as error:
            return [f"ipfs-cluster does not answer: {error}"]
        wrong = [] if len(peers) == wanted else [f"ipfs-cluster lists {len(peers)} of {wanted} peers"]
        bad = sum(1 for peer in peers if peer.get("error") or (peer.get("ipfs") or {}).get("error"))
        return [*wrong, f"ipfs-cluster has {bad} peers with an error"] if bad else wrong

    def mend(self, site: Site, node: Node) -> None:
        site.machine(node).systemctl("restart", UNIT)


def _peers() -> list[dict[str, Any]]:
    status, body = http(f"http://127.0.0.1:{API}/peers", timeout=6)
    if status != 200:
        raise ValueError(f"HTTP {status}")
    return [json.loads(line) for line in body.splitlines() if line.strip()]


def _address(node: Node) -> str:
    return f"/ip4/{node.wg_address}/tcp/{SWARM}"


def _peer_id(site: Site, node: Node) -> str:
    identity = json.loads((site.directory("ipfs-cluster") / node.name / "identity.json").read_text())
    return str(identity["id"])
