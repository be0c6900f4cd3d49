"""Olric: a memberlist over the WireGuard addresses."""

from __future__ import annotations

from ..site import Site
from ..topology import HOME, Node
from ..tree import Tree
from .ask import FAILURES, resp
from .base import Service

PORT = 3320
GOSSIP = 3322
UNIT = "orama-olric"

CONFIG = """\
server:
  bindAddr: {node.wg_address}
  bindPort: {port}
  keepAlivePeriod: 300s
  bootstrapTimeout: 5s
  partitionCount: 271
  replicaCount: 1
  writeQuorum: 1
  readQuorum: 1
  readRepair: false
  replicationMode: 0
  memberCountQuorum: 1
  routingTablePushInterval: 1m
client:
  dialTimeout: 5s
  readTimeout: 3s
  writeTimeout: 3s
logging:
  verbosity: 3
  level: WARN
  output: stderr
memberlist:
  environment: lan
  bindAddr: {node.wg_address}
  bindPort: {gossip}
  enableCompression: false
  joinRetryInterval: 1s
  maxJoinAttempts: 10
  # The stock 500 ms fail on a machine that runs 24 nodes on two cores: members would suspect each other.
  probeTimeout: 3s
  probeInterval: 3s
  peers: [{peers}]
dmaps:
  engine:
    name: kvstore
    config:
      tableSize: 524288
"""


def config(node: Node, members: tuple[Node, ...], port: int, gossip: int) -> str:
    """An olric.yaml for one member among others."""
    peers = ", ".join(f'"{other.wg_address}:{gossip}"' for other in members if other is not node)
    return CONFIG.format(node=node, port=port, gossip=gossip, peers=peers)


PROGRAM = "/usr/local/bin/olric-server"


def environment(config_file: str) -> str:
    """The line of a unit that tells Olric its config file."""
    return f"Environment=OLRIC_SERVER_CONFIG={config_file}"


def member_problems(node: Node, members: tuple[Node, ...], port: int) -> list[str]:
    """Whether this member knows exactly the others; asked inside its network."""
    try:
        count = len(resp((node.wg_address, port), "CLUSTER.MEMBERS"))
    except FAILURES as error:
        return [f"olric does not answer: {error}"]
    return [] if count == len(members) else [f"olric has {count} of {len(members)} members"]


class Olric(Service):
    """orama-olric on every node."""

    name = "olric"
    patience = 8.0
    needs = ("olric-server", "wireguard-go")

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        home.write("configs/olric.yaml", config(node, site.topology.nodes, PORT, GOSSIP))
        told = environment(f"{HOME}/configs/olric.yaml")
        tree.unit(UNIT, PROGRAM, service=told, after="wg-quick@wg0.service", description="Orama Olric")

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        return site.inside(node, lambda: member_problems(node, site.topology.nodes, PORT))

    def mend(self, site: Site, node: Node) -> None:
        """A member the others gave up on joins again only when it starts."""
        site.machine(node).systemctl("restart", UNIT)
