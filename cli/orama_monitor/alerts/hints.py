"""Commands that several hints name alike."""

from __future__ import annotations

import re

WORD = re.compile(r"\w[\w.:@-]{0,99}", re.ASCII)
LOGS = "/opt/orama/.orama/logs"
#: The units whose services log to a file there, as Orama sets them up, and leave the journal to systemd's own word.
FILED = ("orama-node", "orama-gateway", "orama-olric", "orama-ipfs", "orama-ipfs-cluster", "orama-anyone-client")


def word(text: str | None, otherwise: str) -> str:
    """A name that a node gave, for a command that may be copied; ``otherwise`` where it would be more than a word."""
    return text if text and WORD.fullmatch(text) else otherwise


def kubo(command: str) -> str:
    """How to ask Kubo as root: by its API, since another user's repository isn't found."""
    return f"ipfs --api /ip4/127.0.0.1/tcp/4501 {command}"


def log(unit: str, lines: int = 50, grep: str | None = None) -> str:
    """How to read the end of a unit's log, or what it has of late that matches ``grep``."""
    files = f"{LOGS}/{unit.removeprefix('orama-')}.log" if unit in FILED else None
    return _read(files, unit, lines, grep)


def rqlite_log(lines: int = 50, grep: str | None = None) -> str:
    """The same of the RQLite that orama-node starts, which has a file of its own beside orama-node's."""
    return _read(f"{LOGS}/rqlite-*.log {LOGS}/node.log", "orama-node", lines, grep)


def _read(files: str | None, unit: str, lines: int, grep: str | None) -> str:
    wanted = f"-n {lines}" if grep is None else f"--since -1h --grep '{grep}'"
    journal = f"journalctl -u {unit} {wanted}"
    if files is None:
        return journal
    filed = f"tail -n {lines} {files}" if grep is None else f"grep -iE '{grep}' {files} | tail"
    return f"{filed}, or {journal}"
