"""The lab's network: a switch, and a cable from it to each machine.

Everything is in network namespaces of the lab's own, tied together inside them: the machine's
own namespace has no link, address or route of the lab.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from typing import TypeVar

from .paths import Paths
from .shell import LabError, run
from .topology import CONTROL_ADDRESS, INET, INET_ADDRESS, RESOLVER, Node, Topology

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
SWITCH = "switch"
CONTROL = "control"


def namespaces(paths: Paths) -> list[str]:
    """The lab's network namespaces that exist, by name."""
    found = run(["ip", "netns", "list"]).stdout.splitlines()
    names = [line.split()[0] for line in found if line.strip()]
    return [name for name in names if paths.owns(name)]


class Network:
    """Builds and mends the switch and its cables."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def up(self, topology: Topology) -> None:
        """Everything plugged in; what is there already stays as it is."""
        self._namespace(SWITCH)
        switch = self.paths.prefixed(SWITCH)
        if not self._has(SWITCH, "br0"):
            self._batch(SWITCH, ["link add br0 type bridge", "link set br0 up"])
        self.plug(CONTROL, CONTROL_ADDRESS)
        for node in topology.machines:
            self.plug_node(node)
        run(["ip", "-n", switch, "link", "set", "br0", "up"])

    def plug_node(self, node: Node) -> None:
        """A node's cable, addresses and default route."""
        self.plug(node.name, node.address)
        if node is INET:
            self._batch(node.name, [f"addr replace {RESOLVER}/32 dev lo"])
        else:
            self._batch(node.name, [f"route replace default via {INET_ADDRESS}"])

    def plug(self, part: str, address: str) -> None:
        """A cable from the switch to a namespace, made if it is not there."""
        self._namespace(part)
        if self._has(part, "eth0"):
            self._batch(part, ["link set eth0 up", f"addr replace {address}/24 dev eth0"])
            return
        port, other = f"p-{part}", self.paths.prefixed(part)
        if self._has(SWITCH, port):
            self._batch(SWITCH, [f"link del {port}"])
        make = f"link add {port} type veth peer name eth0 netns {other}"
        self._batch(SWITCH, [make, f"link set {port} master br0 up"])
        self._batch(part, ["link set eth0 up", f"addr replace {address}/24 dev eth0"])

    def _namespace(self, part: str) -> None:
        name = self.paths.prefixed(part)
        if run(["ip", "-n", name, "link", "set", "lo", "up"], check=False).returncode == 0:
            return
        # The file of a namespace whose making was cut off is there, but is no namespace.
        self.paths.netns(part).unlink(missing_ok=True)
        run(["ip", "netns", "add", name])
        run(["ip", "-n", name, "link", "set", "lo", "up"])

    def _has(self, part: str, link: str) -> bool:
        told = run(["ip", "-n", self.paths.prefixed(part), "link", "show", "dev", link], check=False)
        return told.returncode == 0

    def _batch(self, part: str, lines: list[str]) -> None:
        run(["ip", "-n", self.paths.prefixed(part), "-batch", "-"], input="\n".join(lines) + "\n")


def inside(paths: Paths, part: str, work: Callable[[], T]) -> T:
    """Do something in this process with a node's network.

    A network namespace belongs to a thread, so a thread is lent to it; that is a hundred times
    cheaper than a program started for each question, of which `up` asks hundreds.
    """
    result: list[T] = []
    failure: list[BaseException] = []

    def thread() -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            with paths.netns(part).open() as handle:
                if libc.setns(handle.fileno(), CLONE_NEWNET):
                    code = ctypes.get_errno()
                    raise LabError(f"cannot enter the network of {part}: {os.strerror(code)}")
            result.append(work())
        except BaseException as error:
            failure.append(error)

    worker = threading.Thread(target=thread, name=f"in-{part}", daemon=True)
    worker.start()
    worker.join()
    if failure:
        raise failure[0]
    return result[0]
