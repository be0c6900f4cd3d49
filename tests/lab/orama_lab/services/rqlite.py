"""RQLite: a raft cluster over the WireGuard addresses.

In Orama, orama-node runs rqlited inside itself, so here its unit runs the real rqlited.
"""

from __future__ import annotations

import json
from typing import Any

from ..site import Site
from ..topology import HOME, Node
from ..tree import Tree
from .ask import FAILURES, http, http_json
from .base import Service
from .log import sent

HTTP = 5001
RAFT = 7001
UNIT = "orama-node"

#: The counters that stay above zero after a fault until the process is started anew.
COUNTERS = {"http": ("leader_not_found",), "db": ("execution_errors", "query_errors")}
#: Entries in the log that a follower at work may be behind.
CATCHING_UP = 100
#: A leader greets every follower several times in this; twenty of them, each second, keep a core busy.
LARGE_TIMEOUT = "5s"


def command(node: Node, first: Node, http_port: int, raft_port: int, data: str, is_large: bool = False) -> str:
    """How rqlited is started; every node but the first joins the first."""
    words = [
        "/usr/local/bin/rqlited",
        f"-node-id={node.name}",
        f"-http-addr=0.0.0.0:{http_port}",
        f"-http-adv-addr={node.wg_address}:{http_port}",
        f"-raft-addr={node.wg_address}:{raft_port}",
    ]
    if node is not first:
        words += [f"-join={first.wg_address}:{raft_port}", "-join-interval=1s", "-join-attempts=90"]
    if not node.voter:
        words.append("-raft-non-voter=true")
    if is_large:
        words += [f"-raft-timeout={LARGE_TIMEOUT}", f"-raft-election-timeout={LARGE_TIMEOUT}"]
    return " ".join([*words, data])


def cluster_problems(members: tuple[Node, ...], port: int) -> list[str]:
    """Whether this node is ready and sees every member reachable; asked inside its network."""
    try:
        status, _ = http(f"http://127.0.0.1:{port}/readyz?timeout=2s")
        if status != 200:
            return ["rqlite is not ready"]
        told = http_json(f"http://127.0.0.1:{port}/nodes?nonvoters&timeout=2s")
        nodes: dict[str, Any] = told
        raft = http_json(f"http://127.0.0.1:{port}/status?key=store.raft")
    except FAILURES as error:
        return [f"rqlite does not answer: {error}"]
    reached = sum(1 for node in nodes.values() if node.get("reachable"))
    voters = sum(1 for node in nodes.values() if node.get("voter"))
    wrong = []
    if reached != len(members):
        wrong.append(f"rqlite reaches {reached} of {len(members)} nodes")
    if voters != sum(1 for node in members if node.voter):
        wrong.append(f"rqlite has {voters} voters")
    if sum(1 for node in nodes.values() if node.get("leader")) != 1:
        wrong.append("rqlite has no leader")
    behind = int(raft["last_log_index"]) - int(raft["applied_index"])
    if behind > CATCHING_UP:
        wrong.append(f"rqlite has {behind} entries yet to apply")
    return wrong


def counters(port: int) -> int:
    """The sum of the error counters a report shows."""
    told = json.loads(http(f"http://127.0.0.1:{port}/debug/vars")[1])
    return sum(int(told.get(group, {}).get(name, 0)) for group, names in COUNTERS.items() for name in names)


def leader(site: Site) -> Node:
    """The node that leads the main raft cluster now."""
    for node in site.topology.nodes:
        try:
            told = site.inside(node, lambda: http_json(f"http://127.0.0.1:{HTTP}/status?key=store.raft"))
        except FAILURES:
            continue
        if told.get("state") == "Leader":
            return node
    raise LookupError("no node leads rqlite")


class Rqlite(Service):
    """orama-node: the real rqlited."""

    name = "rqlite"
    needs = ("rqlited", "wireguard-go")

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        home.mkdir("data/rqlite", 0o700)
        topology = site.topology
        start = command(node, topology.nodes[0], HTTP, RAFT, f"{HOME}/data/rqlite", topology.is_large)
        tree.unit(
            UNIT,
            start,
            service=sent(node, home, UNIT),
            requires="wg-quick@wg0.service",
            description="Orama node (lab: the rqlited inside it)",
        )

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        return site.inside(node, lambda: cluster_problems(site.topology.nodes, HTTP))

    def forget(self, site: Site, node: Node) -> bool:
        """Error counters live as long as the process. One too busy to tell them is asked once more."""
        try:
            if not site.inside(node, lambda: counters(HTTP)):
                return False
        except FAILURES:
            return True
        site.machine(node).systemctl("restart", "--job-mode=ignore-dependencies", UNIT)  # not the namespaces with it
        return True
