"""Which unit runs on which node, and every unit that does not do what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Severity
from orama_monitor.report import Service
from orama_monitor.views import headline, style
from orama_monitor.views.amounts import of, seconds
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.details import state
from orama_monitor.views.flow import legend
from orama_monitor.views.hosts import host, host_column, short_unit, unit_column
from orama_monitor.views.notes import notes
from orama_monitor.views.text import clean, text

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport, JudgedNode

CORE = {
    "orama-node": ("node", "nod"),
    "orama-gateway": ("gateway", "gw"),
    "orama-olric": ("olric", "olr"),
    "orama-ipfs": ("ipfs", "ipf"),
    "orama-ipfs-cluster": ("ipfs-c", "ipc"),
    "orama-anyone-relay": ("relay", "rly"),
    "orama-anyone-client": ("client", "cli"),
    "coredns": ("dns", "dns"),
    "caddy": ("caddy", "cad"),
    "wg-quick@wg0": ("wg0", "wg"),
}
LEGEND = ("✓ active", "✗ failed", "! not active", "↻ restart loop", "○ not enabled", "– not installed", "? not known")
TROUBLED_ROWS = 40


def render(report: ClusterReport, least: Severity | None = None) -> RenderableType:
    """The whole page."""
    return Group(headline.render(report), Text(), *body(report, least))


def body(report: ClusterReport, least: Severity | None = None) -> list[RenderableType]:
    """What is below the verdict."""
    parts: list[RenderableType] = [matrix(report), legend(LEGEND)]
    troubled = trouble(report)
    if troubled.rows:
        shown = Table(troubled.columns, troubled.rows[:TROUBLED_ROWS])
        parts += [Text("\nNot as they should be", style=style.TITLE), shown]
        if len(troubled.rows) > TROUBLED_ROWS:
            more = len(troubled.rows) - TROUBLED_ROWS
            parts.append(Text(f"… and {more} more (--json shows them)", style=style.DIM))
    else:
        parts.append(Text(f"\nServices: {clean(report.summary.service_health)}"))
    return parts + notes(report, "services", least)


def matrix(report: ClusterReport) -> RenderableType:
    """A line a node, a column a core unit that is installed anywhere; the other units are counted."""
    if not report.nodes:
        return Text("No nodes.", style=style.DIM)
    installed = {name for node in report.nodes for name, unit in _units(node).items() if _is_loaded(unit)}
    names = [name for name in CORE if name in installed] or list(CORE)
    units = [Column(CORE[name][0], short=CORE[name][1]) for name in names]
    columns = [host_column(node.host for node in report.nodes), *units, Column("other", priority=1, justify="right")]
    table = Table(columns, explain_short=True)
    for node in report.nodes:
        its_units = _units(node)
        cells = [mark(its_units.get(name), is_known=bool(its_units)) for name in names]
        table.add([host(node.host), *cells, _others(node)])
    return table


def _units(node: JudgedNode) -> dict[str, Service]:
    services = node.report.services if node.report else None
    return {short_unit(unit.name): unit for unit in (services.services if services else None) or []}


def _is_loaded(unit: Service) -> bool:
    return unit.load_state not in (None, "not-found")


def mark(unit: Service | None, is_known: bool = True) -> Text:
    """One cell: what a unit is doing."""
    if not is_known:
        return Text("?", style=style.DIM)
    if unit is None or not _is_loaded(unit):
        return Text("–", style=style.DIM)
    if unit.active_state == "failed":
        return Text("✗", style=style.BAD)
    if unit.restart_loop_risk:
        return Text("↻", style=style.WARN)
    if unit.active_state == "active":
        return Text("✓", style=style.GOOD)
    return Text("○") if unit.enabled is False and unit.active_state == "inactive" else Text("!", style=style.WARN)


def _others(node: JudgedNode) -> Text:
    """Active ones of the units that are not core: deployments and namespaces."""
    others = [unit for name, unit in _units(node).items() if name not in CORE and _is_loaded(unit)]
    if not others:
        return text(None)
    return of(sum(unit.active_state == "active" for unit in others), len(others))


def trouble(report: ClusterReport) -> Table:
    """A line for each unit that failed, is enabled and not active, or restarts again and again."""
    columns = (
        host_column(node.host for node in report.nodes),
        unit_column(),
        Column("STATE"),
        Column("SINCE", priority=2, justify="right"),
        Column("RESTARTS", priority=1, justify="right", short="RST"),
        Column("SUB", priority=3),
    )
    table = Table(columns)
    for node in report.nodes:
        units = _units(node)
        for name, unit in units.items():
            if mark(unit).plain in "✗!↻":
                looping = Text("↻ looping", style=style.WARN) if unit.restart_loop_risk else state(unit.active_state)
                since = text(seconds(unit.active_since_sec))
                table.add([host(node.host), text(name), looping, since, text(unit.n_restarts), text(unit.sub_state)])
        failed = node.report.services.failed_units if node.report and node.report.services else None
        for name in failed or []:
            if short_unit(name) not in units:
                table.add([host(node.host), text(name), state("failed"), text(None), text(None), text(None)])
    return table
