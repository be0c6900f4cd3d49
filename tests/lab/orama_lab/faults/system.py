"""Faults of the machine: memory, disk, load, processes, clock, version."""

from __future__ import annotations

from ..paths import FILES
from ..services import orama_cli
from ..services.figures import LOADAVG, MEMINFO, meminfo, show, vmstat
from ..shell import run
from .journal import NOW, forget, says
from .registry import Action, At, add_local


def _figure(name: str, text: str) -> Action:
    return lambda at: show(at.site, at.node, name, text)


ALL = _figure("meminfo", meminfo())
add_local(
    "memory-high",
    "95 % of the memory is in use",
    _figure("meminfo", meminfo(MemAvailable=MEMINFO["MemTotal"] // 20, MemFree=60000)),
    ALL,
    "MEMORY_HIGH",
)
add_local(
    "swap-high",
    "half of the swap space is in use",
    _figure("meminfo", meminfo(SwapFree=MEMINFO["SwapTotal"] // 2)),
    ALL,
    "SWAP_HIGH",
    node="n4",
)
add_local(
    "load-high",
    "a load of 23",
    _figure("loadavg", "23.10 12.80 6.02 9/181 4711\n"),
    _figure("loadavg", LOADAVG),
    "LOAD_HIGH",
    node="n5",
)
add_local(
    "oom-kills",
    "the kernel killed two processes",
    _figure("vmstat", vmstat(oom_kill=2)),
    _figure("vmstat", vmstat()),
    "OOM_KILLS",
    node="n1",
)

HOME = "/opt/orama/.orama"
FILL = f"""
    size=$(stat -f -c '%b' {HOME}) free=$(stat -f -c '%a' {HOME}) block=$(stat -f -c '%S' {HOME})
    fallocate -l $(( (free - size * 7 / 100) * block )) {HOME}/lab-fill
"""
add_local("disk-full", "93 % of the disk with Orama's home is in use", FILL, f"rm -f {HOME}/lab-fill", "DISK_HIGH")


def inodes(percent: int) -> str:
    return f"""
        all=$(stat -f -c '%c' {HOME}) free=$(stat -f -c '%d' {HOME})
        mkdir -p {HOME}/lab-inodes; cd {HOME}/lab-inodes
        seq $(( free - all * (100 - {percent}) / 100 )) | xargs -n 4000 touch
    """


FEWER = f"rm -rf {HOME}/lab-inodes"
add_local("inodes-high", "92 % of the inodes are in use", inodes(92), FEWER, "INODES_HIGH", node="n4")
add_local("inodes-critical", "97 % of the inodes are in use", inodes(97), FEWER, "INODES_HIGH", node="n5")

CARELESS = "import subprocess,time; held=[subprocess.Popen(['/bin/true']) for _ in range(3)]; time.sleep(86400)"
add_local(
    "zombies",
    "three processes ended and were never waited for",
    f'systemd-run -q --collect --unit=lab-careless /usr/bin/python3 -c "{CARELESS}"',
    "systemctl stop lab-careless",
    "ZOMBIES",
)
add_local(
    "orphan",
    "an Orama process runs that no service looks after",
    "mkdir -p /run/orama-lab; cp /bin/sleep /run/orama-lab/orama-worker;"
    " systemd-run -q --scope --unit=lab-orphan setsid -f /run/orama-lab/orama-worker 86400 >/dev/null 2>&1 </dev/null",
    "systemctl stop lab-orphan.scope",
    "ORPHANS",
    node="n4",
)
PANIC = [
    f"[http] {NOW} a request took long",
    "panic: runtime error: invalid memory address",
    "goroutine 1 [running]:",
]
add_local(
    "panic",
    "orama-node logged a panic",
    says("orama-node", PANIC),
    forget,
    "LOG_PANICS",
    node="n3",
)


def _version(version: str) -> Action:
    def write(at: At) -> None:
        at.machine.live.write(orama_cli.PROGRAM, orama_cli.script(version), 0o755)

    return write


add_local(
    "version-mismatch",
    "one node has an older Orama",
    _version("0.106.3"),
    _version(orama_cli.VERSION),
    "VERSION_MISMATCH@cluster",
    node="n4",
)

AHEAD = 30
LIBRARY = "/usr/local/lib/orama-lab/ahead.so"


def _ahead(at: At) -> None:
    library = at.site.directory("faults") / "ahead.so"
    source = FILES / "ahead.c"
    run(["gcc", "-shared", "-fPIC", "-O2", f"-DAHEAD={AHEAD}", "-fno-builtin", "-o", library, source])
    run(["cp", library, at.machine.live.path(LIBRARY)])
    at.machine.live.write("etc/ld.so.preload", f"{LIBRARY}\n")


add_local(
    "clock-skew",
    f"the node's clock is {AHEAD} seconds ahead",
    _ahead,
    f"rm -f /etc/ld.so.preload {LIBRARY}",
    "CLOCK_SKEW@cluster",
)
