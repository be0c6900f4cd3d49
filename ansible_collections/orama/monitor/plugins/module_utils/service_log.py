# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What a service wrote, wherever its unit sends it: to the journal, or to a file, as Orama's own units do.

systemd tells that there is a file and in no version which one, so the unit's own text is asked. A file has lines of
all times, and which are of late is told by the times at their beginning.
"""

from __future__ import annotations

import datetime
import functools
import re
import time
from collections.abc import Iterator

from . import systemd
from .errors import Denied, Missing, ProbeError
from .log_lines import LINE_LIMIT, Log, mentions, plain
from .probe import Probe

SHORT_TAIL, TAIL = 65536, 1024 * 1024  # most files tell enough in the short one
BLOCK = 65536  # of what is older than the tail
PATIENCE = 0.3  # seconds in which a file that is written to fast is searched backwards beyond its tail
ROTATED = ".1"  # where what was written before the last rotation is kept, uncompressed
DAY = 86400
EPOCH = datetime.date(1970, 1, 1).toordinal()
DISORDER = 60  # seconds by which a line may be older than the one before it without being of another day

SENT = re.compile(r"\s*Standard(Output|Error)\s*=(.*)")
FILE = re.compile(r"(?:append|file|truncate):(/[^\0]*)")
#: A date and a time of day, or the latter alone, as Go's loggers write them, behind the logger's name or not.
STAMP = re.compile(
    r"(?:\[[A-Za-z][\w.-]{0,30}\]\s)?\[?"
    r"(?:([0-9]{4}[-/][0-9]{2}[-/][0-9]{2})[T ])?"
    r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:[.,][0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?(?![0-9:])"
)


def recent(probe: Probe, unit: str, seconds: int, words: tuple[str, ...]) -> Log | None:
    """What the unit's service wrote in the last ``seconds``: what the journal has of it, then the files, oldest first.

    Of a long log these may be only the lines with one of the words, which are in lower case and stand for every case.
    None as ``systemd.journal``, and where no line of a file tells its time.
    Raises Missing, Denied, else as ``probe.run`` and ``probe.read``.
    """
    files = _files(probe, unit)
    if not files:
        return systemd.journal(probe, unit, seconds, words)
    since = probe.machine("time") - seconds
    logs = [_of_file(probe, path, modified, since, words) for path, modified in files.items()]
    if None in logs:
        return None
    return _joined([_of_journal(probe, unit, seconds, words), *logs])


def tail(probe: Probe, unit: str) -> list[str]:
    """The last lines of the files to which the unit sends what its service writes, however old they are."""
    return [line for path in _files(probe, unit) for line in _before_rotation(probe, path) + _lines(_read(probe, path))]


def _files(probe: Probe, unit: str) -> dict[str, float]:
    """The files that are there, and when they were last written to, also after they were renamed."""
    found = {}
    for path in parse_destinations(systemd.unit_text(probe, unit)):
        if "%" in path:
            raise ProbeError("%s.service: its log's name is not understood" % unit)
        times = [at for name in (path, path + ROTATED) for at in _modified(probe, name)]
        if times:
            found[path] = max(times)
    return found


def _modified(probe: Probe, path: str) -> list[float]:
    try:
        return [probe.modified(path)]
    except Missing:
        return []


def parse_destinations(text: str) -> list[str]:
    """The files that a unit's text sends output to; none where all of it goes to the journal."""
    sent = {"Output": "journal", "Error": "inherit"}
    for name, value in (found.groups() for found in map(SENT.match, text.splitlines()) if found):
        sent[name] = value.strip()
    if sent["Error"] in ("", "inherit"):
        sent["Error"] = sent["Output"]
    files = [found.group(1) for found in map(FILE.fullmatch, sent.values()) if found]
    return list(dict.fromkeys(files))


def _joined(logs: list[Log]) -> Log:
    return Log([line for log in logs for line in log.lines], all(log.whole for log in logs))


def _of_journal(probe: Probe, unit: str, seconds: int, words: tuple[str, ...]) -> Log:
    """What systemd says of the service, and what this wrote before its unit had a file. The file goes without it."""
    try:
        return systemd.journal(probe, unit, seconds, words) or Log([])
    except (Missing, Denied):
        return Log([])


def _of_file(probe: Probe, path: str, modified: float, since: float, words: tuple[str, ...]) -> Log | None:
    """The lines of a file since then, and of what was rotated where the file begins later. None as ``recent``."""
    if modified < since:
        return Log([])
    offset = probe.machine("utc_offset")
    for limit in (SHORT_TAIL, TAIL):
        text = _read(probe, path, limit)
        is_whole = len(text.encode()) < limit
        found = parse_times(_lines(text, is_whole), modified, offset)
        if is_whole or _reaches(found, since):
            break
    if is_whole and not _reaches(found, since):
        rotated = _read(probe, path + ROTATED)
        is_whole = len(rotated.encode()) < TAIL
        found = parse_times(_lines(rotated, is_whole) + _lines(text), modified, offset)
    if found is None:
        return None
    if is_whole or _reaches(found, since):
        return Log([line for at, line in found if at >= since])
    return _searched(probe, path, modified, since, words)


def _searched(probe: Probe, path: str, modified: float, since: float, words: tuple[str, ...]) -> Log:
    """The lines since then that hold one of the words. Of a block without any no more than its beginning is looked at.

    Not whole where PATIENCE is over before an older line is met.
    """
    offset, ends = probe.machine("utc_offset"), time.monotonic() + PATIENCE
    found: list[list[str]] = []
    is_whole, latest = True, modified
    for block in _backwards(probe, path):
        holds = mentions(block, *words)
        dated = _dated(block if holds else block[:LINE_LIMIT], latest, offset)
        if holds:
            found.append([line for at, line in dated if at >= since and mentions(line, *words)])
        latest = dated[0][0] if dated else latest
        if latest < since:
            break
        if time.monotonic() > ends:
            is_whole = False
            break
    return Log([line for lines in reversed(found) for line in lines], is_whole)


def _backwards(probe: Probe, path: str) -> Iterator[str]:
    """A file, and before it what was rotated, in blocks of whole lines from its end to its beginning."""
    for name in (path, path + ROTATED):
        try:
            start = probe.size(name)
        except Missing:
            continue
        rest = ""
        while start > 0:
            length = min(BLOCK, start)
            start -= length
            text = probe.read(name, limit=length, start=start) + rest
            rest, _end, block = text.partition("\n") if start else ("", "", text)
            rest = rest[:LINE_LIMIT]
            yield block


def _dated(text: str, latest: float, offset: int) -> list[tuple[float, str]]:
    """As ``parse_times``; lines of which none tells its time go with what comes after them."""
    said = _lines(text)
    return parse_times(said, latest, offset) or [(latest, line) for line in said]


def _read(probe: Probe, path: str, limit: int = TAIL) -> str:
    try:
        return probe.read(path, limit=limit, tail=True)
    except Missing:
        return ""


def _before_rotation(probe: Probe, path: str) -> list[str]:
    text = _read(probe, path + ROTATED)
    return _lines(text, len(text.encode()) < TAIL)


def _lines(text: str, is_whole: bool = True) -> list[str]:
    """The lines that say something, cut short and without colours; of a part of a file without the first, cut one."""
    said = [line for line in map(plain, text.splitlines()) if line.strip()]
    return said if is_whole else said[1:] or said


def _reaches(found: list[tuple[float, str]] | None, since: float) -> bool:
    return bool(found) and found[0][0] < since


# When a line was written


def parse_times(said: list[str], end: float, offset: int) -> list[tuple[float, str]] | None:
    """Each line with when it was written, unix seconds; None where none of them tells.

    A time of day is the last such before the line that follows, that of the last line the last before ``end``. Without
    a zone it is ``offset`` seconds ahead of UTC. A line without a time goes with the one before it, at first with the
    one after.
    """
    found = []
    latest = end
    for line in reversed(said):
        at = parse_time(line, latest, offset)
        found.append((at, line))
        latest = latest if at is None else at
    found.reverse()
    last = next((at for at, _line in found if at is not None), None)
    if last is None:
        return None if said else []
    dated = []
    for at, line in found:
        last = last if at is None else at
        dated.append((last, line))
    return dated


def parse_time(line: str, latest: float, offset: int) -> float | None:
    """The time at the beginning of a line; without a date the last such that is not after ``latest``."""
    found = STAMP.match(line)
    if not found:
        return None
    date, hour, minute, second, zone = found.groups()
    of_day = int(hour) * 3600 + int(minute) * 60 + int(second) - (_offset(zone) if zone else offset)
    if date is None:
        return latest + DISORDER - (latest + DISORDER - of_day) % DAY
    midnight = _midnight(date)
    return None if midnight is None else midnight + of_day


@functools.lru_cache(maxsize=100)
def _midnight(date: str) -> int | None:
    """Unix seconds of a date's beginning in UTC; None where there is no such date."""
    try:
        return (datetime.date(int(date[:4]), int(date[5:7]), int(date[8:])).toordinal() - EPOCH) * DAY
    except ValueError:
        return None


def _offset(zone: str) -> int:
    """Seconds that a zone such as ``Z`` or ``+01:00`` is ahead of UTC."""
    if zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
    return -seconds if zone[0] == "-" else seconds
