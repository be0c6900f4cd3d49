"""The alerts: roots first and worst first, each with what to do next; what follows from them folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.alerts.words import number
from orama_monitor.views import headline, style
from orama_monitor.views.flow import Flow, sentence
from orama_monitor.views.folding import Folded, Group, Root, fold, group
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

NODES_A_GROUP = 5
INDENT = 4
WHOLE = "orama monitor alerts --all"  # shows what is folded, whatever view folded it


def render(report: ClusterReport, least: Severity | None = None, unfold: bool = False) -> RenderableType:
    """The whole page: the verdict, then every root."""
    return Lines(headline.render(report), Text(), listing(report, least, unfold))


def listing(report: ClusterReport, least: Severity | None = None, unfold: bool = False) -> RenderableType:
    """The roots and what is muted, or the good news."""
    folded = fold(report.alerts, least)
    parts = list(roots(folded.roots, unfold))
    if not folded.roots:
        parts.append(_nothing(report, least))
    if folded.muted:
        parts += _muted(folded, unfold)
    return Lines(*parts)


def roots(found: Iterable[Root], unfold: bool = False) -> Iterator[RenderableType]:
    """Roots, those that say the same together, each with its hint."""
    for together in group(found):
        yield from _group(together, unfold)


def _nothing(report: ClusterReport, least: Severity | None) -> Text:
    if report.meta.node_count == 0:
        return Text("! No nodes in this report: nothing was checked.", style=style.WARN)
    answered = report.meta.node_count - report.meta.unreachable_count
    said = "1 node answered" if answered == 1 else f"all {answered} nodes answered"
    if report.meta.partial or report.meta.unreachable_count:
        said = f"{answered} of {report.meta.node_count} nodes answered"
    at = report.meta.collected_at.astimezone(UTC)
    kind = f"No alerts at or above {least.value}" if least and least is not Severity.INFO else "No alerts"
    mark, look = ("✓", style.GOOD) if answered else ("!", style.WARN)
    return Text(f"{mark} {kind}: {said} at {at:%H:%M:%S} UTC.", style=look)


def _group(found: Group, unfold: bool) -> Iterable[RenderableType]:
    yield _title(found)
    shown = found.roots if unfold else found.roots[:NODES_A_GROUP]
    alone = len(found.roots) == 1
    hint = sentence(Text(f"→ {clean(found.hint)}"), INDENT)
    for root in shown:
        yield sentence(_message(root, named=len(found.nodes) > 1), INDENT)
        if alone:
            yield hint
        if unfold:
            yield from (_consequence(alert) for alert in root.consequences)
    if len(shown) < len(found.roots):
        rest = len(found.roots) - len(shown)
        yield sentence(Text(f"… and {rest} more: {WHOLE}", style=style.DIM), INDENT)
    if not alone:
        yield hint


def _title(found: Group) -> RenderableType:
    title = style.severity(found.severity).append(f"  {clean(found.code)}", style=style.TITLE)
    nodes = found.nodes
    where = clean(nodes[0]) if len(nodes) == 1 else f"on {len(nodes)} nodes"
    follow = sum(len(root.consequences) for root in found.roots)
    facts = [title, Text(where, style=style.TITLE), *([_folded(follow)] if follow else [])]
    return Flow(facts, separator="  ", hanging=INDENT)


def _message(root: Root, named: bool) -> Text:
    message = Text()
    if named:
        message.append(f"{clean(root.alert.node)}: ", style=style.TITLE)
    return message.append(clean(root.alert.message))


def _folded(count: int) -> Text:
    return Text(f"+{number(count, 'consequence')}", style=style.DIM)


def _consequence(alert: Alert) -> RenderableType:
    said = f" {clean(alert.code)} {clean(alert.node)}: {clean(alert.message)}"
    line = Text.assemble((alert.severity.value, style.severity_style(alert.severity)), said)
    if alert.muted:
        line.append(" (muted)", style=style.DIM)
    return Flow([line], label=Text(f"{' ' * INDENT}└ ", style=style.DIM))


def _muted(folded: Folded, unfold: bool) -> Iterable[RenderableType]:
    yield Text()
    count = number(len(folded.muted), "muted alert")
    if not unfold:
        yield Text(f"{count}: {WHOLE}", style=style.DIM)
        return
    yield Text(f"{count}:", style=style.DIM)
    for root in folded.muted:
        alert = root.alert
        reason = f" (muted: {clean(alert.mute_reason)})" if alert.mute_reason else " (muted)"
        line = Text(f"{alert.severity.value} {clean(alert.code)} {clean(alert.node)}: {clean(alert.message)}{reason}")
        yield sentence(line.append(f" +{len(root.consequences)}" if root.consequences else ""), INDENT)
