"""The Anyone relay or client."""

from __future__ import annotations

from orama_monitor.alerts.because import here, unit
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.hints import LOGS
from orama_monitor.alerts.rule import INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.report import Anyone

anyone = Subsystem("anyone")


@anyone.on_node(
    "ANYONE_NOT_BOOTSTRAPPED",
    WARNING,
    "The relay or client is active and hasn't joined the Anyone network: it is below 100 %; info while it was started "
    "less than {anyone_settle_s} s ago.",
    why="Nothing is routed through it.",
    hint=f"on the node: tail -n 50 /var/log/anon/notices.log {LOGS}/anyone-client.log; is the way out open?",
    because=[
        here("NO_DEFAULT_ROUTE", "INTERNET_UNREACHABLE"),
        here(*unit("orama-anyone-relay"), *unit("orama-anyone-client")),
    ],
    also=[INFO],
)
def not_bootstrapped(node: NodeView, limits: Thresholds) -> Found:
    seen = node.anyone
    running = [unit for unit, active in _units(seen) if active]
    if not seen or not running or seen.bootstrapped:
        return
    severity = INFO if all(node.was_started(unit, limits.anyone_settle_s) for unit in running) else None
    if seen.bootstrap_pct is not None and seen.bootstrap_pct < 100:
        yield Here(f"bootstrapped {seen.bootstrap_pct} %", severity=severity)
    elif seen.bootstrap_pct is None and seen.bootstrapped is False:
        yield Here("not bootstrapped", severity=severity)


def _units(seen: Anyone | None) -> list[tuple[str, bool | None]]:
    if seen is None:
        return []
    return [("orama-anyone-relay", seen.relay_active), ("orama-anyone-client", seen.client_active)]
