"""``orama monitor live``: the full-screen view."""

from __future__ import annotations

import click

from orama_monitor.commands.options import Seconds, Settings, global_flags


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

    if settings.wants_json:
        raise click.UsageError("the live view has no JSON; use `orama monitor report`")
    session.require_source(settings)
    policy = session.policy(settings)
    replayed = [
        session.narrowed(session.saved(settings, [path]), settings.node) for path in settings.from_files
    ] or None
    request = None if replayed else session.request(settings)
    from orama_monitor.live import run_live

    code = run_live(
        request=request,
        load_request=None if replayed else lambda: session.request(settings, quiet=True),
        snapshots=replayed,
        policy=policy,
        policy_path=session.policy_path(settings),
        interval=interval,
        plain=plain,
    )
    raise click.exceptions.Exit(code)
