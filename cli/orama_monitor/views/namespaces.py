"""Each namespace on each node: its RQLite, its Olric, its gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.words import number
from orama_monitor.report import Namespace
from orama_monitor.views import headline, style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import host, host_column
from orama_monitor.views.notes import notes
from orama_monitor.views.text import clean, text

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

COLUMNS = (
    Column("RQLITE"),
    Column("READY", priority=2),
    Column("OLRIC"),
    Column("GATEWAY"),
    Column("HTTP", priority=3, justify="right"),
    Column("PORT", priority=4, justify="right"),
)


def render(report: ClusterReport, least: Severity | None = None) -> RenderableType:
    """The whole page."""
    return Group(headline.render(report), Text(), *body(report, least))


def body(report: ClusterReport, least: Severity | None = None) -> list[RenderableType]:
    """What is below the verdict."""
    return [*_table(report), *notes(report, "namespaces", least)]


def _table(report: ClusterReport) -> Iterator[RenderableType]:
    found = sorted(
        ((namespace, node.host) for node in report.nodes if node.report for namespace in node.report.namespaces or []),
        key=lambda item: item[0].name,
    )
    silent = sum(node.report is None for node in report.nodes)
    if not found:
        yield Text("No namespaces on the nodes that answered." if report.nodes else "No nodes.", style=style.DIM)
    else:
        table = Table([Column("NAMESPACE", minimum=10), host_column(name for _namespace, name in found), *COLUMNS])
        previous = None
        for namespace, name in found:
            title = text(namespace.name) if namespace.name != previous else Text("")
            previous = namespace.name
            table.add([title, host(name), *_row(namespace)])
        yield table
        names = len({namespace.name for namespace, _name in found})
        yield Text(
            f"{number(names, 'namespace')} on {number(len({name for _n, name in found}), 'node')}", style=style.DIM
        )
    yield from headline.silent(silent)


def _row(namespace: Namespace) -> list[Text]:
    return [
        _raft(namespace),
        style.yes_no(namespace.rqlite_ready, good="", bad=""),
        style.yes_no(namespace.olric_up, good="up", bad="DOWN"),
        style.yes_no(namespace.gateway_up, good="up", bad="DOWN"),
        text(namespace.gateway_status),
        text(namespace.port_base),
    ]


def _raft(namespace: Namespace) -> Text:
    """What its RQLite is on this node: well while it leads or follows."""
    state = namespace.rqlite_state
    if not namespace.rqlite_up or state is None or state in ("Leader", "Follower"):
        return style.yes_no(namespace.rqlite_up, good=state or "up", bad="DOWN")
    return Text(f"! {clean(state, 12)}", style=style.WARN)
