"""Applies all rules to a cluster, and finds which alert explains which.

The engine knows no code by name: what may cause what is declared beside each rule (see ``because``). A cause is
followed to its end, so that every consequence names a root.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from orama_monitor.alerts.alert import CLUSTER, Alert, Cause
from orama_monitor.alerts.because import Because, Ref, Where
from orama_monitor.alerts.rule import Finding, Rule
from orama_monitor.alerts.words import clip

if TYPE_CHECKING:
    from orama_monitor.alerts.cluster import Cluster
    from orama_monitor.alerts.policy import Policy


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A finding with the rule that made it."""

    rule: Rule
    finding: Finding

    def is_about(self, item: str | None) -> bool:
        return item is None or item in self.finding.known_by


class Causes:
    """What explains what, among all findings that stand.

    ``outspoken`` are the codes of what muted faults alone don't explain.
    """

    def __init__(
        self, standing: list[Standing], muted: Container[Standing] = (), outspoken: Container[str] = ()
    ) -> None:
        self._muted = muted
        self._outspoken = outspoken
        self._on: dict[tuple[str, str], list[Standing]] = {}
        self._touching: dict[tuple[str, str], list[Standing]] = {}
        self._all: dict[str, list[Standing]] = {}
        self._roots: dict[int, Standing] = {}
        wanted = {ref.code for one in standing for because in one.rule.because for ref in because.refs}
        for one in standing:
            code = one.rule.code
            if code in wanted:
                self._on.setdefault((code, one.finding.node), []).append(one)
                self._all.setdefault(code, []).append(one)
                for place in {one.finding.node, *one.finding.known_by}:
                    self._touching.setdefault((code, place), []).append(one)

    def root(self, consequence: Standing) -> Standing:
        """Where the chain of causes ends: the finding itself, when nothing explains it.

        One that is being followed counts as a root meanwhile, so that no chain that leads back is without end.
        """
        known = self._roots.get(id(consequence))
        if known is None:
            self._roots[id(consequence)] = consequence
            cause = self._cause(consequence)
            known = consequence if cause is None else self.root(cause)
            self._roots[id(consequence)] = known
        return known if known is consequence else self.root(known)

    def _cause(self, consequence: Standing) -> Standing | None:
        """What explains each thing that the finding is about, or one thing that suffices.

        Of several causes the first that is heard counts: what an unmuted fault brings about is no old news. Of what a
        muted one explains in part only, the rest is news.
        """
        rule, finding = consequence.rule, consequence.finding
        one_may_suffice = any(because.suffices for because in rule.because)
        found: list[Standing] = []
        sufficient: list[Standing] = []
        explained = bool(rule.because)
        for item in finding.items:
            match = self._found(rule.because, finding, item)
            if match is not None:
                because, cause = match
                (sufficient if because.suffices else found).append(cause)
            elif one_may_suffice:
                explained = False
            else:
                return None
        causes = sufficient or (found if explained else [])
        heard = next((cause for cause in causes if self.root(cause) not in self._muted), None)
        silent = causes[0] if causes and explained and rule.code not in self._outspoken else None
        return heard or silent

    def _found(self, becauses: Iterable[Because], finding: Finding, item: str) -> tuple[Because, Standing] | None:
        """The first declared cause that is heard, of those that stand for one thing; where none is, the first."""
        first: tuple[Because, Standing] | None = None
        for because, cause in self._matches(becauses, finding, item):
            if self.root(cause) not in self._muted:
                return because, cause
            if first is None and not because.heard_only:
                first = because, cause
        return first

    def _matches(self, becauses: Iterable[Because], finding: Finding, item: str) -> Iterator[tuple[Because, Standing]]:
        for because in becauses:
            if because.speaks_of(item):
                for ref in because.refs:
                    for cause in self._places(because, ref, finding, item):
                        yield because, cause

    def _places(self, because: Because, ref: Ref, finding: Finding, item: str) -> Iterator[Standing]:
        node, wanted = finding.node, ref.wants(item)
        candidates: Iterable[Standing]
        match because.where:
            case Where.HERE:
                candidates = self._on.get((ref.code, node), ())
            case Where.TOUCHING:
                candidates = self._troubling(ref.code, node)
            case Where.CONCERNING:
                candidates = self._touching.get((ref.code, node), ())
            case Where.THERE:
                candidates = self._on.get((ref.code, item), ())
            case Where.AROUND:
                candidates = self._troubling(ref.code, item)
                if not because.suffices:
                    candidates = chain(candidates, self._touching.get((ref.code, item), ()))
            case Where.AMONG:
                concerned = set(finding.items) - {item}
                standing = self._on.get((ref.code, item), ())
                candidates = (one for one in standing if concerned & set(one.finding.known_by))
            case Where.CLUSTER:
                candidates = self._on.get((ref.code, CLUSTER), ())
            case Where.ANYWHERE:
                candidates = self._all.get(ref.code, ())
            case Where.LINK:
                yield from self._linked(ref.code, node, item)
                return
        yield from (one for one in candidates if one.is_about(wanted))

    def _troubling(self, code: str, host: str) -> Iterator[Standing]:
        """Those on a host, or about it: one elsewhere that is a consequence is the trouble of who it stands on.

        A dead node's handshakes are stale with all others, and not one link between those is the worse for it.
        """
        for one in self._touching.get((code, host), ()):
            if one.finding.node == host or self.root(one) is one:
                yield one

    def _linked(self, code: str, node: str, other: str) -> Iterator[Standing]:
        for end, far in ((node, other), (other, node)):
            yield from (one for one in self._on.get((code, end), ()) if one.is_about(far))


def judge(rules: Iterable[Rule], cluster: Cluster, policy: Policy) -> list[Alert]:
    """Every alert that stands: roots first, those with the worst family before the others, then the consequences.

    Muting is the policy's; an alert whose cause is muted stays a consequence.
    """
    limits = policy.thresholds
    standing = [Standing(rule, finding) for rule in rules for finding in rule.check(cluster, limits)]
    causes = Causes(standing, _muted(standing, policy, cluster), policy.outspoken)
    alerts = [policy.apply(_alert(one, causes.root(one)), cluster.now) for one in standing]
    return _ordered(alerts)


def _muted(standing: list[Standing], policy: Policy, cluster: Cluster) -> set[Standing]:
    """The findings that the policy mutes by themselves."""
    codes = {mute.code for mute in policy.mutes}
    return {one for one in standing if one.rule.code in codes and policy.apply(_alert(one, one), cluster.now).muted}


def _alert(one: Standing, root: Standing) -> Alert:
    rule, finding = one.rule, one.finding
    return Alert(
        code=rule.code,
        severity=finding.severity or rule.severity,
        subsystem=rule.subsystem,
        node=finding.node,
        message=finding.message,
        hint=finding.hint or rule.hint,
        about=_shown(finding),
        cause=None if root is one else _as_cause(root),
    )


def _shown(finding: Finding) -> list[str]:
    """What the finding is about, fit to be shown: some of it is text that a node gave."""
    return [clip(item) for item in finding.about]


def _as_cause(root: Standing) -> Cause:
    return Cause(code=root.rule.code, node=root.finding.node, about=_shown(root.finding))


def _ordered(alerts: list[Alert]) -> list[Alert]:
    worst: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for alert in alerts:
        family = (alert.cause or alert).key
        worst[family] = min(worst.get(family, alert.severity.rank), alert.severity.rank)

    def order(alert: Alert) -> tuple[object, ...]:
        family = worst[alert.key] if alert.is_root else 0
        return not alert.is_root, family, alert.severity.rank, alert.code, alert.node, alert.message

    return sorted(alerts, key=order)
