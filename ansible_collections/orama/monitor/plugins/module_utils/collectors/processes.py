# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``processes``: those nobody looks after, and panics in orama-node's log.

An orphan has been left behind to process 1 and belongs to no service that systemd would stop or restart with it.
"""

from __future__ import annotations

import itertools
import re

from .. import service_log
from ..errors import Denied, ProbeError
from ..log_lines import mentions
from ..parts import Parts, capped
from ..pick import text as printable
from ..probe import Probe

INIT = 1
NODE_UNIT = "orama-node"
HOUR = 3600
LISTED = 50
ORAMA_PROGRAMS = re.compile(
    r"orama(?:-[\w.-]+)?|rqlited?|olric(?:-server|d)?|ipfs|ipfs-cluster-(?:service|follow)|anon|coredns"
)
#: What is told of an argument: a path, or the name of an option. "-p" may have its value behind it without a blank.
HARMLESS = re.compile(r"(/[\w.@+/-]*|-[A-Za-z]|--[A-Za-z][\w-]*)(?:=.*)?", re.DOTALL)
HIDDEN = "…"
PANIC_WORDS = ("panic", "fatal")
PANIC = re.compile(
    r"(?<![\w-])(?<!\bno )(?<!\b0 )(?<!\bnot )(?<!\bnon )(?<!\bwithout )(?:panic|fatal)(?![\w-])"
    r"""(?!["']?\s*[=:]\s*["']?(?:0|no|none|false|off|null)\b)""",
    re.IGNORECASE,
)


def collect(probe: Probe) -> dict:
    answers = probe.together({"table": lambda: _table(probe), "panics": lambda: _panics(probe)})
    parts = Parts()
    table, panics = parts.of(answers["table"]), parts.of(answers["panics"])
    section: dict = dict(zombie_count=None, zombies=None, orphan_count=None, orphans=None, panic_count=panics)
    if table is not None:
        zombies = [_listed(*entry) for entry in table if entry[2] == "Z"]
        orphans = [found for entry in table for found in _orphaned(probe, *entry)]
        section.update(zombie_count=len(zombies), **capped("zombies", zombies, LISTED))
        section.update(orphan_count=len(orphans), **capped("orphans", orphans, LISTED))
    return parts.conclude(section)


def _table(probe: Probe) -> list[list]:
    """Every process. Raises Denied where /proc hides those of others: of what is not seen nothing can be counted."""
    table = probe.machine("processes")
    if not any(entry[0] == INIT for entry in table):
        raise Denied("the processes of others are hidden from this user")
    return table


def _listed(pid: int, ppid: int, state: str, command: str) -> dict:
    return dict(pid=pid, ppid=ppid, state=state, command=printable(command))


def _orphaned(probe: Probe, pid: int, ppid: int, state: str, name: str) -> list[dict]:
    """The entry of a process that is an orphan of Orama's, else nothing."""
    if ppid != INIT or state == "Z":
        return []
    try:
        words = parse_command(probe.read("/proc/%d/cmdline" % pid))
        if not is_of_orama(words, name, probe.options.orama_home):
            return []
        return [] if in_service(probe.read("/proc/%d/cgroup" % pid)) else [_listed(pid, ppid, state, shown(words))]
    except ProbeError:  # it ended in between, or is hidden from this user
        return []


def parse_command(text: str) -> list[str]:
    """The words of /proc/PID/cmdline."""
    return [word for word in text.split("\0") if word]


def shown(words: list[str]) -> str:
    """A command without what may be a secret: its program, and of its arguments paths and options without values."""
    title = words[0].split() if words else []  # a process may have written its arguments into it, too
    told = title[:1] + [HIDDEN] * len(title[1:])
    for word in words[1:]:
        found = HARMLESS.fullmatch(word)
        told.append(found.group(1) if found else HIDDEN)
    return " ".join(word for word, _again in itertools.groupby(told))


def is_of_orama(words: list[str], name: str, home: str) -> bool:
    """Whether a command is one of the programs of a node, or works in Orama's home."""
    programs = [name] + [word.rsplit("/", 1)[-1] for word in words[:1]]
    if any(ORAMA_PROGRAMS.fullmatch(program) for program in programs):
        return True
    return any(word == home or home.rstrip("/") + "/" in word for word in words)


def in_service(text: str) -> bool:
    """Whether /proc/PID/cgroup names a service of systemd, in either version of cgroups."""
    return any(part.endswith(".service") for line in text.splitlines() for part in line.split("/"))


def _panics(probe: Probe) -> int | None:
    log = service_log.recent(probe, NODE_UNIT, HOUR, PANIC_WORDS)
    return None if log is None else log.known(count_panics(log.lines))


def count_panics(lines: list[str]) -> int:
    """Lines that tell of a panic or a fatal error, and not of the lack of one."""
    return sum(1 for line in lines if mentions(line, *PANIC_WORDS) and PANIC.search(line))
