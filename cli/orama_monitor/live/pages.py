"""What each tab shows: the same views as the one-shot commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

from rich.text import Text

from orama_monitor.alerts.words import number
from orama_monitor.live.alert_rows import GONE_FOR, alert_rows
from orama_monitor.live.changes import change_rows
from orama_monitor.live.history import CHANGES
from orama_monitor.live.items import Choices, Item
from orama_monitor.live.state import NodeKey, State
from orama_monitor.live.trends import trends
from orama_monitor.views import cluster, dns, headline, mesh, namespaces, service, style
from orama_monitor.views.columns import Table
from orama_monitor.views.text import clean

ALERTS_SHOWN = 6
CHANGES_SHOWN = 5
WAITING = Text("Asking the nodes for the first time …", style=style.DIM)
NONE_FOUND = Text("No node has this in its name.", style=style.DIM)


@dataclass(frozen=True, slots=True)
class Page:
    """A tab."""

    id: str
    name: str
    build: Callable[[State], Iterable[Item]]


def overview(state: State) -> Iterable[Item]:
    """The verdict, what is wrong, how it went, what changed, the nodes."""
    assert state.report is not None
    yield headline.render(state.report)
    yield cluster.summary(state.report)
    alerts = alert_rows(state, roots_only=True)
    if alerts.keys:
        yield Text()
        yield Choices(Table(alerts.table.columns, alerts.table.rows[:ALERTS_SHOWN]), alerts.keys[:ALERTS_SHOWN])
        if len(alerts.keys) > ALERTS_SHOWN:
            yield Text(f"… and {len(alerts.keys) - ALERTS_SHOWN} more: tab 7", style=style.DIM)
    yield title("Highest of all nodes, the last refreshes")
    yield trends(state.history, state.report.standing())
    if state.found_changes:
        yield title("Changed lately")
        yield change_rows(state.found_changes, CHANGES_SHOWN, state.history.last_at)
    yield title("Nodes")
    yield node_rows(state)


def nodes(state: State) -> Iterable[Item]:
    assert state.report is not None
    yield headline.render(state.report)
    yield Text()
    yield node_rows(state)
    yield Text()
    yield cluster.summary(state.report)


def node_rows(state: State) -> Item:
    """The table of nodes, each line of which can be chosen."""
    report = state.found_report
    table = cluster.table(report)
    if not isinstance(table, Table):
        return NONE_FOUND if state.search else table
    hosts = {clean(node.host): node.host for node in report.nodes}
    return Choices(table, [NodeKey(hosts[row[0].plain]) for row in table.rows])


def alerts(state: State) -> Iterable[Item]:
    assert state.report is not None
    yield headline.render(state.report)
    yield Text()
    rows = alert_rows(state)
    if rows.table.rows:
        yield rows
        yield Text()
        yield Text(
            f"Times in UTC; ≤ stood at the start already; what was resolved stays for {GONE_FOR} refreshes.",
            style=style.DIM,
        )
    else:
        yield _no_alerts(state)
    changes = state.found_changes
    if changes:
        is_all = len(state.history.changes) < CHANGES
        yield title(f"{number(len(changes), 'change')} since the start" if is_all else "Last changes")
        yield change_rows(changes, len(changes), state.history.last_at)


def _no_alerts(state: State) -> Text:
    if state.search:
        return Text("No alert has this in it.", style=style.DIM)
    if state.report is not None and state.report.meta.partial:
        return Text("No alerts so far.", style=style.DIM)
    return Text("✓ No alerts.", style=style.GOOD)


def title(words: str) -> Text:
    return Text(f"\n{words}", style=style.TITLE)


def _of(view: ModuleType) -> Callable[[State], Iterable[Item]]:
    def build(state: State) -> Iterable[Item]:
        assert state.report is not None
        yield headline.render(state.report)
        yield Text()
        yield from view.body(state.found_report) if state.found_nodes or not state.search else [NONE_FOUND]

    return build


PAGES = (
    Page("overview", "Overview", overview),
    Page("nodes", "Nodes", nodes),
    Page("services", "Services", _of(service)),
    Page("mesh", "WG Mesh", _of(mesh)),
    Page("dns", "DNS", _of(dns)),
    Page("namespaces", "Namespaces", _of(namespaces)),
    Page("alerts", "Alerts", alerts),
)


def build(page: Page, state: State) -> Iterable[Item]:
    """A page's items; before the first answer, that there is none yet."""
    return [WAITING] if state.report is None else page.build(state)
