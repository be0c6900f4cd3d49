"""The figures a kernel shows that are the machine's and not the node's.

/proc/loadavg, /proc/meminfo and /proc/vmstat have no namespace: with 24 nodes and a compiler
beside them a node would show the load of them all. So each node sees files of its own there, as
lxcfs gives them to a container: a quiet machine of 4 GiB. A fault rewrites one in place.
"""

from __future__ import annotations

from pathlib import Path

from ..site import Site
from ..topology import Node
from ..tree import Tree
from .base import Service

LOADAVG = "0.21 0.18 0.12 1/142 4242\n"
VMSTAT = {"oom_kill": 0, "pswpin": 0, "pswpout": 0}
MEMINFO = {
    "MemTotal": 4026532,
    "MemFree": 1523812,
    "MemAvailable": 2871604,
    "Buffers": 81240,
    "Cached": 1321488,
    "SwapCached": 0,
    "Active": 914210,
    "Inactive": 1102344,
    "Shmem": 2412,
    "Slab": 143204,
    "SReclaimable": 98412,
    "SwapTotal": 1048572,
    "SwapFree": 1048572,
}


def meminfo(**changed: int) -> str:
    """/proc/meminfo, in KiB, with some lines changed."""
    return "".join(f"{name + ':':<16}{value:>8} kB\n" for name, value in {**MEMINFO, **changed}.items())


def vmstat(**changed: int) -> str:
    """/proc/vmstat of this machine with the node's own counters."""
    lines = (line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    values = {name: int(value) for name, value in lines} | VMSTAT | changed
    return "".join(f"{name} {value}\n" for name, value in values.items())


def show(site: Site, node: Node, name: str, text: str) -> None:
    """Let a node's /proc/NAME say this; written in place, since a bind mount follows the file."""
    (site.machine(node).directory / "figures" / name).write_text(text)


class Figures(Service):
    """A quiet machine's load and memory."""

    name = "figures"

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        show(site, node, "loadavg", LOADAVG)
        show(site, node, "meminfo", meminfo())
        show(site, node, "vmstat", vmstat())
