"""The nameservers: CoreDNS, Caddy, their ports, what resolves, and how long the certificates last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.alerts.words import number
from orama_monitor.report import Dns
from orama_monitor.views import headline, style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import host, host_column
from orama_monitor.views.notes import notes
from orama_monitor.views.text import text

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

COLUMNS = (
    Column("COREDNS", short="DNS"),
    Column("CADDY"),
    Column(":53", priority=6),
    Column(":80", priority=8),
    Column(":443", priority=7),
    Column("SOA", priority=1),
    Column("NS", priority=2),
    Column("*", priority=3),
    Column("A", priority=4),
    Column("TLS", justify="right"),
    Column("*.TLS", justify="right", priority=5),
    Column("DOMAIN", priority=10, minimum=12),
    Column("NS RECORDS", priority=13, justify="right"),
    Column("ERRORS/5m", priority=11, justify="right"),
    Column("MEM", priority=12, justify="right"),
)


def render(report: ClusterReport, least: Severity | None = None) -> RenderableType:
    """The whole page."""
    return Group(headline.render(report), Text(), *body(report, least))


def body(report: ClusterReport, least: Severity | None = None) -> list[RenderableType]:
    """What is below the verdict."""
    return [*_table(report), *notes(report, "dns", least)]


def _table(report: ClusterReport) -> list[RenderableType]:
    table = Table([host_column(node.host for node in report.nodes), *COLUMNS])
    others = silent = 0
    for node in report.nodes:
        found = node.report.dns if node.report else None
        if found is not None:
            table.add([host(node.host), *_row(found, report.standing(node=node.host))])
        elif node.role.startswith("nameserver"):
            reason = "? no answer" if node.report is None else "not known"
            table.add([host(node.host), Text(reason, style=style.BAD), *[text(None)] * (len(COLUMNS) - 1)])
        elif node.report is None:
            silent += 1
        else:
            others += 1
    shown: list[RenderableType] = [table] if table.rows else [Text("No nameserver among the nodes.", style=style.DIM)]
    if table.rows and others:
        shown.append(Text(f"{number(others, 'node')} without DNS", style=style.DIM))
    return [*shown, *headline.silent(silent)]


def _row(found: Dns, alerts: list[Alert]) -> list[Text]:
    facts = (found.port_53_bound, found.port_80_bound, found.port_443_bound)
    answers = (found.soa_resolves, found.ns_resolves, found.wildcard_resolves, found.base_a_resolves)
    return [
        style.yes_no(found.coredns_active, good="up", bad="DOWN"),
        style.yes_no(found.caddy_active, good="up", bad="DOWN"),
        *(style.yes_no(fact, good="", bad="") for fact in (*facts, *answers)),
        days(found.base_tls_days_left, [alert for alert in alerts if "base" in alert.about]),
        days(found.wild_tls_days_left, [alert for alert in alerts if "wildcard" in alert.about]),
        text(found.domain),
        text(found.ns_record_count),
        text(found.log_errors_5m),
        text(None if found.coredns_mem_mb is None else f"{found.coredns_mem_mb}M"),
    ]


def days(left: int | None, alerts: list[Alert]) -> Text:
    """Days until a certificate expires, given the alerts about it."""
    if left is None:
        return text(None)
    if left < 0:
        return Text("✗ expired", style=style.BAD)
    return style.figure(f"{left}d", style.worst(alerts, "TLS_EXPIRING"))
