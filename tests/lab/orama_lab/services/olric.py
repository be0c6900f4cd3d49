"""Olric: a memberlist over the WireGuard addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..shell import parallel
from ..site import Site
from ..topology import HOME, Node
from ..tree import Tree
from .ask import FAILURES, resp
from .base import Service
from .log import path, sent

PORT = 3320
GOSSIP = 3322
UNIT = "orama-olric"
#: Seconds that a probe of another member takes at the most: what was under way when a fault went is told by then.
PROBE = 3
#: Seconds without a line of trouble in the log after which none follows.
QUIET = 2 * PROBE + 1
TROUBLE = re.compile(r"\[(?:ERR|ERROR|WARN)\]|suspect|marking|joined|left", re.IGNORECASE)
#: What it has written since: a line in a file begins with its time.
LATELY = f"journalctl -q -u {UNIT} -o cat --since=-{QUIET}s"
LATELY_IN_FILE = f"""awk -v since="$(date -d "-{QUIET} seconds" "+%Y/%m/%d %T")" '$0 >= since' {path(UNIT)}"""

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
  # The stock 500 ms fail on a machine that runs 24 nodes on two cores: members would suspect each other. One packet may
  # be lost: from the timeout to the end of the interval others are asked, and the member itself over TCP. Without the
  # multiplier a member that was cut off takes 24 s for a probe, and suspects the others long after it is back. And whom
  # it came to suspect meanwhile it tells nobody until it probes that one again, half a minute later: unless all it
  # knows is exchanged more often than each 30 s.
  probeTimeout: 1s
  probeInterval: {probe}s
  awarenessMaxMultiplier: 1
  pushPullInterval: 2s
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
    return CONFIG.format(node=node, port=port, gossip=gossip, peers=peers, probe=PROBE)


PROGRAM = "/usr/local/bin/olric-server"


def environment(config_file: str) -> str:
    """The line of a unit that tells Olric its config file."""
    return f"Environment=OLRIC_SERVER_CONFIG={config_file}"


def known(node: Node, port: int) -> int:
    """How many members this one knows, itself among them; asked inside its network. 0 when it does not answer."""
    try:
        return len(resp((node.wg_address, port), "CLUSTER.MEMBERS"))
    except FAILURES:
        return 0


def astray(counts: Sequence[int]) -> list[int]:
    """Which members have to start anew, by how many each knows: who lost most of them, else who lost any.

    Where none has kept most of them they gather around the first that answers. All at once would miss each other again.
    """
    most = len(counts) // 2
    lonely = [place for place, count in enumerate(counts) if count <= most]
    if len(lonely) < len(counts):
        return lonely or [place for place, count in enumerate(counts) if count < len(counts)]
    first = next((place for place in lonely if counts[place]), lonely[0])
    return [place for place in lonely if place != first or not counts[place]]


def rejoin(site: Site, node: Node, members: tuple[Node, ...], port: int, unit: str) -> None:
    """A member the others gave up on joins again only when it starts; those that have each other stay."""
    counts = parallel(lambda member: site.inside(member, lambda: known(member, port)), members)
    if members.index(node) in astray(counts):
        site.machine(node).systemctl("restart", unit)


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
    lag = PROBE + 1.0
    needs = ("olric-server", "wireguard-go")

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        home.write("configs/olric.yaml", config(node, site.topology.nodes, PORT, GOSSIP))
        told = environment(f"{HOME}/configs/olric.yaml")
        service = f"{told}\n{sent(node, home, UNIT)}"
        tree.unit(UNIT, PROGRAM, service=service, after="wg-quick@wg0.service", description="Orama Olric")

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        return site.inside(node, lambda: member_problems(node, site.topology.nodes, PORT))

    def mend(self, site: Site, node: Node) -> None:
        rejoin(site, node, site.topology.nodes, PORT, UNIT)

    def unrest(self, site: Site, node: Node) -> list[str]:
        """A probe under way when a fault went is given up, and told of, some seconds later."""
        told = site.machine(node).sh(LATELY_IN_FILE if node.logs_to_files else LATELY)
        lines = [line for line in told.splitlines() if TROUBLE.search(line)]
        return [f"olric: {line[20:80]}" for line in lines[-1:]]
