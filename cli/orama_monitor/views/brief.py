"""The cluster's state as Markdown, short enough to paste into a conversation with a language model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.words import number
from orama_monitor.views import headline
from orama_monitor.views.cluster import cells
from orama_monitor.views.folding import Folded, Root, fold, group
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

CONSEQUENCES = 20
NODES = 50
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render(report: ClusterReport, least: Severity | None = None) -> str:
    """The brief. What nodes said stands in it as quoted text, never as markup."""
    folded = fold(report.alerts, least)
    return "\n".join([*_title(report), *_alerts(folded), *_nodes(report)])


def quoted(value: object) -> str:
    """Text that came from a node, with what Markdown would read as markup escaped."""
    return _SPECIAL.sub(r"\\\1", clean(value))


def _title(report: ClusterReport) -> Iterator[str]:
    meta, summary = report.meta, report.summary
    yield f"# Orama cluster {quoted(meta.environment)}: {headline.nodes(report)}"
    yield ""
    yield f"- Collected {meta.collected_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} in {meta.duration_seconds:.1f} s"
    if meta.partial:
        yield "- PARTIAL: not all nodes have answered"
    leader, voters = quoted(summary.rqlite_leader or "not known"), quoted(summary.rqlite_voters or "not known")
    term = "not known" if summary.rqlite_raft_term is None else summary.rqlite_raft_term
    yield f"- RQLite: leader {leader}, reachable voters {voters}, term {term}"
    yield f"- WireGuard mesh: {quoted(summary.wg_mesh_status)}"
    yield f"- Services: {quoted(summary.service_health)}"


def _alerts(folded: Folded) -> Iterator[str]:
    yield ""
    yield "## Root alerts"
    yield ""
    if not folded.roots:
        yield "None."
    for found in group(folded.roots):
        yield f"- **{found.severity.value} {quoted(found.code)}**"
        for root in found.roots:
            yield f"  - {quoted(root.alert.node)}: {quoted(root.alert.message)}"
            yield from _consequences(root)
        yield f"  - Next: {quoted(found.hint)}"
    if folded.muted:
        codes = sorted({f"{root.alert.code} on {root.alert.node}" for root in folded.muted})
        yield f"- {number(len(codes), 'muted alert')}: {', '.join(map(quoted, codes))}"


def _consequences(root: Root) -> Iterator[str]:
    if root.consequences:
        said = [f"{alert.code} on {alert.node}" for alert in root.consequences[:CONSEQUENCES]]
        more = len(root.consequences) - len(said)
        rest = f" and {more} more" if more > 0 else ""
        yield f"    - {number(len(root.consequences), 'consequence')}: {', '.join(map(quoted, said))}{rest}"


def _nodes(report: ClusterReport) -> Iterator[str]:
    yield ""
    yield "## Nodes"
    yield ""
    rows = cells(report)
    yield "| " + " | ".join(rows[0]) + " |"
    yield "|" + " --- |" * len(rows[0])
    for row in rows[1 : NODES + 1]:
        yield "| " + " | ".join(quoted(cell) for cell in row) + " |"
    if len(rows) > NODES + 1:
        yield ""
        yield f"… and {number(len(rows) - NODES - 1, 'more node')}"
