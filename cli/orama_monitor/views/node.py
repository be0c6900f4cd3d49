"""Everything about each node: its alerts, then its sections, those that hurt first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.report import NodeReport
from orama_monitor.views import details, headline, silent, style
from orama_monitor.views.amounts import seconds
from orama_monitor.views.facts import SECTIONS, Judged, known, of_section, say
from orama_monitor.views.flow import Flow, sentence
from orama_monitor.views.hosts import role
from orama_monitor.views.subsystems import section_of
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport, JudgedNode


LABEL = 13


def render(report: ClusterReport, least: Severity | None = None) -> RenderableType:
    """The whole page. One node alone is shown with its units, peers and ports."""
    parts: list[RenderableType] = [headline.render(report)]
    for node in report.nodes:
        found = sorted(report.standing(least or Severity.INFO, node.host), key=_telling)
        parts += [Text(), *one(node, Judged(found, report.stale_after), detailed=len(report.nodes) == 1)]
    said = list(silent.lines(report))
    parts += [Text("\nWhat others know of who did not answer", style=style.TITLE), *said] if said else []
    if not report.nodes:
        parts.append(Text("\nNo nodes.", style=style.DIM))
    return Group(*parts)


def _telling(alert: Alert) -> tuple[bool, int]:
    return not alert.is_root, alert.severity.rank


def one(node: JudgedNode, by: Judged, detailed: bool) -> Iterable[RenderableType]:
    """One node, and the alerts that stand on it."""
    yield title(node)
    for _alert, line, hint in alerts(by.alerts):
        yield from filter(None, (line, hint))
    yield from facts(node, by, detailed)


def facts(node: JudgedNode, by: Judged, detailed: bool) -> Iterable[RenderableType]:
    """What a node says of itself, or why it says nothing."""
    if node.report is None:
        if not by.alerts:
            yield sentence(Text(clean(node.error or "no report came back"), style=style.BAD), 2)
        return
    yield from _sections(node.report, by)
    if detailed:
        yield from details.render(node.report, by.stale_after)


def title(node: JudgedNode) -> RenderableType:
    """Which node it is, and how it is."""
    said = [Text.assemble((clean(node.host), style.TITLE), "  ", style.status(node.status)), role(node.role)]
    if node.report:
        uptime = seconds(node.report.system.uptime_seconds) if node.report.system else None
        said += known(say("", node.report.hostname), say("Orama", node.report.version), say("up", uptime))
    return Flow([*said, *known(say("took", node.collection_ms, " ms"))])


def alerts(found: Sequence[Alert]) -> Iterable[tuple[Alert, RenderableType, RenderableType | None]]:
    """Each alert as a line, and the next step where it has not been said yet."""
    hints: set[str] = set()
    for alert in found:
        line = style.severity(alert.severity)
        line.append(f" {clean(alert.code)}", style=style.TITLE)
        line.append(f" {clean(alert.message)}")
        if alert.cause:
            line.append(f" (because of {clean(alert.cause.code)} on {clean(alert.cause.node)})", style=style.DIM)
        hint = None
        if alert.is_root and alert.hint not in hints:
            hints.add(alert.hint)
            hint = sentence(Text(f"→ {clean(alert.hint)}"), 4)
        yield alert, sentence(line, 2), hint


def _sections(report: NodeReport, by: Judged) -> Iterable[RenderableType]:
    for name in sorted(SECTIONS, key=lambda name: _rank(name, by.alerts)):
        said = of_section(report, name, by)
        if said is not None:
            yield Flow(said, _label(_mark(name, by.alerts), SECTIONS[name][0]))
    for name, outcome in sorted(report.collectors.items()):
        if outcome.status in ("failed", "timeout"):
            ended = f"{outcome.status} after {outcome.ms} ms: {clean(outcome.error or 'no reason given')}"
            yield Flow([Text(ended)], _label(Text("!", style=style.WARN), clean(name, 10)))
    absent = [name for name, outcome in sorted(report.collectors.items()) if outcome.status == "absent"]
    if absent:
        yield Text(f"not installed: {', '.join(clean(name, 40) for name in absent)}", style=style.DIM)


def _label(mark: Text, name: str) -> Text:
    return Text().append_text(mark).append(f" {name}".ljust(LABEL - 1), style=style.TITLE)


def _mark(name: str, found: Sequence[Alert]) -> Text:
    return style.symbol(style.worst([alert for alert in found if section_of(alert.subsystem) == name]))


def _rank(name: str, found: Sequence[Alert]) -> int:
    worst = style.worst([alert for alert in found if section_of(alert.subsystem) == name])
    return len(Severity) if worst is None else worst.rank
