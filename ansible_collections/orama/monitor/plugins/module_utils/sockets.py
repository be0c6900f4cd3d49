# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Who listens on this node, from the kernel's tables: no tool is needed, and a collection reads them once."""

from __future__ import annotations

import socket

from .errors import Missing, ProbeError
from .probe import TEXT_LIMIT, Probe

TABLES = ("tcp", "tcp6", "udp", "udp6")
ESTABLISHED, TIME_WAIT, CLOSED, LISTEN = "01", "06", "07", "0A"
LISTENING = {"tcp": LISTEN, "udp": CLOSED}  # a bound UDP socket without a peer is "closed" to the kernel
WILDCARDS = ("0.0.0.0", "::")
IPV4_IN_IPV6 = b"\0" * 10 + b"\xff\xff"


def listeners(probe: Probe) -> list[tuple[str, str, int, int]]:
    """(protocol "tcp" or "udp", address, port, inode) of every listening socket. Raises as ``probe.read``."""
    return probe.once(_listeners)


def _listeners(probe: Probe) -> list[tuple[str, str, int, int]]:
    found = []
    for table, text in tables(probe).items():
        found += parse_listeners(table[:3], text)
    return found


def readable(probe: Probe) -> bool:
    """Whether it can be told who listens."""
    try:
        listeners(probe)
        return True
    except ProbeError:
        return False


def listens(probe: Probe, protocol: str, port: int) -> bool | None:
    """Whether something listens on exactly this port; None when the tables can't be read."""
    try:
        return any(found[0] == protocol and found[2] == port for found in listeners(probe))
    except ProbeError:
        return None


def listening_address(probe: Probe, port: int) -> str | None:
    """A host at which this node's TCP port can be reached from itself; None when nothing listens there."""
    try:
        hosts = {found[1] for found in listeners(probe) if found[0] == "tcp" and found[2] == port}
    except ProbeError:
        return None
    reachable = {"127.0.0.1" if host in WILDCARDS else host for host in hosts}
    return min(reachable, key=lambda host: (host != "127.0.0.1", ":" in host, host), default=None)


def tables(probe: Probe) -> dict[str, str]:
    """The kernel's socket tables that this node has, as text by their name."""
    return probe.once(_tables)


def _tables(probe: Probe) -> dict[str, str]:
    texts = {}
    for table in TABLES:
        try:
            texts[table] = probe.read("/proc/net/%s" % table)
        except Missing:
            if table == "tcp":  # without IPv6 the others may be missing, this one never
                raise
    return texts


def complete(text: str) -> bool:
    """Whether a table was read to its end. The listening sockets come first, so they are there anyway."""
    return len(text) < TEXT_LIMIT


def rows(text: str) -> list[list[str]]:
    """The columns of each whole line of a table."""
    return [columns for columns in map(str.split, text.splitlines()[1:]) if len(columns) >= 10]


def parse_listeners(protocol: str, text: str) -> list[tuple[str, str, int, int]]:
    """The listening sockets of one table."""
    found = []
    for columns in rows(text):
        if columns[3] == LISTENING[protocol]:
            try:
                address, port = parse_address(columns[1])
                found.append((protocol, address, port, int(columns[9])))
            except ValueError:  # a line cut off in the middle
                continue
    return found


def parse_address(text: str) -> tuple[str, int]:
    """``0100007F:1388`` as ("127.0.0.1", 5000). IPv4 in IPv6 is shown as IPv4. Raises ValueError."""
    raw, port = map(bytes.fromhex, text.split(":"))
    if len(raw) not in (4, 16) or len(port) != 2:
        raise ValueError("not an address")
    # Each group of four bytes is a number in the machine's byte order: every Orama node is little endian.
    packed = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    if len(packed) == 16 and packed.startswith(IPV4_IN_IPV6):
        packed = packed[len(IPV4_IN_IPV6) :]
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, packed), int.from_bytes(port, "big")
