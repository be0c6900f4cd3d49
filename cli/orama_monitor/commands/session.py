"""From the flags to a judged report: read saved ones, or ask the nodes."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orama_monitor.commands.interrupt import interruptible
from orama_monitor.commands.options import Settings
from orama_monitor.commands.progress import Progress
from orama_monitor.errors import MonitorError
from orama_monitor.nodes import LOCAL, LOCAL_NODE, Node, of_environment, read_nodes, secrets_exposed, select
from orama_monitor.output import require_query
from orama_monitor.paths import is_there

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orama_monitor.alerts.policy import Policy
    from orama_monitor.cluster_report import ClusterReport
    from orama_monitor.collect import Request
    from orama_monitor.snapshot import Snapshot


POLICY_NAME = "monitor-policy.yml"
LINE_OF_ANSIBLE = 2000  # characters: with -vvv it shows whole ssh commands


def require_source(settings: Settings) -> None:
    """Raises UsageError when nothing says where to look."""
    if settings.env is None and not settings.from_files:
        raise click.UsageError("--env NAME is required (or --from FILE, to read a saved report)")


def policy(settings: Settings, missing_ok: bool = False) -> Policy:
    """The policy in force: the file's, or the defaults where none was named and none is beside the conf."""
    from orama_monitor.alerts.policy import Policy, read_policy

    return read_policy(policy_path(settings)) if has_policy(settings, missing_ok) else Policy()


def has_policy(settings: Settings, missing_ok: bool = False) -> bool:
    """Whether there is a policy to read: one that was named has to be there, unless it may be missing.

    Of one that nobody named, in a place that can't be looked into, nothing is known; it holds nobody up.
    """
    return (settings.policy is not None and not missing_ok) or is_there(policy_path(settings))


def policy_path(settings: Settings) -> Path:
    """Where the policy is: the flag, else beside the conf."""
    return settings.policy or settings.conf.parent / POLICY_NAME


def configured(settings: Settings, quiet: bool = False) -> tuple[list[Node], Path | None]:
    """Every node of the environment, and the conf that names it (None for the built-in one)."""
    assert settings.env is not None
    if settings.env == LOCAL:
        return [LOCAL_NODE], None
    nodes = read_nodes(settings.conf)
    found = of_environment(nodes, settings.env)
    if not quiet and secrets_exposed(settings.conf, nodes):
        warn(f"{settings.conf} holds passwords and others can read it; run: chmod 600 {settings.conf}")
    return found, settings.conf


def warn(message: str) -> None:
    click.echo(f"orama: warning: {message}", err=True)


def request(settings: Settings, quiet: bool = False) -> Request:
    """What to collect, as the flags say."""
    from orama_monitor import collect

    everyone, conf = configured(settings, quiet)
    return collect.Request(
        nodes=select(everyone, settings.node),
        everyone=everyone,
        conf=conf,
        forks=settings.forks,
        timeout=settings.timeout or collect.DEFAULT_TIMEOUT,
        host_keys=settings.host_keys or "accept-new",
        verbosity=settings.verbose,
    )


def _said(text: str) -> None:
    """Pass on what -v makes Ansible say; some of it are a node's own words."""
    from orama_monitor.views.text import clean

    with contextlib.suppress(OSError):
        for line in text.splitlines():
            click.echo(clean(line, LINE_OF_ANSIBLE), err=True)


def saved(settings: Settings, paths: Sequence[str]) -> Snapshot:
    """The snapshot in the files, merged."""
    from orama_monitor.saved_report import load

    snapshot = load(list(paths))
    if settings.env is not None and settings.env != snapshot.environment:
        raise MonitorError(f"the saved report is of environment {snapshot.environment!r}, not {settings.env!r}")
    return snapshot


def chosen(snapshot: Snapshot, names: tuple[str, ...]) -> set[str] | None:
    """The hosts that --node means: by host, role, or the name that the node gives itself. None when it isn't given."""
    if not names:
        return None
    hosts = {report.hostname: host for host, report in snapshot.reports.items()}
    everyone = [Node(snapshot.environment, node.host, role=node.role) for node in snapshot.configured]
    known = {node.host for node in everyone}
    return {node.host for node in select(everyone, [n if n in known else hosts.get(n, n) for n in names])}


def judged(settings: Settings) -> tuple[ClusterReport, int]:
    """The report that the flags ask for, and the exit code of a signal that cut its collection short (else 0)."""
    require_source(settings)
    require_query(settings.query)
    in_force = policy(settings) if has_policy(settings) else None  # the defaults need not be loaded yet
    code, shown = 0, None
    if settings.from_files:
        snapshot = saved(settings, settings.from_files)
        shown = chosen(snapshot, settings.node)
    else:
        wanted = request(settings)
        stream = None if settings.verbose else sys.stderr  # else what Ansible says would stand behind it
        with interruptible() as stop, Progress([node.host for node in wanted.nodes], stream) as progress:
            from orama_monitor.collect import collect

            snapshot = collect(wanted, progress.on_result, stop, _said if settings.verbose else None)
        code = stop.code
    from orama_monitor.cluster_report import assess

    return assess(snapshot, in_force, shown), code
