"""The lab's nodes as inventories of any length: a node answers under many addresses."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from orama_lab import Lab
from orama_lab.network import CONTROL
from orama_lab.topology import ENVIRONMENT
from orama_monitor.nodes import Node, read_nodes

ALIASES = "198.18"


@dataclass(frozen=True)
class Cluster:
    """A conf for the benchmark and how many nodes it names."""

    conf: Path
    size: int

    @property
    def inventory(self) -> Path:
        return self.conf.with_suffix(".orama.yml")


def cluster(lab: Lab, size: int, directory: Path) -> Cluster:
    """``size`` names spread over the lab's nodes that are logged in to by key. The first names are their own.

    Their host keys are known: to learn one is no part of what is measured, and Mitogen refuses to.
    """
    keyed = [node for node in read_nodes(lab.conf) if node.ssh_key]
    spread = [(keyed[number % len(keyed)], number // len(keyed)) for number in range(size)]
    names = [_name(lab, *one) for one in spread]
    keys = [f"{name.host} {_host_key(lab, node)}\n" for name, (node, _turn) in zip(names, spread, strict=True)]
    lab.paths.known_hosts.write_text("".join(keys))
    conf = directory / f"{size}.conf"
    conf.write_text("".join(f"{ENVIRONMENT}|{n.user}@{n.host}||{n.role}|{n.ssh_key}\n" for n in names))
    found = Cluster(conf, size)
    found.inventory.write_text(f"plugin: orama.monitor.remote_nodes\nconfig: {conf}\nenvironment: {ENVIRONMENT}\n")
    return found


def _name(lab: Lab, node: Node, turn: int) -> Node:
    """The node itself, or under the address of a further turn."""
    if turn == 0:
        return node
    address = f"{ALIASES}.{turn}.{node.host.rpartition('.')[2]}"
    _ip("-n", lab.paths.prefixed(_lab_name(lab, node)), "address", "replace", f"{address}/32", "dev", "lo")
    _ip("-n", lab.paths.prefixed(CONTROL), "route", "replace", f"{address}/32", "via", node.host)
    return Node(node.environment, address, node.user, node.port, node.role, None, node.ssh_key)


def _host_key(lab: Lab, node: Node) -> str:
    return lab.paths.host_key(_lab_name(lab, node)).with_suffix(".pub").read_text().strip()


def _lab_name(lab: Lab, node: Node) -> str:
    return next(found.name for found in lab.nodes if found.address == node.host)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
