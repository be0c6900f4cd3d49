"""Commands that several hints name alike."""

from __future__ import annotations

LOGS = "/opt/orama/.orama/logs"
#: The units whose services log to a file there, as Orama sets them up, and leave the journal to systemd's own word.
FILED = ("orama-node", "orama-gateway", "orama-olric", "orama-ipfs", "orama-ipfs-cluster", "orama-anyone-client")


def log(unit: str, lines: int = 50, grep: str | None = None) -> str:
    """How to read the end of a unit's log, or what it has of late that matches ``grep``."""
    wanted = f"-n {lines}" if grep is None else f"--since -1h --grep '{grep}'"
    journal = f"journalctl -u {unit} {wanted}"
    if unit not in FILED:
        return journal
    file = f"{LOGS}/{unit.removeprefix('orama-')}.log"
    filed = f"tail -n {lines} {file}" if grep is None else f"grep -iE '{grep}' {file} | tail"
    return f"{filed}, or {journal}"


def rqlite_log(lines: int = 50, grep: str | None = None) -> str:
    """How to read the log of the RQLite that orama-node starts: a file of its own beside orama-node's."""
    return log("orama-node", lines, grep).replace(f"{LOGS}/node.log", f"{LOGS}/rqlite-*.log {LOGS}/node.log")
