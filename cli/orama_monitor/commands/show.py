"""The commands that show one view: the same flags, the same ways out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

from orama_monitor.commands.options import Settings, global_flags

if TYPE_CHECKING:
    from orama_monitor.alerts.alert import Severity
    from orama_monitor.cluster_report import ClusterReport

EXIT_ALERTS = 3


def _command(name: str, text: str, folds: bool = False) -> click.Command:
    def run(settings: Settings, unfold: bool = False) -> None:
        show(name, settings, {"unfold": unfold} if folds else {})

    command = global_flags(run)
    if folds:
        flag = click.option("--all", "unfold", is_flag=True, help="Show consequences and muted alerts too.")
        command = flag(command)
    return click.command(name, help=text)(command)


def show(view: str, settings: Settings, extra: dict[str, Any]) -> None:
    """Collect or read, then print one view and leave with the exit code."""
    from orama_monitor import output
    from orama_monitor.commands.parts import part
    from orama_monitor.commands.session import judged

    report, stopped = judged(settings)
    least = severity(settings.severity)
    if settings.wants_json:
        output.show_checked(part(report, view, least), settings.query)
    else:
        module = importlib.import_module(f"orama_monitor.views.{view}")
        output.show(module.render(report, least=least, **extra))
    leave(report, settings, stopped)


def severity(name: str | None) -> Severity | None:
    from orama_monitor.alerts.alert import Severity

    return Severity(name) if name else None


def leave(report: ClusterReport, settings: Settings, stopped: int = 0) -> None:
    """End with the exit code of the signal that ``stopped`` the collection, or that ``--fail-on`` asks for."""
    if stopped:
        raise click.exceptions.Exit(stopped)
    threshold = severity(settings.fail_on)
    if threshold and report.standing(threshold):
        raise click.exceptions.Exit(EXIT_ALERTS)


cluster = _command("cluster", "All nodes at a glance, the summary, and the alerts.", folds=True)
node = _command("node", "Everything about each node, what hurts first.")
service = _command("service", "Which service runs where: nodes by units.")
mesh = _command("mesh", "WireGuard: who hears whom, and how long ago.")
dns = _command("dns", "CoreDNS, Caddy, resolution and certificates of the nameservers.")
namespaces = _command("namespaces", "RQLite, Olric and gateway of each namespace on each node.")
alerts = _command("alerts", "What is wrong, worst first, and what to do next.", folds=True)
