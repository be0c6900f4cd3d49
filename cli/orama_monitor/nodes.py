"""The cluster's nodes, read from ``remote-nodes.conf``.

One node a line, fields apart by ``|``, ``#`` begins a comment line::

    environment|user@host|password|role|ssh_key
    environment|user@host|role

The key may be left out, and with a key the password may be empty. An error names file and line and what was
expected, and shows no field of the line: any of them may be a password.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orama_monitor.errors import MonitorError

LOCAL = "local"
SIZE_LIMIT = 1_000_000  # bytes: ten thousand nodes
EXPECTED = "environment|user@host|password|role|ssh_key or environment|user@host|role"

_ENVIRONMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_HOST = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}")
_ROLE = re.compile(r"node|nameserver(-ns[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Node:
    """One configured node. ``host`` is its name everywhere: in the inventory, the report and the alerts."""

    environment: str
    host: str
    user: str = "root"
    port: int | None = None
    role: str = "node"
    password: str | None = field(default=None, repr=False)
    ssh_key: Path | None = None

    @property
    def is_nameserver(self) -> bool:
        return self.role.startswith("nameserver")


LOCAL_NODE = Node(environment=LOCAL, host="localhost")


class ConfError(MonitorError):
    """A line of the conf that cannot be used."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason} (expected {EXPECTED})")


def read_nodes(path: Path) -> list[Node]:
    """Every node of the file, in its order. Raises MonitorError, also when there is none."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or str(path.absolute()).startswith(("/dev/std", "/dev/fd/", "/proc/")):
            raise MonitorError(f"{path}: must be a file: it is read more than once")
        if found.st_size > SIZE_LIMIT:
            raise MonitorError(f"{path}: too large for a conf")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MonitorError(f"{path}: no such file; name yours with --config FILE or ORAMA_NODES_CONF") from None
    except UnicodeDecodeError:
        raise MonitorError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}") from None
    return parse_nodes(text, path)


def parse_nodes(text: str, path: Path) -> list[Node]:
    """The nodes in the conf's ``text``; ``path`` is for messages, and keys are found relative to it."""
    nodes: dict[tuple[str, str], int] = {}
    found: list[Node] = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        node = _node(line, path, number)
        first = nodes.setdefault((node.environment, node.host), number)
        if first != number:
            raise ConfError(path, number, f"this host stands in line {first} already, in the same environment")
        found.append(node)
    if not found:
        raise MonitorError(f"{path}: names no node; a line is {EXPECTED}")
    return found


def secrets_exposed(path: Path, nodes: Iterable[Node]) -> bool:
    """Whether the conf holds passwords that other users of this machine can read."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IRGRP | stat.S_IROTH)) and any(node.password for node in nodes)


def of_environment(nodes: Iterable[Node], environment: str) -> list[Node]:
    """The nodes of one environment. Raises MonitorError that names the known ones."""
    nodes = list(nodes)
    chosen = [node for node in nodes if node.environment == environment]
    if not chosen:
        known = ", ".join(sorted({node.environment for node in nodes}))
        raise MonitorError(f"no environment {environment!r} in the conf; it has: {known}")
    return chosen


def select(nodes: list[Node], names: Iterable[str]) -> list[Node]:
    """The nodes that ``names`` (host or role) mean, all when there are none. Raises MonitorError."""
    chosen: list[Node] = []
    for name in names:
        matching = [node for node in nodes if name in (node.host, node.role)]
        if not matching:
            raise MonitorError(f"no node {name!r} in this environment; {_nearest(name, nodes)}")
        chosen += [node for node in matching if node not in chosen]
    return chosen or nodes


def _nearest(name: str, nodes: list[Node]) -> str:
    hosts = [node.host for node in nodes]
    near = difflib.get_close_matches(name, hosts, n=3, cutoff=0.5) or hosts[:3]
    return f"nearest: {', '.join(near)}"


def _node(line: str, path: Path, number: int) -> Node:
    fields = [part.strip() for part in line.split("|")]
    if len(fields) == 3:
        environment, login, role = fields
        password, key = "", ""
    elif len(fields) in (4, 5):
        environment, login, password, role = fields[:4]
        key = fields[4] if len(fields) == 5 else ""
    else:
        raise ConfError(path, number, f"{len(fields)} field{'s' if len(fields) > 1 else ''}")
    if not _ENVIRONMENT.fullmatch(environment):
        raise ConfError(path, number, "the environment must be letters, digits and _, and begin with a letter")
    if not _ROLE.fullmatch(role):
        raise ConfError(path, number, "the role must be node, nameserver-ns1, nameserver-ns2, …")
    user, at, address = login.partition("@")
    if not at or not _USER.fullmatch(user):
        raise ConfError(path, number, "the second field must be user@host")
    host, port = _address(address, path, number)
    return Node(
        environment=environment,
        host=host,
        user=user,
        port=port,
        role=role,
        password=password or None,
        ssh_key=_key(key, path, number) if key else None,
    )


def _address(address: str, path: Path, number: int) -> tuple[str, int | None]:
    """Host and port of ``host``, ``host:port``, an IPv6 address, or ``[IPv6]:port``."""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", address)
    if bracketed:
        host, port = bracketed.group(1), bracketed.group(2)
    elif address.count(":") == 1:
        host, port = address.split(":")
    else:
        host, port = address, None
    if not _is_host(host):
        raise ConfError(path, number, "the host must be a name or an IP address")
    if port is not None and not (re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536):
        raise ConfError(path, number, "the port must be a number from 1 to 65535")
    return host, int(port) if port else None


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return "%" not in host
    return bool(_HOST.fullmatch(host))


def _key(key: str, path: Path, number: int) -> Path:
    if not key.isprintable() or re.search(r"\{[{%#]", key):
        raise ConfError(path, number, "the key must be the path of a file")
    try:
        return path.parent.absolute() / Path(key).expanduser()
    except RuntimeError:
        raise ConfError(path, number, "the key is in the home of a user that is not on this machine") from None
