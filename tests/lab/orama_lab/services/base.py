"""What a service of the lab is."""

from __future__ import annotations

from typing import ClassVar

from ..site import Site
from ..topology import Node
from ..tree import Tree


class Service:
    """One part of a node: its files before boot, and what tells that it is well.

    A subclass overrides what it needs. `problems` decides when `up` and `heal` are done, so it
    has to look at what a user of the service would see, not at a unit's state.
    """

    name: ClassVar[str]
    #: Go programs it cannot be without; where one could not be built the lab runs without the service.
    needs: ClassVar[tuple[str, ...]] = ()

    #: Seconds a problem may stand before `mend` is called.
    patience: ClassVar[float] = 25.0

    #: Seconds after a fault is gone within which its log may begin to tell of it.
    lag: ClassVar[float] = 0.0

    def runs_on(self, node: Node) -> bool:
        """Whether the node has it at all."""
        return not node.is_inet

    def prepare(self, site: Site) -> None:
        """Keys and identities the nodes must know of each other, before any is installed."""

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        """Write its files; `home` is the Orama home's own file system."""

    def units(self, node: Node) -> tuple[str, ...]:
        """The systemd units that must be active."""
        return ()

    def problems(self, site: Site, node: Node) -> list[str]:
        """Why it is not well on this node, in a few words each."""
        return []

    def mend(self, site: Site, node: Node) -> None:
        """Help it along when it does not come back by itself after a fault."""

    def forget(self, site: Site, node: Node) -> bool:
        """Once all is well: drop what still tells of a fault; whether that took a restart."""
        return False

    def unrest(self, site: Site, node: Node) -> list[str]:
        """What its log told of trouble a moment ago: once all is well more may still come, until it is quiet."""
        return []
