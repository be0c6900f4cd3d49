"""Faults between nodes, told as few findings as they need.

When one node of twenty falls out of a mesh, nineteen others complain of it and it complains of nineteen. That is one
fault, so complaints ("this node misses that one") are gathered on the nodes they have in common: a node that has
trouble with several others answers for all of it, and a single broken link is one finding on one of its ends.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

Complaint = tuple[str, str]  # the node that looks, the node it misses


@dataclass(slots=True)
class Group:
    """A node and those with which it has trouble: ``sees`` it complains of, ``seen_by`` complain of it."""

    host: str
    sees: list[str] = field(default_factory=list)
    seen_by: list[str] = field(default_factory=list)

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(sorted({*self.sees, *self.seen_by}))


def gathered(complaints: Iterable[Complaint], asked: Collection[str], ailing: Collection[str]) -> list[Group]:
    """The complaints, grouped by the nodes that explain most of them.

    Groups stand on ``asked`` nodes where they can. ``ailing`` nodes, of which it is known already that they are in
    trouble, come first, then whoever has trouble with most others. A link that is nobody else's is put on the end
    that complains; when both do, on the first by name.
    """
    left = set(complaints)
    neighbours = _neighbours(left)
    groups: list[Group] = []
    for host in _picked(neighbours, asked, ailing):
        others = neighbours.pop(host)
        groups.append(_group(host, others, left))
        for other in others:
            neighbours[other].discard(host)
    for host in sorted(neighbours):
        for other in sorted(neighbours[host]):
            if (host, other) in left and ((other, host) not in left or host < other):
                groups.append(_group(host, {other}, left))
    return groups


def _neighbours(complaints: set[Complaint]) -> dict[str, set[str]]:
    neighbours: dict[str, set[str]] = {}
    for observer, missed in complaints:
        neighbours.setdefault(observer, set()).add(missed)
        neighbours.setdefault(missed, set()).add(observer)
    return neighbours


def _picked(neighbours: dict[str, set[str]], asked: Collection[str], ailing: Collection[str]) -> Iterable[str]:
    """The nodes to gather on, one after the other; the caller removes each with its links before the next."""
    for host in sorted(set(neighbours) & set(ailing) & set(asked)):
        if neighbours[host]:
            yield host
    heap = [(-len(others), host) for host, others in neighbours.items() if host in asked]
    heapq.heapify(heap)
    while heap:
        size, host = heapq.heappop(heap)
        now = len(neighbours.get(host, ()))
        if now < 2:
            continue
        if now < -size:
            heapq.heappush(heap, (-now, host))
        else:
            yield host


def _group(host: str, others: set[str], complaints: set[Complaint]) -> Group:
    ordered = sorted(others)
    return Group(
        host,
        sees=[other for other in ordered if (host, other) in complaints],
        seen_by=[other for other in ordered if (other, host) in complaints],
    )
