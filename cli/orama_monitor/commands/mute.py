"""``orama monitor mute``: silence an alert that is known."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from orama_monitor import completion
from orama_monitor.commands.options import Settings, global_flags
from orama_monitor.durations import EXAMPLE, duration
from orama_monitor.paths import is_missing, is_there

if TYPE_CHECKING:
    from orama_monitor.alerts.policy import Mute
    from orama_monitor.nodes import Node

_PATTERN = re.compile(r"[*?\[]")


class Duration(click.ParamType[timedelta]):
    """A length of time such as 30m, 8h or 1d12h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            return duration(str(value)) or self.fail("it is empty", param, ctx)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


@click.command()
@click.argument("code", required=False, shell_complete=completion.codes)
@click.option("--for", "length", type=Duration(), metavar="TIME", help=f"For how long, such as {EXAMPLE}.")
@click.option(
    "--about",
    multiple=True,
    metavar="NAME",
    help="Only what concerns nothing but this unit, namespace, host, … May be repeated.",
)
@click.option("--reason", help="Why; shown wherever the muted alert is. Required to mute.")
@click.option("--list", "listing", is_flag=True, help="List the mutes of the policy, those that are over among them.")
@global_flags
def mute(
    settings: Settings,
    code: str | None,
    length: timedelta | None,
    about: tuple[str, ...],
    reason: str | None,
    listing: bool,
) -> None:
    """Silence an alert, for a while or until it gets worse.

    Adds a line to the policy file, which is made when there is none, and leaves the rest of it as it is. --node may
    be a host, a role, `cluster`, or a pattern such as '198.51.100.*'; without it the alert is muted everywhere. What is
    muted with --env is muted in that environment alone. For an alert that may be more or less severe, --severity says
    how bad it is now.
    """
    if listing:
        if code or length or about or reason is not None:
            raise click.UsageError("--list mutes nothing: it goes without CODE, --for, --about and --reason")
        _list(settings)
        return
    if settings.wants_json:
        raise click.UsageError("--json and --query go with --list")
    if code is None:
        raise click.UsageError("Missing argument 'CODE' (or --list).")
    if reason is None:
        raise click.UsageError("Missing option '--reason'.")
    _add(settings, code, length, about, reason)


def _list(settings: Settings) -> None:
    from orama_monitor import output
    from orama_monitor.snapshot import now
    from orama_monitor.views import mutes

    found, at = _mutes(settings), now()
    if settings.wants_json:
        facts = [{**item.model_dump(mode="json"), "over": item.is_over(at)} for item in found]
        output.show_json(facts, settings.query)
    else:
        output.show(mutes.render(found, at))


def _mutes(settings: Settings) -> list[Mute]:
    """The policy's. Raises MonitorError where there is none that was named, and where nobody may look for one."""
    from orama_monitor.alerts.policy import read_policy
    from orama_monitor.commands.session import policy_path

    path = policy_path(settings)
    return [] if settings.policy is None and is_missing(path) else read_policy(path).mutes


def _add(settings: Settings, code: str, length: timedelta | None, about: tuple[str, ...], reason: str) -> None:
    from orama_monitor.alerts import Severity, explain, muting
    from orama_monitor.alerts.words import names
    from orama_monitor.commands.session import policy, policy_path
    from orama_monitor.snapshot import now

    rule = explain(code.replace("-", "_"))
    path = policy_path(settings)
    usual = policy(settings, missing_ok=True).severities.get(rule.code, rule.severity)
    severity = Severity(settings.severity or usual)
    until = now() + length if length else None
    for node in _meant(settings) or ["*"]:
        muting.add_mute(
            path,
            rule.code,
            env=settings.env,
            node=node,
            about=about,
            until=until,
            severity=severity,
            reason=reason,
        )
        only = f" about {names(about)}" if about else ""
        place = "everywhere" if node == "*" else f"on {node}"
        where = place if settings.env is None else f"{place} in {settings.env}"
        end = f"until {until:%Y-%m-%d %H:%M:%S} UTC" if until else "for good"
        wakes = "" if severity is Severity.CRITICAL else f", unless it gets worse than {severity.value}"
        click.echo(f"{path}: {rule.code}{only} is muted {where} {end}{wakes}")


def _meant(settings: Settings) -> list[str]:
    """The hosts and patterns that --node means; where there is a conf, a name or environment not in it is refused."""
    from orama_monitor.alerts.alert import CLUSTER
    from orama_monitor.nodes import LOCAL_NODE, select

    plain = [name for name in settings.node if name not in (CLUSTER, LOCAL_NODE.host) and not _PATTERN.search(name)]
    nodes = _nodes(settings) if plain or settings.env is not None else None
    meant: list[str] = []
    for name in settings.node:
        chosen = select(_sure(nodes, name), [name]) if nodes is not None and name in plain else None
        meant += [name] if chosen is None else [node.host for node in chosen]
    return list(dict.fromkeys(meant))


def _nodes(settings: Settings) -> list[Node] | None:
    """The nodes of the environment, or of all where none is named; None where there is no conf."""
    from orama_monitor.commands.session import configured
    from orama_monitor.nodes import read_nodes

    if settings.config is None and not is_there(settings.conf):
        return None
    return configured(settings, quiet=True)[0] if settings.env is not None else read_nodes(settings.conf)


def _sure(nodes: list[Node], name: str) -> list[Node]:
    """The nodes, unless ``name`` is a role in more than one environment of theirs. Raises UsageError."""
    environments = {node.environment for node in nodes if node.role == name}
    if len(environments) > 1:
        raise click.UsageError(f"{name} is a role in {', '.join(sorted(environments))}: say which with --env")
    return nodes
