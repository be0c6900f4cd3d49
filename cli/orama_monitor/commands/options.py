"""The flags that every ``orama monitor`` command knows, before or after the subcommand."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

import click

from orama_monitor import completion
from orama_monitor.host_keys import HostKeys
from orama_monitor.paths import expanded, is_there

DEFAULT_CONFIG = Path("scripts/remote-nodes.conf")
CONFIG_VARIABLE = "ORAMA_NODES_CONF"
SEVERITIES = ("critical", "warning", "info")
DAY = 24 * 3600.0


class Seconds(click.FloatRange):
    """A length of time, at most a day: ``nan`` is no number of seconds, though no bound refuses it."""

    def __init__(self, least: float) -> None:
        super().__init__(min=least, max=DAY)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is no number of seconds.", param, ctx) if math.isnan(found) else found


@dataclass(frozen=True)
class Settings:
    """What the global flags say. None is "not said"."""

    env: str | None = None
    json: bool = False
    node: tuple[str, ...] = ()
    config: Path | None = None
    from_files: tuple[str, ...] = ()
    query: str | None = None
    fail_on: str | None = None
    severity: str | None = None
    policy: Path | None = None
    timeout: float | None = None
    forks: int | None = None
    host_keys: HostKeys | None = None
    verbose: int = 0

    @property
    def wants_json(self) -> bool:
        return self.json or self.query is not None

    @property
    def conf(self) -> Path:
        """Where the nodes are: the flag, the default place, the variable, in this order."""
        if self.config is not None:
            return expanded(self.config)
        named = os.environ.get(CONFIG_VARIABLE)
        return expanded(named) if named and not is_there(DEFAULT_CONFIG) else DEFAULT_CONFIG

    def merged(self, later: Settings) -> Settings:
        """Flags given later win; those that may be repeated add up."""
        changes: dict[str, Any] = {}
        for item in fields(self):
            mine, other = getattr(self, item.name), getattr(later, item.name)
            if isinstance(mine, tuple) or item.name == "verbose":
                changes[item.name] = mine + other
            elif other not in (None, False):
                changes[item.name] = other
        return replace(self, **changes)


_FLAGS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--env",
        metavar="NAME",
        shell_complete=completion.environments,
        help="Environment to look at, such as testnet; `local` is this machine. Required unless --from is given.",
    ),
    click.option("--json", is_flag=True, help="Print JSON instead of tables."),
    click.option(
        "--node",
        multiple=True,
        metavar="HOST",
        shell_complete=completion.nodes,
        help="Ask only this node (host or role); with --from, show only it, judged among all. May be repeated.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        help=f"Node configuration file.  [default: {DEFAULT_CONFIG}, then ${CONFIG_VARIABLE}]",
    ),
    click.option(
        "--from",
        "from_files",
        multiple=True,
        metavar="FILE",
        type=click.Path(allow_dash=True),
        help="Read a saved report instead of collecting; `-` is standard input. Several are merged.",
    ),
    click.option("--query", metavar="JMESPATH", help="Print what this expression finds in the JSON."),
    click.option(
        "--fail-on", type=click.Choice(SEVERITIES), help="Exit with 3 when an alert this severe, or worse, stands."
    ),
    click.option("--severity", type=click.Choice(SEVERITIES), help="Show only alerts this severe or worse."),
    click.option("--policy", type=click.Path(path_type=Path), help="Thresholds, severities and mutes (YAML)."),
    click.option("--timeout", type=Seconds(1), metavar="SECONDS", help="Longest wait for one node.  [default: 30]"),
    click.option(
        "--forks",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many nodes to ask at once.  [default: all, at most 50]",
    ),
    click.option(
        "--host-keys",
        type=click.Choice(get_args(HostKeys)),
        help="What to do with SSH host keys.  [default: accept-new]",
    ),
    click.option("-v", "--verbose", count=True, help="Say more about the connection on standard error."),
)
_NAMES = tuple(item.name for item in fields(Settings))


def global_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the global flags; it receives them, merged with those before it, as ``settings``."""

    @functools.wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        given = Settings(**{name: kwargs.pop(name) for name in _NAMES})
        earlier = context.parent.obj if context.parent and isinstance(context.parent.obj, Settings) else Settings()
        context.obj = earlier.merged(given)
        return function(*args, settings=context.obj, **kwargs)

    for flag in reversed(_FLAGS):
        command = flag(command)
    return command
