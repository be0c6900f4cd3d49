# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``system``: processors, load, memory, disk, kernel, clock.

Of the file systems only ``/`` and the one of Orama's home are asked, each with a time limit, so that a mount whose
server is gone can't hold the rest.
"""

from __future__ import annotations

import datetime
import re

from ..errors import Missing, ProbeError
from ..parts import Parts
from ..pick import percent, text
from ..probe import Probe
from ..systemd import read_journal

MIB = 2**20
GIB = 2**30
DAY = 86400
LONG = 3650 * DAY
KILLED = re.compile(r"\bKilled process \d+")
LOADAVG, VMSTAT = "/proc/loadavg", "/proc/vmstat"
CONTAINER = "/run/systemd/container"  # systemd's note that it runs in one
LXCFS = "fuse.lxcfs"  # passes on its host's load, unless it was started with -l
MEMORY_EVENTS = "/sys/fs/cgroup/memory.events"  # of the container itself, as it sees control groups (version 2)


def collect(probe: Probe) -> dict:
    parts = Parts()
    section = dict(
        cpu_count=parts.ask(probe.machine, "cpu_count"),
        **_load(probe, parts),
        **_memory(parts.ask(probe.machine, "virtual_memory")),
        **_swap(parts.ask(probe.machine, "swap_memory")),
        **_disk(probe, parts),
        kernel_version=_read(probe, parts, "/proc/sys/kernel/osrelease", _word),
        **_time(probe.machine("time"), _read(probe, parts, "/proc/uptime", parse_uptime)),
        ntp_synchronized=probe.machine("clock_synchronized"),
    )
    section.update(_oom_kills(probe, parts, section["uptime_seconds"]))
    return parts.conclude(section)


def _read(probe: Probe, parts: Parts, path: str, parse):
    """What a file of the kernel says, or None with the reason among the problems."""
    text = parts.ask(probe.read, path)
    value = None if text is None else parse(text)
    if text is not None and value is None:
        parts.problems.append(ProbeError("%s: not understood" % path))
    return value


def _load(probe: Probe, parts: Parts) -> dict:
    """Not that of all that a container's host runs, for the processors are the container's."""
    shared = _is_of_host(probe, LOADAVG)
    loads = (None if shared else _read(probe, parts, LOADAVG, parse_load)) or [None, None, None]
    return dict(load_avg_1=loads[0], load_avg_5=loads[1], load_avg_15=loads[2])


def parse_load(text: str) -> list[float] | None:
    """The three averages of /proc/loadavg."""
    words = text.split()[:3]
    if len(words) == 3 and all(re.match(r"\d{1,9}\.\d+$", word) for word in words):
        return [float(word) for word in words]
    return None


def _memory(memory: dict | None) -> dict:
    """MiB; what is used is what is not available, so that the figures fit together."""
    found = memory or {}
    total, free, available = found.get("total"), found.get("free"), found.get("available")
    used = None if total is None or available is None else total - available
    return dict(
        mem_total_mb=_whole(total, MIB),
        mem_used_mb=_whole(used, MIB),
        mem_free_mb=_whole(free, MIB),
        mem_available_mb=_whole(available, MIB),
        mem_use_pct=_share(used, total),
    )


def _swap(swap: dict | None) -> dict:
    found = swap or {}
    return dict(swap_total_mb=_whole(found.get("total"), MIB), swap_used_mb=_whole(found.get("used"), MIB))


def _disk(probe: Probe, parts: Parts) -> dict:
    home = probe.options.orama_home
    answers = probe.together(
        {path: lambda path=path: probe.machine("disk_usage", path) for path in dict.fromkeys(("/", home))}
    )
    if isinstance(answers.get(home), Missing) and home != "/" and not isinstance(answers["/"], ProbeError):
        del answers[home]  # nothing of Orama's to look at: "/" it is
    found = [usage for usage in map(parts.of, answers.values()) if usage]
    return fullest([disk(usage) for usage in found])


def fullest(disks: list[dict]) -> dict:
    """Of several file systems the one with the least room, and the inodes of the one with the fewest left."""
    known = [found for found in disks if found["disk_use_pct"] is not None]
    inodes = [found["inode_use_pct"] for found in disks if found["inode_use_pct"] is not None]
    least_room = max(known, key=lambda found: found["disk_use_pct"], default=disk({}))
    return dict(least_room, inode_use_pct=max(inodes, default=None))


def disk(usage: dict) -> dict:
    """Fields of one file system: as df counts, what only root may still use is not room."""
    used, free, inodes = usage.get("used"), usage.get("free"), usage.get("inodes")
    room = None if used is None or free is None else used + free
    return dict(
        disk_mount=text(usage.get("mount")),
        disk_total_gb=_gib(usage.get("total")),
        disk_used_gb=_gib(used),
        disk_avail_gb=_gib(free),
        disk_use_pct=_share(used, room),
        inode_use_pct=_share(inodes - usage["inodes_free"], inodes) if inodes else None,
    )


def _time(now: float, uptime: float | None) -> dict:
    since = None
    if uptime is not None:
        began = datetime.datetime.fromtimestamp(int(now - uptime), datetime.timezone.utc)
        since = began.strftime("%Y-%m-%dT%H:%M:%SZ")
    return dict(uptime_seconds=None if uptime is None else int(uptime), uptime_since=since, time_unix=round(now, 3))


def parse_uptime(text: str) -> float | None:
    """Seconds since boot, the first number of /proc/uptime."""
    found = re.match(r"\d{1,10}\.\d+(?=\s)", text)
    return float(found.group()) if found else None


def _oom_kills(probe: Probe, parts: Parts, uptime: int | None) -> dict:
    """Since boot and of the last day. In a container the kernel's count and log are those of all that its host runs."""
    if _is_of_host(probe, VMSTAT):
        since_boot = _oom_kills_of_container(probe)
        recent = since_boot if _is_recent(since_boot, uptime) else None
    else:
        since_boot = parse_oom_kills(parts.ask(probe.read, VMSTAT))
        recent = since_boot if _is_recent(since_boot, uptime) else _recent_oom_kills(probe)
    return dict(oom_kills=since_boot, oom_kills_24h=recent)


def _is_of_host(probe: Probe, path: str) -> bool:
    """Whether a file of the kernel tells of a container's host; the container may have been given one of its own."""
    if not probe.exists(CONTAINER):
        return False
    try:
        return not is_own(path, probe.read("/proc/self/mountinfo"))
    except ProbeError:
        return True


def is_own(path: str, mounts: str) -> bool:
    """Whether a file is mounted at exactly this path, by /proc/self/mountinfo. lxcfs may show what is the host's."""
    return any(words[4:5] == [path] and LXCFS not in words for words in map(str.split, mounts.splitlines()))


def _oom_kills_of_container(probe: Probe) -> int | None:
    try:
        return parse_oom_kills(probe.read(MEMORY_EVENTS))
    except ProbeError:  # control groups of version 1, or not the container's own
        return None


def parse_oom_kills(text: str | None) -> int | None:
    """Processes killed for want of memory, by /proc/vmstat or memory.events; kernels before 4.13 do not count them."""
    found = re.search(r"^oom_kill (\d{1,18})$", text or "", re.MULTILINE)
    return int(found.group(1)) if found else None


def _is_recent(since_boot: int | None, uptime: int | None) -> bool:
    """Whether all of them are known to be of the last day, as none are."""
    return since_boot == 0 or (since_boot is not None and uptime is not None and uptime <= DAY)


def _recent_oom_kills(probe: Probe) -> int | None:
    """Those of the last day by the kernel's log, which is asked only where the count since boot leaves it open."""
    try:
        found = count_oom_kills(read_journal(probe, ["--dmesg", "--grep=Killed process"], DAY).lines)
        if found or read_journal(probe, ["--dmesg", "--until=-%ds" % DAY], LONG, lines=1).lines:
            return found
    except ProbeError:
        pass
    return None  # a log that does not reach back a day, or is not kept, has not seen them all


def count_oom_kills(lines: list[str]) -> int:
    """Kernel messages that tell of a killed process."""
    return sum(1 for line in lines if KILLED.search(line))


def _share(part: int | None, whole: int | None) -> int | None:
    """Percent from 0 to 100, whatever the kernel says."""
    found = percent(part, whole)
    return None if found is None else max(0, min(100, found))


def _whole(number: int | None, unit: int) -> int | None:
    return None if number is None else max(0, number) // unit


def _gib(number: int | None) -> float | None:
    return None if number is None else round(number / GIB, 2)


def _word(text: str) -> str | None:
    words = text.split()
    return words[0][:200] if words else None
