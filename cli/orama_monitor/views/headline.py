"""The first line of every view: is anything wrong, and how sure is that."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.words import number
from orama_monitor.views import style
from orama_monitor.views.flow import Flow, sentence
from orama_monitor.views.folding import Folded, fold
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


def render(report: ClusterReport) -> RenderableType:
    """The verdict, then when it was found and what is missing from it."""
    folded = fold(report.alerts)
    verdict = style.symbol(worst(report, folded))
    verdict.append(f" {clean(report.meta.environment)}", style=style.TITLE).append(f": {nodes(report)}")
    lines = [Flow([verdict, *(Text(said) for said in alerts(folded))]), sentence(Text(_when(report), style=style.DIM))]
    if report.meta.partial:
        said = f"PARTIAL: {report.meta.node_count} of {_asked(report)} nodes have answered"
        lines.append(sentence(Text(said, style=style.WARN)))
    return Group(*lines)


def _asked(report: ClusterReport) -> int:
    return max(len(report.meta.configured), report.meta.node_count)


def nodes(report: ClusterReport) -> str:
    """How many nodes there are and how they are."""
    meta = report.meta
    if meta.node_count == 0:
        return "no nodes"
    if meta.healthy_count == meta.node_count > 1 and not meta.partial:
        return f"all {meta.node_count} nodes healthy"
    counts = (
        (meta.healthy_count, "healthy"),
        (meta.degraded_count, "degraded"),
        (meta.unreachable_count, "unreachable"),
    )
    if meta.node_count == 1 and not meta.partial:
        return ", ".join(["1 node", *(word for count, word in counts if count)])
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    of_all = f" of {_asked(report)}" if meta.partial else ""
    return f"{meta.node_count}{of_all} nodes: {said}"


def alerts(folded: Folded) -> list[str]:
    """How many alerts stand, their consequences apart, and how many are muted."""
    counts = Counter(root.alert.severity for root in folded.roots)
    said = [
        ", ".join(f"{counts[severity]} {severity.value}" for severity in Severity if counts[severity]) or "no alerts"
    ]
    if folded.consequences:
        said.append(f"+{number(folded.consequences, 'consequence')}")
    return [*said, f"{len(folded.muted)} muted"] if folded.muted else said


def silent(count: int) -> list[Text]:
    """That nodes are missing from a table because they did not answer."""
    return [Text(f"! {number(count, 'node')} did not answer", style=style.WARN)] if count else []


def worst(report: ClusterReport, folded: Folded) -> Severity | None:
    """How bad it is on the whole: whoever does not answer counts, muted or not; a part alone is never all well."""
    if report.meta.unreachable_count:
        return Severity.CRITICAL
    if report.meta.node_count == 0:
        return Severity.WARNING
    unknown = Severity.INFO if report.meta.partial else None
    return min((root.worst for root in folded.roots), key=lambda severity: severity.rank, default=unknown)


def _when(report: ClusterReport) -> str:
    at = report.meta.collected_at.astimezone(UTC)
    text = f"collected {at:%Y-%m-%d %H:%M:%S} UTC in {report.meta.duration_seconds:.1f} s"
    hidden = len(report.meta.configured) - report.meta.node_count
    if hidden > 0 and not report.meta.partial:
        text += f" · {number(hidden, 'other node')} of this environment left out"
    return text
