"""What services and faults are handed: the cluster they are part of."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .build import Builder
from .machine import Machine
from .network import inside
from .paths import Paths
from .topology import Node, Topology

T = TypeVar("T")


class Site:
    """The nodes of this lab, their machines, and the secrets they share."""

    def __init__(self, paths: Paths, topology: Topology) -> None:
        self.paths = paths
        self.topology = topology
        self.builder = Builder(paths)
        self._deciding = threading.Lock()

    @cached_property
    def machines(self) -> dict[str, Machine]:
        return {node.name: Machine(self.paths, self.builder, node) for node in self.topology.machines}

    def machine(self, node: Node) -> Machine:
        return self.machines[node.name]

    def inside(self, node: Node, work: Callable[[], T]) -> T:
        """Do something with the node's network."""
        return inside(self.paths, node.name, work)

    def directory(self, name: str) -> Path:
        """A private directory for one service's keys."""
        path = self.paths.secrets / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def secret(self, name: str) -> str:
        """A random secret of 32 bytes in hexadecimal, the same for the whole run."""
        path = self.directory("random") / name
        with self._deciding:  # all nodes are installed at once, and ask
            if not path.exists():
                path.write_text(secrets.token_hex(32))
            return path.read_text()
