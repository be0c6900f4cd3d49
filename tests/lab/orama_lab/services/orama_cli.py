"""/usr/local/bin/orama, which is Orama's own: a stub that knows its version."""

from __future__ import annotations

from ..site import Site
from ..topology import Node
from ..tree import Tree
from .base import Service

VERSION = "0.107.0"
PROGRAM = "usr/local/bin/orama"

SCRIPT = """\
#!/bin/sh
# A stub of Orama's own command line, for the lab.
case "$1" in
version) echo "orama {version} (commit lab) built 2026-01-01T00:00:00Z" ;;
*) echo "orama: the lab's stub knows only 'version'" >&2; exit 1 ;;
esac
"""


def script(version: str = VERSION) -> str:
    return SCRIPT.format(version=version)


class OramaCli(Service):
    """`orama version` on every node."""

    name = "orama-cli"

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.write(PROGRAM, script(), 0o755)
