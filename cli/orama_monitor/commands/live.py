"""``orama monitor live``: the full-screen view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orama_monitor.commands.options import Seconds, Settings, global_flags

if TYPE_CHECKING:
    from orama_monitor.snapshot import Snapshot


@click.command()
@click.option(
    "--interval",
    type=Seconds(5),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between refreshes, 5 s to a day.",
)
@click.option("--plain", is_flag=True, help="No full screen: print the tables anew at each refresh.")
@global_flags
def live(settings: Settings, interval: float, plain: bool) -> None:
    """Watch the cluster: a full-screen view that refreshes itself.

    With --from it steps through saved reports.
    """
    run(settings, interval, plain)


def run(settings: Settings, interval: float = 30.0, plain: bool = False) -> None:
    """Open the live view and leave with its exit code."""
    from orama_monitor.commands import session

    _refuse(settings)
    session.require_source(settings)
    policy = session.policy(settings)
    replayed = _replayed(settings) or None
    request = None if replayed else session.request(settings)
    from orama_monitor.live import run_live

    code = run_live(
        request=request,
        load_request=None if replayed else lambda: session.request(settings, quiet=True),
        snapshots=replayed,
        hosts=_hosts(replayed, settings.node) if replayed else None,
        policy=policy,
        load_policy=lambda: session.policy(settings),
        policy_path=session.policy_path(settings),
        interval=interval,
        plain=plain,
    )
    raise click.exceptions.Exit(code)


def _refuse(settings: Settings) -> None:
    """Raises UsageError for flags that mean something only where a run ends with one report."""
    if settings.wants_json:
        raise click.UsageError("the live view has no JSON; use `orama monitor report`")
    if settings.severity is not None:
        raise click.UsageError("the live view has no --severity; use `orama monitor alerts`")
    if settings.fail_on is not None:
        raise click.UsageError("the live view has no --fail-on; use `orama monitor report`")


def _replayed(settings: Settings) -> list[Snapshot]:
    """The saved reports, each as it is. Raises MonitorError where they are of several environments."""
    from orama_monitor.commands import session
    from orama_monitor.snapshot import require_one_environment

    snapshots = [session.saved(settings, [path]) for path in settings.from_files]
    if snapshots:
        require_one_environment(snapshots)
    return snapshots


def _hosts(snapshots: list[Snapshot], names: tuple[str, ...]) -> set[str] | None:
    """The hosts that --node means in any of the snapshots; None when it isn't given. Raises MonitorError."""
    return set[str]().union(*(_meant(snapshots, name) for name in names)) if names else None


def _meant(snapshots: list[Snapshot], name: str) -> set[str]:
    from orama_monitor.commands import session
    from orama_monitor.errors import MonitorError

    hosts, unknown = set[str](), None
    for snapshot in snapshots:
        try:
            hosts |= session.chosen(snapshot, (name,)) or set()
        except MonitorError as error:
            unknown = error
    if not hosts and unknown:
        raise unknown
    return hosts
