"""What a rule is, and how it is declared.

A rule is a pure function of what was collected: no I/O and no clock of its own. It is declared once, with everything
that is public about it, on the subsystem it belongs to::

    system = Subsystem("system")

    @system.on_node(
        "MEMORY_HIGH",
        WARNING,
        "More than {memory_pct} % of the memory is in use.",
        why="The kernel kills processes when there is none left.",
        hint="on the node: systemd-cgtop -m",
    )
    def memory(node: NodeView, limits: Thresholds) -> Found:
        used = node.system.mem_use_pct if node.system else None
        if used is not None and used > limits.memory_pct:
            yield f"memory {used} % in use"

``{memory_pct}`` names a threshold, and so do the docs and ``explain``; a rule without any takes no ``limits``.
"""

from __future__ import annotations

import inspect
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from orama_monitor.alerts.alert import CLUSTER, Severity
from orama_monitor.alerts.because import Because
from orama_monitor.alerts.thresholds import Thresholds

if TYPE_CHECKING:
    from orama_monitor.alerts.cluster import Cluster, NodeView

CRITICAL, WARNING, INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Finding:
    """One firing of a rule.

    ``node`` is the host it stands on, or the cluster. ``about`` are the things it speaks of beside the node: the
    unit, the collector, the hosts at the other end. ``severity`` and ``hint`` replace the rule's own. The rest is never
    shown: ``marks`` are by what it is asked for as a cause, as by what it is about; ``follows`` are by what its own
    causes are asked for, where that isn't what it is about.
    """

    node: str
    message: str
    about: tuple[str, ...] = ()
    severity: Severity | None = None
    hint: str | None = None
    marks: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()

    @property
    def known_by(self) -> tuple[str, ...]:
        """What it is found by as a cause."""
        return self.about + self.marks

    @property
    def items(self) -> tuple[str, ...]:
        """What has to be explained, each by itself; of a finding about nothing, that."""
        return self.follows or self.about or ("",)


@dataclass(frozen=True, slots=True)
class Here:
    """A finding on the node that is being looked at."""

    message: str
    about: tuple[str, ...] = ()
    severity: Severity | None = None
    hint: str | None = None
    marks: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()


Found = Iterable[Here | str]
Findings = Iterable[Finding]
Check = Callable[["Cluster", Thresholds], Findings]
# What is decorated: a function of a node, or of the cluster, and of the thresholds where it has any.
NodeCheck = Callable[["NodeView"], Found] | Callable[["NodeView", Thresholds], Found]
ClusterCheck = Callable[["Cluster"], Found] | Callable[["Cluster", Thresholds], Found]
BetweenCheck = Callable[["Cluster"], Findings] | Callable[["Cluster", Thresholds], Findings]
N = TypeVar("N", bound=NodeCheck)
C = TypeVar("C", bound=ClusterCheck)
B = TypeVar("B", bound=BetweenCheck)


@dataclass(frozen=True, slots=True)
class Rule:
    """A public alert code, all that is said about it, and the function that finds it."""

    code: str
    severity: Severity
    subsystem: str
    section: str  # of a node's report, without which nothing is known
    scope: str  # "node" or "cluster"
    meaning: str
    why: str
    hint: str
    check: Check
    because: tuple[Because, ...] = ()
    also: tuple[Severity, ...] = ()

    @property
    def thresholds(self) -> tuple[str, ...]:
        """The names of the thresholds that its meaning names."""
        return tuple(name for _text, name, _spec, _conversion in string.Formatter().parse(self.meaning) if name)

    def explained(self, limits: Thresholds | None = None) -> str:
        """The meaning with the thresholds' values in it."""
        values = (limits or Thresholds()).model_dump()
        return self.meaning.format(**{name: f"{value:g}" for name, value in values.items()})


class Subsystem:
    """The rules of one subsystem, in the order in which they are declared.

    ``why``, ``hint`` and ``because`` mean the same everywhere: why it matters, the next command or place to look,
    the alerts that may explain it. ``also`` are the severities a finding may have instead of the rule's own.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: list[Rule] = []

    def on_node(
        self,
        code: str,
        severity: Severity,
        meaning: str,
        *,
        why: str,
        hint: str,
        because: Sequence[Because] = (),
        also: Sequence[Severity] = (),
        section: str | None = None,
    ) -> Callable[[N], N]:
        """A rule that looks at one node's report and nothing else. A plain text is a finding on that node.

        It reads the section that is called as the subsystem is, unless it names another.
        """

        def declare(check: N) -> N:
            look = _with_limits(check)

            def on_each(cluster: Cluster, limits: Thresholds) -> Findings:
                for node in cluster.reporting:
                    for found in look(node, limits):
                        yield _placed(found, node.host)

            self._add(code, severity, "node", meaning, why, hint, on_each, because, also, section)
            return check

        return declare

    def on_cluster(
        self,
        code: str,
        severity: Severity,
        meaning: str,
        *,
        why: str,
        hint: str,
        because: Sequence[Because] = (),
        also: Sequence[Severity] = (),
    ) -> Callable[[C], C]:
        """A rule that compares nodes and finds something wrong with the cluster as a whole."""

        def declare(check: C) -> C:
            look = _with_limits(check)

            def on_all(cluster: Cluster, limits: Thresholds) -> Findings:
                return (_placed(found, CLUSTER) for found in look(cluster, limits))

            self._add(code, severity, "cluster", meaning, why, hint, on_all, because, also)
            return check

        return declare

    def between_nodes(
        self,
        code: str,
        severity: Severity,
        meaning: str,
        *,
        why: str,
        hint: str,
        because: Sequence[Because] = (),
        also: Sequence[Severity] = (),
    ) -> Callable[[B], B]:
        """A rule that compares nodes and finds something wrong with one of them."""

        def declare(check: B) -> B:
            self._add(code, severity, "node", meaning, why, hint, _with_limits(check), because, also)
            return check

        return declare

    def _add(
        self,
        code: str,
        severity: Severity,
        scope: str,
        meaning: str,
        why: str,
        hint: str,
        check: Check,
        because: Sequence[Because],
        also: Sequence[Severity],
        section: str | None = None,
    ) -> None:
        reads = section or self.name
        rule = Rule(code, severity, self.name, reads, scope, meaning, why, hint, check, tuple(because), tuple(also))
        self.rules.append(rule)


def _with_limits(check: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the thresholds as its second argument, whether it needs them or not."""
    if len(inspect.signature(check).parameters) == 2:
        return check
    return lambda subject, _limits: check(subject)


def _placed(found: Here | str, node: str) -> Finding:
    if isinstance(found, str):
        return Finding(node, found)
    return Finding(node, found.message, found.about, found.severity, found.hint, found.marks, found.follows)
