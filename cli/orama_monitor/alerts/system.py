"""The machine: memory, disk, load, the kernel's kills, processes, clock, and the version of Orama it runs."""

from __future__ import annotations

from orama_monitor.alerts.because import here
from orama_monitor.alerts.cluster import EVER, Cluster, NodeView
from orama_monitor.alerts.hints import log
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.words import clip, names, number

system = Subsystem("system")


@system.on_node(
    "MEMORY_HIGH",
    WARNING,
    "More than {memory_pct} % of the memory is in use.",
    why="When none is left the kernel kills a process, often the largest: RQLite or Kubo.",
    hint="on the node: systemd-cgtop -m, or ps aux --sort=-rss | head",
)
def memory(node: NodeView, limits: Thresholds) -> Found:
    seen = node.system
    if seen and seen.mem_use_pct is not None and seen.mem_use_pct > limits.memory_pct:
        total = "" if seen.mem_total_mb is None else f" of {seen.mem_total_mb} MiB"
        yield f"memory {seen.mem_use_pct} %{total} in use"


@system.on_node(
    "DISK_HIGH",
    WARNING,
    "More than {disk_pct} % of the disk is in use: of / or the file system that holds Orama's home.",
    why="RQLite, IPFS and the journal stop writing when it is full.",
    hint="on the node: df -h; journalctl --disk-usage; du -xh --max-depth=2 /opt/orama | sort -h | tail",
)
def disk(node: NodeView, limits: Thresholds) -> Found:
    seen = node.system
    if seen and seen.disk_use_pct is not None and seen.disk_use_pct > limits.disk_pct:
        left = "" if seen.disk_avail_gb is None else f", {seen.disk_avail_gb:.1f} GiB left"
        yield f"{clip(seen.disk_mount or 'disk', 60)} is {seen.disk_use_pct} % full{left}"


@system.on_node(
    "INODES_HIGH",
    WARNING,
    "More than {inodes_pct} % of the inodes are in use; critical above {inodes_critical_pct} %.",
    why="Without a free inode no file can be created, however much space is left.",
    hint="on the node: df -i; du --inodes -x / | sort -n | tail",
    also=[CRITICAL],
)
def inodes(node: NodeView, limits: Thresholds) -> Found:
    used = node.system.inode_use_pct if node.system else None
    if used is not None and used > min(limits.inodes_pct, limits.inodes_critical_pct):
        severity = CRITICAL if used > limits.inodes_critical_pct else None
        yield Here(f"{used} % of the inodes in use", severity=severity)


@system.on_node(
    "OOM_KILLS",
    CRITICAL,
    "The kernel killed processes for want of memory, within 24 h or at a time not known; info when longer ago.",
    why="Whatever it killed stopped in the middle of its work.",
    hint="on the node: journalctl -k --grep 'out of memory'; in a container: cat /sys/fs/cgroup/memory.events",
    also=[INFO],
)
def oom_kills(node: NodeView) -> Found:
    seen = node.system
    since_boot, today = (seen.oom_kills, seen.oom_kills_24h) if seen else (None, None)
    if today:
        yield f"{number(today, 'process', 'processes')} killed for want of memory in the last 24 h"
    elif since_boot and today is None:
        yield f"{number(since_boot, 'process', 'processes')} killed for want of memory since boot, when is not known"
    elif since_boot:
        killed = number(since_boot, "process", "processes")
        yield Here(f"{killed} killed for want of memory since boot, none in the last 24 h", severity=INFO)


@system.on_node(
    "SWAP_HIGH",
    INFO,
    "More than {swap_pct} % of the swap space is in use.",
    why="A node that swaps answers late, which elections and handshakes don't forgive.",
    hint="on the node: vmstat 1 5",
    because=[here("MEMORY_HIGH")],
)
def swap(node: NodeView, limits: Thresholds) -> Found:
    seen = node.system
    if seen and seen.swap_total_mb and seen.swap_used_mb is not None:
        used = 100 * seen.swap_used_mb / seen.swap_total_mb
        if used > limits.swap_pct:
            yield f"swap {used:.0f} % of {seen.swap_total_mb} MiB in use"


@system.on_node(
    "LOAD_HIGH",
    WARNING,
    "The load of the last minute is above {load_per_cpu} for each CPU.",
    why="Work queues up for CPU or disk, and time limits run out.",
    hint="on the node: systemd-cgtop, or ps aux --sort=-pcpu | head",
)
def load(node: NodeView, limits: Thresholds) -> Found:
    seen = node.system
    if not seen or seen.load_avg_1 is None or not seen.cpu_count:
        return
    if seen.load_avg_1 > limits.load_per_cpu * seen.cpu_count:
        yield f"load {seen.load_avg_1:.1f} on {number(seen.cpu_count, 'CPU')}"


@system.on_node(
    "ZOMBIES",
    INFO,
    "More than {zombies} processes ended and were never waited for.",
    why="Their parent is stuck or careless; enough of them use up the process table.",
    hint="on the node: ps -eo pid,ppid,stat,comm | awk '$3 ~ /^Z/'",
    section="processes",
)
def zombies(node: NodeView, limits: Thresholds) -> Found:
    count = node.processes.zombie_count if node.processes else None
    if count is not None and count > limits.zombies:
        yield number(count, "zombie process", "zombie processes")


@system.on_node(
    "ORPHANS",
    INFO,
    "More than {orphans} Orama processes run that no service looks after.",
    why="They hold ports and files, and no restart or upgrade reaches them.",
    hint="on the node: ps -eo pid,ppid,cgroup,args | grep -iE 'orama|rqlite|olric|ipfs|anon|coredns|caddy'; "
    "stop those outside a .service cgroup",
    section="processes",
)
def orphans(node: NodeView, limits: Thresholds) -> Found:
    seen = node.processes
    if seen and seen.orphan_count is not None and seen.orphan_count > limits.orphans:
        listed = ", ".join(
            f"{process.pid} {clip(process.command or '', 40)}".strip() for process in (seen.orphans or [])[:3]
        )
        yield number(seen.orphan_count, "orphaned process", "orphaned processes") + (f": {listed}" if listed else "")


@system.on_node(
    "LOG_PANICS",
    CRITICAL,
    "orama-node's log of the last hour has a panic or a fatal error.",
    why="The process died, or was about to.",
    hint=f"on the node: {log('orama-node', grep='panic|fatal')}",
    because=[here("SERVICE_FAILED orama-node", "SERVICE_RESTART_LOOP orama-node")],
    section="processes",
)
def log_panics(node: NodeView) -> Found:
    count = node.processes.panic_count if node.processes else None
    if count:
        yield f"{number(count, 'line')} of panic or fatal in orama-node's log of the last hour"


@system.on_cluster(
    "VERSION_MISMATCH",
    WARNING,
    "The nodes don't all run the same version of Orama.",
    why="Normal during an upgrade; afterwards a node was left behind.",
    hint="upgrade the nodes named in the message",
)
def version_mismatch(cluster: Cluster) -> Found:
    runs: dict[str, list[str]] = {}
    for node in cluster.reporting:
        if node.report and node.report.version:
            runs.setdefault(node.report.version, []).append(node.host)
    if len(runs) > 1:
        ordered = sorted(runs.items(), key=lambda run: (-len(run[1]), run[0]))
        minority = tuple(sorted(host for _version, hosts in ordered[1:] for host in hosts))
        said = [f"{clip(version, 40)} on {names(hosts)}" for version, hosts in ordered]
        yield Here("; ".join(said[:5]), about=minority)


@system.on_cluster(
    "CLOCK_SKEW",
    WARNING,
    "The clocks of two nodes are more than {clock_skew_s} s apart, however the time of asking is accounted for.",
    why="Certificates, logs and leases are wrong on one of them.",
    hint="on the nodes: timedatectl; is chrony or systemd-timesyncd running?",
)
def clock_skew(cluster: Cluster, limits: Thresholds) -> Found:
    """A node's clock was read between the controller's start and end of its task, which bounds its offset."""
    offsets = sorted(offset for node in cluster.reporting if (offset := _offset(node)))
    if not offsets:
        return
    behind, ahead = min(offsets, key=lambda one: one[1]), max(offsets, key=lambda one: one[0])
    apart = ahead[0] - behind[1]
    if apart <= limits.clock_skew_s:
        return
    low, high, _host = sorted(offsets, key=lambda one: one[0] + one[1])[len(offsets) // 2]
    wrong = [host for lo, hi, host in offsets if max(lo - high, low - hi) > limits.clock_skew_s]
    is_outvoted = wrong and len(offsets) > 2
    yield Here(
        f"{ahead[2]} is at least {apart:.1f} s ahead of {behind[2]}",
        about=tuple(sorted(wrong if is_outvoted else (ahead[2], behind[2]))),
    )


def _offset(node: NodeView) -> tuple[float, float, str] | None:
    """Least and greatest seconds by which the node's clock is ahead of the controller's."""
    clock = node.system.time_unix if node.system else None
    if clock is None or node.window == EVER:
        return None
    started, ended = node.window
    return clock - ended, clock - started, node.host
