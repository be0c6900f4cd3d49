"""``orama monitor mute``: silence an alert that is known."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

from orama_monitor import completion
from orama_monitor.commands.options import Settings, global_flags

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Duration(click.ParamType[timedelta]):
    """A length of time such as 30m, 2h, 3d or 1w."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,3})([mhdw])", str(value))
        if not found:
            self.fail(f"{value!r} is no duration such as 30m, 2h, 3d or 1w", param, ctx)
        return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})


@click.command()
@click.argument("code", shell_complete=completion.codes)
@click.option("--for", "duration", type=Duration(), metavar="TIME", help="For how long, such as 30m, 2h, 3d or 1w.")
@click.option(
    "--about",
    multiple=True,
    metavar="NAME",
    help="Only what concerns nothing but this unit, namespace, host, … May be repeated.",
)
@click.option("--reason", required=True, help="Why; shown wherever the muted alert is.")
@global_flags
def mute(settings: Settings, code: str, duration: timedelta | None, about: tuple[str, ...], reason: str) -> None:
    """Silence an alert, for a while or until it gets worse.

    Adds a line to the policy file, which is made when there is none, and leaves the rest of it as it is. --node may
    be a host or a pattern such as '198.51.100.*'; without it the alert is muted everywhere. For an alert that may be
    more or less severe, --severity says how bad it is now.
    """
    from orama_monitor.alerts import Severity, explain, muting
    from orama_monitor.alerts.words import names
    from orama_monitor.commands.session import policy, policy_path
    from orama_monitor.snapshot import now

    rule = explain(code.replace("-", "_"))
    path = policy_path(settings)
    usual = policy(settings, missing_ok=True).severities.get(rule.code, rule.severity)
    severity = Severity(settings.severity or usual)
    until = now() + duration if duration else None
    for node in settings.node or ("*",):
        muting.add_mute(path, rule.code, node=node, about=about, until=until, severity=severity, reason=reason)
        only = f" about {names(about)}" if about else ""
        where = "everywhere" if node == "*" else f"on {node}"
        end = f"until {until:%Y-%m-%d %H:%M:%S} UTC" if until else "for good"
        wakes = "" if severity is Severity.CRITICAL else f", unless it gets worse than {severity.value}"
        click.echo(f"{path}: {rule.code}{only} is muted {where} {end}{wakes}")
