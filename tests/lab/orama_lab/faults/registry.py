"""What a fault is, and the list of all there are."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..machine import Machine
from ..services import rqlite
from ..shell import LabError, wait_until
from ..site import Site
from ..topology import Node

CLUSTER = "cluster"
#: Stands for the faulted node in a list of expected alerts.
HERE = "@"
#: Default nodes that are known only when the fault is injected.
LEADER = "leader"
FOLLOWER = "follower"


@dataclass(frozen=True)
class At:
    """Where a fault is injected or healed."""

    site: Site
    node: Node

    @property
    def machine(self) -> Machine:
        return self.site.machine(self.node)

    def sh(self, script: str, *, check: bool = True, timeout: float = 60.0) -> str:
        """A shell script in the node as root."""
        return self.machine.sh(script, check=check, timeout=timeout)

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return self.machine.run(*argv)

    def elsewhere(self, name: str) -> At:
        """The same on another node."""
        return At(self.site, self.site.topology.find(name))

    def pick(self, wanted: str) -> str:
        """The name of the node that a default stands for now."""
        return pick(self.site, wanted)

    def until(self, condition: Callable[[], bool], what: str, timeout: float = 60.0) -> None:
        """Wait until the fault stands: a test that collects right after must see it."""
        if wait_until(lambda: [] if condition() else [what], timeout=timeout, every=0.2):
            raise LabError(f"{self.node.name}: not after {timeout:.0f} s: {what}")


Action = Callable[[At], None]
Condition = Callable[[At], bool]
#: Seconds after its injection within which a fault has to stand, where that takes minutes.
RIPE_WITHIN = 360.0


@dataclass(frozen=True)
class Fault:
    """One thing that can be wrong, how it comes and goes, and the root alerts it must give."""

    name: str
    text: str
    #: The node it is injected on unless another is named; LEADER and FOLLOWER are found then.
    node: str
    inject: Action
    heal: Action
    #: (alert code, where): HERE, CLUSTER or a node's name.
    expect: tuple[tuple[str, str], ...]
    #: Consequences it must give, too, likewise; others may come.
    follow: tuple[tuple[str, str], ...] = ()
    #: What its injection has to come to, where that takes minutes: several faults are waited for together.
    ripe: Condition | None = None
    #: Takes more than half a minute to stand, by its nature.
    slow: bool = False
    #: No member of Olric can notice it: none has to be given time to tell of it late.
    local: bool = False

    def ripen(self, at: At) -> None:
        """Wait until what was injected stands."""
        if self.ripe is not None:
            at.until(partial(self.ripe, at), f"{self.name} stands", RIPE_WITHIN)

    def expected(self, node: str) -> frozenset[tuple[str, str]]:
        """Root alerts when injected on a node, as (code, node name or "cluster")."""
        return _placed(self.expect, node)

    def following(self, node: str) -> frozenset[tuple[str, str]]:
        """Consequences when injected on a node, as (code, node name or "cluster")."""
        return _placed(self.follow, node)


def _placed(expectations: Sequence[tuple[str, str]], node: str) -> frozenset[tuple[str, str]]:
    return frozenset((code, node if where == HERE else where) for code, where in expectations)


FAULTS: dict[str, Fault] = {}


def pick(site: Site, wanted: str) -> str:
    """A node's name: "leader" and "follower" are those of the main raft cluster now.

    A follower is one by key and with nothing else to it, so that a fault shows alone.
    """
    if wanted not in (LEADER, FOLLOWER):
        return wanted
    leads = rqlite.leader(site)
    if wanted == LEADER:
        return leads.name
    plain = [node for node in site.topology.nodes if node is not leads and not node.nameserver]
    return (plain or [node for node in site.topology.nodes if node is not leads])[0].name


def _expectations(expect: str | Sequence[str]) -> tuple[tuple[str, str], ...]:
    words = expect.split() if isinstance(expect, str) else expect
    pairs = (word.partition("@") for word in words)
    return tuple((code, where or HERE) for code, _, where in pairs)


def add(
    name: str,
    text: str,
    inject: str | Action,
    heal: str | Action,
    expect: str,
    *,
    node: str = "n3",
    follow: str = "",
    ripe: Condition | None = None,
    slow: bool = False,
    local: bool = False,
) -> None:
    """Declare a fault; what is a string is a shell script run in the node as root.

    `expect` names root alerts by code, on the faulted node; CODE@cluster or CODE@n2 elsewhere. `follow` names some of
    their consequences likewise. `ripe` tells whether it stands, where that takes minutes after `inject` came back.
    `slow` and `local` are as in Fault.
    """
    if name in FAULTS:
        raise ValueError(f"two faults are called {name}")
    FAULTS[name] = Fault(
        name,
        text,
        node,
        _action(inject),
        _action(heal),
        _expectations(expect),
        _expectations(follow),
        ripe,
        slow or ripe is not None,
        local,
    )


add_local = partial(add, local=True)


def _action(what: str | Action) -> Action:
    if callable(what):
        return what
    script = what

    def run_script(at: At) -> None:
        at.sh(script)

    return run_script


def find(name: str) -> Fault:
    try:
        return FAULTS[name]
    except KeyError:
        raise LabError(f"no fault {name!r}; `lab faults` lists them") from None
