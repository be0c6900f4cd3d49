"""The view an operator leaves open: full screen where the terminal can, plain blocks where it can't."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orama_monitor.alerts.policy import Policy
    from orama_monitor.collect import Request
    from orama_monitor.snapshot import Snapshot

DEFAULT_INTERVAL = 30.0
LEAST_INTERVAL = 5.0


def run_live(
    *,
    request: Request | None,
    load_request: Callable[[], Request] | None,
    snapshots: list[Snapshot] | None,
    policy: Policy,
    policy_path: Path | None,
    interval: float,
    plain: bool,
) -> int:
    """Watch an environment until the operator quits, and return the exit code.

    Either ``request`` says what to collect every ``interval`` seconds (``load_request`` rereads the conf and raises
    MonitorError), or ``snapshots`` are stepped through. Mutes are written to ``policy_path``.
    """
    from orama_monitor.live.clock import SystemClock
    from orama_monitor.live.refresh import Nodes
    from orama_monitor.live.replay import Replay
    from orama_monitor.live.terminal import is_full_screen
    from orama_monitor.live.watch import Watch

    source: Watch | Replay
    if request is not None:
        source = Watch(Nodes(request, load_request), policy, max(LEAST_INTERVAL, interval), SystemClock())
    else:
        assert snapshots
        source = Replay(snapshots, policy)
    try:
        if plain or not is_full_screen():
            from orama_monitor.live import plain as blocks

            blocks.run(source)
        else:
            from orama_monitor.live.app import LiveApp, run

            run(LiveApp(source, policy_path))
    finally:
        if request is not None:
            _close()
    return 0


def _close() -> None:
    """End the warm SSH connections that the refreshes shared."""
    from orama_monitor.workspace import close_connections

    close_connections()
