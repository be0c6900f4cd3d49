"""Which alerts may explain another one: how a rule declares its causes.

A cause is written as a code, ``"WG_DOWN"``, or as a code and what it must be about,
``"SERVICE_FAILED orama-node"``, or marked with; ``{}`` there stands for what the finding itself is about, and
``{instance}`` for the instance, where that is a unit. The functions say where the cause must stand::

    because=[here("WG_DOWN"), there("NODE_UNREACHABLE", *unit("orama-node")), cluster("RQLITE_NO_LEADER")]

A finding about several things (peers, collectors) is explained only when each of them is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase


class Where(Enum):
    """Where a cause must stand, seen from its consequence."""

    HERE = "on the same node"
    TOUCHING = "on the same node, or about it"
    CONCERNING = "on the same node, or about it, whoever is to blame"
    THERE = "on the node that the finding is about"
    AROUND = "on the node that the finding is about, or about that node"
    LINK = "on either end of the link, about the other"
    AMONG = "on a node that the finding is about, and about something else that it is about"
    CLUSTER = "on the cluster"
    ANYWHERE = "on any node"


@dataclass(frozen=True, slots=True)
class Ref:
    """An alert by its code and, unless ``item`` is None, one thing that it must be about."""

    code: str
    item: str | None = None

    def wants(self, item: str) -> str | None:
        """What the cause must be about for a finding about ``item``."""
        if self.item is None or self.item == "{}":
            return self.item and item
        return self.item.replace("{instance}", item.partition("@")[2]).replace("{}", item)


@dataclass(frozen=True, slots=True)
class Because:
    """Alerts that explain a finding when they stand where ``where`` says.

    ``of`` limits it to findings about what the pattern matches. With ``suffices`` the whole finding is explained as
    soon as one of the things it is about is. ``heard_only`` is for a guess: what is muted explains nothing by it.
    """

    where: Where
    refs: tuple[Ref, ...]
    of: str | None = None
    suffices: bool = False
    heard_only: bool = False

    def speaks_of(self, item: str) -> bool:
        return self.of is None or fnmatchcase(item, self.of)


def unit(name: str) -> tuple[str, ...]:
    """The alerts that say that a unit doesn't run as it should."""
    return tuple(f"{code} {name}" for code in ("SERVICE_FAILED", "SERVICE_RESTART_LOOP", "SERVICE_INACTIVE"))


def here(*causes: str, of: str | None = None, suffices: bool = False, heard_only: bool = False) -> Because:
    return Because(Where.HERE, _refs(causes), of, suffices=suffices, heard_only=heard_only)


def touching(*causes: str, of: str | None = None) -> Because:
    return Because(Where.TOUCHING, _refs(causes), of)


def concerning(*causes: str) -> Because:
    return Because(Where.CONCERNING, _refs(causes))


def there(*causes: str, suffices: bool = False) -> Because:
    return Because(Where.THERE, _refs(causes), suffices=suffices)


def around(*causes: str, suffices: bool = False) -> Because:
    return Because(Where.AROUND, _refs(causes), suffices=suffices)


def among(*causes: str, suffices: bool = False) -> Because:
    return Because(Where.AMONG, _refs(causes), suffices=suffices)


def link(*causes: str, suffices: bool = False) -> Because:
    return Because(Where.LINK, _refs(causes), suffices=suffices)


def cluster(*causes: str, of: str | None = None) -> Because:
    return Because(Where.CLUSTER, _refs(causes), of)


def anywhere(*causes: str, of: str | None = None, suffices: bool = False, heard_only: bool = False) -> Because:
    return Because(Where.ANYWHERE, _refs(causes), of, suffices=suffices, heard_only=heard_only)


def _refs(causes: tuple[str, ...]) -> tuple[Ref, ...]:
    return tuple(Ref(code, item or None) for code, _blank, item in (cause.partition(" ") for cause in causes))
