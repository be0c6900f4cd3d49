# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``olric``: the cache's members as this node sees them, its process, and what its log says of the last hour.

The members come from Olric's own protocol; its STATS holds nothing more that the report needs, and is large.
"""

from __future__ import annotations

import re
from collections import Counter

from .. import local, service_log, sockets, systemd
from ..errors import Absent
from ..log_lines import ERROR_SIGNS, Log, count_errors, mentions
from ..main_process import resident_mb, restarts
from ..pick import text
from ..probe import Probe

UNIT = "orama-olric"
PORT, MEMBERLIST_PORT = 3320, 3322
HOUR = 3600
MEMBERS_LIMIT = 200

WORDS = (*ERROR_SIGNS, "suspect", "marking", "node joined", "node left")  # of the lines that are counted
SUSPECT = re.compile(r"\bsuspect\b", re.IGNORECASE)
MARKING, LOST = re.compile(r"\bmarking\b", re.IGNORECASE), re.compile(r"\b(?:failed|dead)\b", re.IGNORECASE)
CAME_OR_WENT = re.compile(r"\bnode (joined|left)\b:?\s*(\S*)", re.IGNORECASE)


def collect(probe: Probe) -> dict:
    host = sockets.listening_address(probe, PORT) or "127.0.0.1"
    found = probe.together(
        {
            "members": lambda: probe.resp(host, PORT, "CLUSTER.MEMBERS"),
            "log": lambda: service_log.recent(probe, UNIT, HOUR, WORDS),
            "units": lambda: systemd.units(probe),
        }
    )
    answers = local.Answers("olric", found)
    memberlist_up = sockets.listens(probe, "tcp", MEMBERLIST_PORT)
    if answers.refused("members") and not memberlist_up and not local.installed(probe, (UNIT,), "/etc/olric"):
        raise Absent
    section = dict(service_active=answers.active(probe, UNIT, "members"), memberlist_up=memberlist_up)
    section.update(_members(answers), process_mem_mb=resident_mb(probe, UNIT))
    section.update(restart_count=restarts(probe, UNIT), **_told(answers.of("log")))
    return answers.conclude(section)


def _members(answers: local.Answers) -> dict:
    """What CLUSTER.MEMBERS tells; a reply of another shape is a problem, and what it tells all the same is kept."""
    reply = answers.of("members")
    section = parse_members(reply)
    if reply is not None and (not isinstance(reply, list) or section["member_count"] != len(reply)):
        answers.understood("members", None)
    return section


def parse_members(reply: object) -> dict:
    """Members and coordinator from [[name, birthdate, "true" when the coordinator], …]."""
    if not isinstance(reply, list):
        return dict(member_count=None, members=None, coordinator=None)
    rows = [row for row in reply if isinstance(row, list) and row and text(row[0])]
    names = [text(row[0]) for row in rows]
    coordinators = [text(row[0]) for row in rows if len(row) > 2 and row[2] == "true"]
    section = dict(
        member_count=len(names),
        members=names[:MEMBERS_LIMIT],
        coordinator=coordinators[0] if coordinators else None,
    )
    omitted = len(names) - MEMBERS_LIMIT
    return dict(section, members_omitted=omitted) if omitted > 0 else section


def _told(log: Log | None) -> dict:
    """What a log tells, as far as it is known."""
    found = parse_log(None if log is None else log.lines)
    return found if log is None else {field: log.known(count) for field, count in found.items()}


def parse_log(lines: list[str] | None) -> dict:
    """Errors, suspicions and flapping in the lines of a log; not known without one."""
    if lines is None:
        return dict(log_errors_1h=None, log_suspects_1h=None, log_flapping_1h=None)
    return dict(
        log_errors_1h=count_errors(lines),
        log_suspects_1h=sum(1 for line in lines if is_suspicion(line)),
        log_flapping_1h=count_flapping(lines),
    )


def is_suspicion(line: str) -> bool:
    """Whether a member is suspected, or marked as failed or dead."""
    if not mentions(line, "suspect", "marking"):
        return False
    marking = MARKING.search(line)
    return bool(SUSPECT.search(line) or (marking and LOST.search(line, marking.end())))


def count_flapping(lines: list[str]) -> int:
    """How often the one member that did so most left or came back: restarted in turn, all do so once.

    To join without having left is no flapping: so a cluster starts, or this member itself.
    """
    gone: set[str] = set()
    times: Counter[str] = Counter()
    for line in lines:
        found = CAME_OR_WENT.search(line) if mentions(line, "node ") else None
        if not found:
            continue
        event, name = found.group(1).lower(), found.group(2)
        if event == "left":
            gone.add(name)
        elif name in gone:
            gone.discard(name)
        else:
            continue
        times[name] += 1
    return max(times.values(), default=0)
