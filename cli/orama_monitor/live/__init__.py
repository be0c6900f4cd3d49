"""The view an operator leaves open: full screen where the terminal can, plain blocks where it can't."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Set
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
    hosts: Set[str] | None,
    policy: Policy,
    load_policy: Callable[[], Policy],
    policy_path: Path,
    interval: float,
    plain: bool,
) -> int:
    """Watch an environment until the operator quits, and return the exit code.

    Either ``request`` says what to collect every ``interval`` seconds (``load_request`` rereads the conf and raises
    MonitorError), or ``snapshots`` are stepped through, of which only these ``hosts`` are shown where they are given.
    Mutes are written to ``policy_path``; ``load_policy`` rereads what is there, and raises MonitorError.
    """
    from orama_monitor.live.clock import SystemClock
    from orama_monitor.live.policy_file import PolicyFile
    from orama_monitor.live.refresh import Nodes
    from orama_monitor.live.replay import Replay
    from orama_monitor.live.terminal import is_full_screen
    from orama_monitor.live.watch import Watch

    def show(source: Watch | Replay) -> int:
        if plain or not is_full_screen():
            from orama_monitor.live import plain as blocks

            blocks.run(source)
            return 0
        from orama_monitor.live.app import LiveApp, run

        return run(LiveApp(source, policy_path))

    if request is not None:
        with _warm_connections():
            nodes, policy_file = Nodes(request, load_request), PolicyFile(policy_path, load_policy)
            return show(Watch(nodes, policy, max(LEAST_INTERVAL, interval), SystemClock(), policy_file))
    assert snapshots
    return show(Replay(snapshots, policy, hosts))


@contextlib.contextmanager
def _warm_connections() -> Iterator[None]:
    """The refreshes share SSH connections, which end with the last view or run of this user that uses them."""
    from orama_monitor import workspace

    try:
        with workspace.connections_in_use():
            yield
    finally:
        workspace.leave_connections()
