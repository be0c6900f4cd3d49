"""The long tables about one node: units, peers, RQLite members, namespaces, ports, processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.report import NodeReport
from orama_monitor.views import style
from orama_monitor.views.amounts import handshake, seconds, size
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import unit_column
from orama_monitor.views.text import text

ROWS = 60


def render(report: NodeReport, stale_after: float) -> Iterator[RenderableType]:
    """Every table that has rows. Handshakes above ``stale_after`` s are marked."""
    for title, table in (
        ("Units", units(report)),
        ("WireGuard peers", peers(report, stale_after)),
        ("RQLite members, as this node sees them", members(report)),
        ("Zombies", processes(report.processes.zombies if report.processes else None)),
        ("Orphans", processes(report.processes.orphans if report.processes else None)),
        ("Listening ports", ports(report)),
        ("Firewall", rules(report)),
        ("Collectors", collectors(report)),
    ):
        if table.rows:
            yield Text(f"\n{title}", style=style.TITLE)
            hidden = len(table.rows) - ROWS
            table.rows = table.rows[:ROWS]
            yield table
            if hidden > 0:
                yield Text(f"… and {hidden} more (--json shows them)", style=style.DIM)


def state(active: str | None) -> Text:
    """A unit's state."""
    if active == "active":
        return Text("✓ active", style=style.GOOD)
    if active == "failed":
        return Text("✗ failed", style=style.BAD)
    return Text(f"! {text(active, limit=20).plain}", style=style.WARN)


def units(report: NodeReport) -> Table:
    columns = (
        unit_column(),
        Column("STATE"),
        Column("SUB", priority=3),
        Column("SINCE", priority=1, justify="right"),
        Column("RESTARTS", priority=2, justify="right", short="RST"),
        Column("MEM", priority=4, justify="right"),
        Column("ENABLED", priority=5),
        Column("PID", priority=6, justify="right"),
    )
    table = Table(columns, indent=2)
    for unit in (report.services.services if report.services else None) or []:
        if unit.load_state == "not-found":
            continue
        memory = None if unit.memory_current_mb is None else f"{unit.memory_current_mb}M"
        enabled = None if unit.enabled is None else "yes" if unit.enabled else "no"
        since = text(seconds(unit.active_since_sec))
        counts = (text(unit.n_restarts), text(memory), text(enabled), text(unit.main_pid or None))
        table.add([text(unit.name), state(unit.active_state), text(unit.sub_state), since, *counts])
    return table


def peers(report: NodeReport, stale_after: float) -> Table:
    columns = (
        Column("ENDPOINT", minimum=15),
        Column("HANDSHAKE", justify="right"),
        Column("RX", priority=1, justify="right"),
        Column("TX", priority=2, justify="right"),
        Column("ALLOWED", priority=3, minimum=10),
        Column("KEY", priority=4, minimum=8),
    )
    table = Table(columns, indent=2)
    found = report.wireguard.peers if report.wireguard else None
    for peer in sorted(
        found or [], key=lambda peer: -(peer.handshake_age_sec if peer.handshake_age_sec is not None else 2**62)
    ):
        transfer = [text(size(peer.transfer_rx_bytes)), text(size(peer.transfer_tx_bytes))]
        table.add(
            [text(peer.endpoint), handshake(peer, stale_after), *transfer, text(peer.allowed), text(peer.public_key)]
        )
    return table


def members(report: NodeReport) -> Table:
    columns = (
        Column("MEMBER", minimum=12),
        Column("REACHABLE"),
        Column("ROLE"),
        Column("MS", priority=1, justify="right"),
        Column("ERROR", priority=2, minimum=10),
    )
    table = Table(columns, indent=2)
    for name, node in sorted(((report.rqlite and report.rqlite.nodes) or {}).items()):
        kind = "leader" if node.leader else "voter" if node.voter else "non-voter"
        time = None if node.time_ms is None else f"{node.time_ms:.1f}"
        table.add([text(node.addr or name), style.yes_no(node.reachable), Text(kind), text(time), text(node.error)])
    return table


def processes(found: Iterable[Any] | None) -> Table:
    table = Table(
        (Column("PID", justify="right"), Column("PPID", priority=1, justify="right"), Column("COMMAND", minimum=20)),
        indent=2,
    )
    for process in found or []:
        table.add([text(process.pid), text(process.ppid), text(process.command)])
    return table


def ports(report: NodeReport) -> Table:
    columns = (
        Column("PORT", justify="right"),
        Column("PROTO"),
        Column("ADDRESS", minimum=10),
        Column("PROCESS", priority=1, minimum=8),
    )
    table = Table(columns, indent=2)
    for port in (report.network.listening_ports if report.network else None) or []:
        table.add([text(port.port), text(port.proto), text(port.address), text(port.process)])
    return table


def rules(report: NodeReport) -> Table:
    table = Table((Column("", minimum=20),), indent=2)
    for rule in (report.network.ufw_rules if report.network else None) or []:
        table.add([text(rule)])
    return table


def collectors(report: NodeReport) -> Table:
    """What was collected, the slowest first."""
    columns = (
        Column("COLLECTOR", minimum=10),
        Column("STATUS"),
        Column("MS", justify="right"),
        Column("ERROR", minimum=10, priority=1),
    )
    table = Table(columns, indent=2)
    for name, outcome in sorted(report.collectors.items(), key=lambda item: -item[1].ms):
        mark = {"ok": ("✓ ok", style.GOOD), "absent": ("– absent", style.DIM)}
        status = Text(*mark.get(outcome.status, (f"! {outcome.status}", style.WARN)))
        table.add([text(name), status, text(outcome.ms), text(outcome.error)])
    return table
