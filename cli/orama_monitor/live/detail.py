"""Everything about one node, or about one alert: what it means, why it matters, what to do, what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts import RULES
from orama_monitor.alerts.alert import CLUSTER, Alert
from orama_monitor.alerts.policy import Policy
from orama_monitor.live.alert_rows import alert_key, find, header, mark, row
from orama_monitor.live.history import History
from orama_monitor.live.items import Choice, Choices, Item
from orama_monitor.live.state import AlertKey, NodeKey, State
from orama_monitor.live.times import clock_time
from orama_monitor.live.trends import trends
from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.facts import Judged, of_section
from orama_monitor.views.flow import Flow, sentence
from orama_monitor.views.folding import fold
from orama_monitor.views.node import alerts, facts, title
from orama_monitor.views.subsystems import section_of
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

INDENT = 2
Builder = Callable[[State], Iterable[Item]]


def builder(key: Hashable, policy: Callable[[], Policy]) -> Builder:
    """What draws the detail of a line."""
    if isinstance(key, AlertKey):
        return lambda state: of_alert(state, key, policy())
    assert isinstance(key, NodeKey)
    return lambda state: of_node(state, key.host)


def of_node(state: State, host: str) -> Iterable[Item]:
    assert state.report is not None
    node = state.report.node(host)
    if node is None:
        yield Text(f"{clean(host)} is no longer among the nodes.", style=style.DIM)
        return
    by = Judged(state.report.standing(node=host), state.report.stale_after)
    yield title(node)
    yield Text()
    yield trends(state.history, state.report.standing(), host)
    yield Text()
    for alert, line, hint in alerts(by.alerts):
        yield Choice(line, alert_key(alert))
        yield from filter(None, [hint])
    yield from facts(node, by, detailed=True)


def of_alert(state: State, key: AlertKey, policy: Policy) -> Iterable[Item]:
    assert state.report is not None
    alert = find(state.report.alerts, key)
    if alert is None:
        yield from _last_known(key, state.why_unknown(key))
    else:
        yield _title(alert, state.history)
        yield sentence(Text(clean(alert.message)), INDENT)
    yield from _meaning(key.code, policy)
    yield from _section("What to do", [Text(clean(alert.hint))] if alert else [])
    if alert is not None:
        yield from _because(alert, state)
        yield from _evidence(alert, state.report)
        yield from _follows(alert, state)


def _last_known(key: AlertKey, why_unknown: str | None) -> Iterable[Item]:
    """What is left to say of an alert that is not among those that stand."""
    sign, said = ("✓ ", style.GOOD), "It no longer stands."
    if why_unknown:
        sign, said = ("? ", style.WARN), f"{why_unknown}: it is not known whether it still stands."
    yield Text.assemble(sign, (f"{clean(key.code)}  {clean(key.node)}", style.TITLE))
    yield sentence(Text(f"{said} The last that was known of it:", style=style.DIM), INDENT)
    yield sentence(Text(clean(key.message)), INDENT)


def _title(alert: Alert, history: History) -> RenderableType:
    line = Text().append_text(style.severity(alert.severity))
    line.append(f"  {clean(alert.code)}  {clean(alert.node)}", style=style.TITLE)
    track = history.track(alert)
    if track is not None and track.stands:
        since = clock_time(track.since, history.last_at)
        line.append(f"  since {'or before ' if track.from_start else ''}{since} UTC", style=style.DIM)
    marked = mark(alert, history)
    if marked.plain:
        line.append("  ").append_text(marked)
    if alert.mute_reason:
        line.append(f" ({clean(alert.mute_reason)})", style=style.DIM)
    return line


def _meaning(code: str, policy: Policy) -> Iterable[Item]:
    rule = RULES.get(code)
    if rule is not None:
        yield from _section("What it means", [Text(rule.explained(policy.thresholds))])
        yield from _section("Why it matters", [Text(rule.why)])


def _because(alert: Alert, state: State) -> Iterable[Item]:
    if alert.cause is None or state.report is None:
        return
    causes = [other for other in state.report.alerts if other.key == alert.cause.key]
    yield from _listed("Because of", causes, state.history)


def _follows(alert: Alert, state: State) -> Iterable[Item]:
    assert state.report is not None
    folded = fold(state.report.alerts)
    roots = [root for root in [*folded.roots, *folded.muted] if root.alert.key == alert.key]
    yield from _listed("What follows from it", [a for root in roots for a in root.consequences], state.history)


def _listed(title: str, alerts: list[Alert], history: History) -> Iterable[Item]:
    if alerts:
        table = Table(header(alert.node for alert in alerts))
        for alert in alerts:
            table.add(row(alert, history))
        yield Text(f"\n{title}", style=style.TITLE)
        yield Choices(table, [alert_key(alert) for alert in alerts])


def _evidence(alert: Alert, report: ClusterReport) -> Iterable[Item]:
    """What the node itself says about the subsystem."""
    node = report.node(alert.node)
    section = section_of(alert.subsystem)
    if alert.node == CLUSTER or node is None:
        return
    yield Text("\nOn this node", style=style.TITLE)
    if node.report is None:
        yield sentence(Text(clean(node.error or "no report came back")), INDENT)
    elif section is not None:
        said = of_section(node.report, section, Judged(report.standing(node=node.host), report.stale_after))
        if said is not None:
            yield Flow(said, indent=INDENT)
    yield Choices(_link(node.host), [NodeKey(node.host)])


def _link(host: str) -> Table:
    table = Table((Column(""),), indent=INDENT)
    table.add([Text(f"Everything about {clean(host)} (Enter)", style=style.DIM)])
    return table


def _section(title: str, lines: Iterable[Text]) -> Iterable[Item]:
    lines = list(lines)
    if lines:
        yield Text(f"\n{title}", style=style.TITLE)
        for line in lines:
            yield sentence(line, INDENT)
