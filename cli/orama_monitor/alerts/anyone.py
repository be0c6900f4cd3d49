"""The Anyone relay or client."""

from __future__ import annotations

from orama_monitor.alerts.because import here, unit
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.rule import WARNING, Found, Subsystem

anyone = Subsystem("anyone")


@anyone.on_node(
    "ANYONE_NOT_BOOTSTRAPPED",
    WARNING,
    "The relay or client is active and hasn't joined the Anyone network: it is below 100 %.",
    why="Nothing is routed through it.",
    hint="on the node: tail -n 50 /var/log/anon/notices.log; is the way out open?",
    because=[
        here("NO_DEFAULT_ROUTE", "INTERNET_UNREACHABLE"),
        here(*unit("orama-anyone-relay"), *unit("orama-anyone-client")),
    ],
)
def not_bootstrapped(node: NodeView) -> Found:
    seen = node.anyone
    if not seen or not (seen.relay_active or seen.client_active) or seen.bootstrapped:
        return
    if seen.bootstrap_pct is not None and seen.bootstrap_pct < 100:
        yield f"bootstrapped {seen.bootstrap_pct} %"
    elif seen.bootstrap_pct is None and seen.bootstrapped is False:
        yield "not bootstrapped"
