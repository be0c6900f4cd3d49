"""Where a service's log is: in the journal, or in a file, to which Orama's own units send it."""

from __future__ import annotations

from ..topology import HOME, Node
from ..tree import Tree

FOLDER = "logs"


def path(unit: str) -> str:
    """The file of an Orama unit, on the nodes that have one."""
    return f"{HOME}/{FOLDER}/{unit.removeprefix('orama-')}.log"


def sent(node: Node, home: Tree, unit: str) -> str:
    """The lines of a unit that send its service's log to the file; none where that is the journal."""
    if not node.logs_to_files:
        return ""
    home.mkdir(FOLDER)
    return f"StandardOutput=append:{path(unit)}\nStandardError=append:{path(unit)}"
