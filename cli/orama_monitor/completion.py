"""What the shell can complete: environments and nodes from the conf, alert codes from the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from orama_monitor.nodes import Node

_DECLARED = re.compile(rb"\n@\w+\.\w+\(\s*\"([A-Z0-9_]+)\"")


def environments(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The environments of the conf, and this machine."""
    names = ["local", *dict.fromkeys(node.environment for node in _conf(context))]
    return [name for name in names if name.startswith(incomplete)]


def nodes(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The hosts of the environment already typed, or of all."""
    environment = _given(context, "env")
    hosts = [n.host for n in _conf(context) if environment in (None, n.environment)]
    return [host for host in dict.fromkeys(hosts) if host.startswith(incomplete)]


def codes(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The alert codes, from the rules' source: to import them would take longer than a completion may."""
    folder = Path(__file__).parent / "alerts"
    found = {code for path in folder.glob("*.py") for code in _DECLARED.findall(path.read_bytes())}
    return sorted(code for code in map(bytes.decode, found) if code.startswith(incomplete.upper()))


def _conf(context: click.Context) -> list[Node]:
    """The conf's nodes; none when it can't be read, for a completion never complains."""
    from orama_monitor.commands.options import Settings
    from orama_monitor.errors import MonitorError
    from orama_monitor.nodes import read_nodes

    named = _given(context, "config")
    try:
        return read_nodes(Settings(config=Path(named) if named else None).conf)
    except MonitorError:
        return []


def _given(context: click.Context, name: str) -> Any:
    """A flag already typed, on this command or before it."""
    return next((found.params[name] for found in _chain(context) if found.params.get(name)), None)


def _chain(context: click.Context) -> Iterator[click.Context]:
    current: click.Context | None = context
    while current:
        yield current
        current = current.parent
