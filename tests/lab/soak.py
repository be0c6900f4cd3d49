"""What takes long: many refreshes without a leak, runs that end at random moments, nodes broken in every way.

PYTHONPATH=tests/lab python -m tests.lab.soak [--refreshes N] [--kills N] [--ways N]

Figures on standard output; exit 1 where something is left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from orama_lab import Lab
from orama_lab.shell import wait_until
from orama_lab.topology import ENVIRONMENT
from orama_monitor import collect, workspace
from orama_monitor.cluster_report import assess
from orama_monitor.nodes import of_environment, read_nodes
from tests.lab import test_nothing_left as cut
from tests.lab import test_twenty as twenty

WARM_UP = 5
#: What counts as a leak: MiB in all, and anything at all of the rest.
MEMORY = 16.0
#: Lines in a node's journal for one refresh: sudo's own three, and a login now and then.
NOISE = 8.0
#: A connection stays warm for so many seconds, which is Ansible's own default; and a while for ssh to end.
PERSIST, A_WHILE = 60, 15
#: What a node has after a refresh as before it. Connections stay warm for a minute.
COUNTS = """
set -- /proc/[0-9]*; echo processes $#
echo files $(find /tmp /var/tmp /home /root /run/user -xdev 2>/dev/null | wc -l)
echo sockets $(awk '/^TCP:/ {print $3}' /proc/net/sockstat)
echo journal $(journalctl --quiet --output=cat | wc -l)
echo sudo $(journalctl --quiet --output=cat _COMM=sudo + _COMM=sshd + _COMM=sshd-session | wc -l)
"""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Long tests against the lab.")
    parser.add_argument("--refreshes", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--ways", type=int, default=len(twenty.ways()))
    parser.add_argument("--inside", metavar="CONF", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        print(json.dumps(_refreshed(Path(options.inside), options.refreshes)))
        return 0
    lab = Lab()
    lab.up()
    with tempfile.TemporaryDirectory(prefix="om-", dir="/tmp") as directory:
        tempfile.tempdir = directory
        found = _refreshes(lab, options.refreshes) if options.refreshes else []
        found += _kills(lab, Path(directory), options.kills) if options.kills else []
        workspace.close_connections()
    tempfile.tempdir = None
    found += _broken(lab, twenty.ways()[: options.ways])
    for line in found:
        print(f"LEFT {line}", flush=True)
    return int(bool(found))


def _refreshes(lab: Lab, times: int) -> list[str]:
    """Refresh so often from one process, as the live view does; what has grown."""
    _inside(lab, WARM_UP)
    before = {node.name: _counts(lab, node.name) for node in lab.nodes}
    told = _inside(lab, times)
    left = [f"the controller's {name}: {told['first'][name]} → {told['last'][name]}" for name in _grown(told)]
    left += [f"{count} times {alert}" for alert, count in told["alerts"].items()]
    print(f"{times} refreshes of {len(lab.nodes)} nodes: {json.dumps(told)}", flush=True)
    for name, counts in before.items():
        now = _counts(lab, name)
        print(f"  {name}: " + ", ".join(f"{what} {counts[what]} → {now[what]}" for what in counts), flush=True)
        left += [f"{what} on {name}: {counts[what]} → {now[what]}" for what in ("files",) if now[what] > counts[what]]
        left += [f"processes on {name}"] if now["processes"] > counts["processes"] + 3 else []
        left += [f"journal of {name}"] if (now["sudo"] - counts["sudo"]) / times > NOISE else []
    return left


def _inside(lab: Lab, times: int) -> Any:
    """The refreshes, by a process on the control host."""
    command = [sys.executable, "-m", "tests.lab.soak", "--refreshes", str(times), "--inside", str(lab.conf)]
    environment = {**os.environ, "TMPDIR": tempfile.gettempdir()}
    told = subprocess.run(lab.control(command), env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(told.stdout.splitlines()[-1])


def _grown(told: Any) -> list[str]:
    first, last = told["first"], told["last"]
    return [name for name in first if last[name] > first[name] + (MEMORY if name == "memory_mb" else 0)]


def _counts(lab: Lab, node: str) -> dict[str, int]:
    words = [line.split() for line in lab.ssh(node, COUNTS).splitlines()]
    return {name: int(number) for name, number in words}


def _refreshed(conf: Path, times: int) -> Any:
    """Refresh again and again in this process; its size in the beginning and at the end, and what was told."""
    nodes = of_environment(read_nodes(conf), ENVIRONMENT)
    request = collect.Request(nodes=nodes, everyone=nodes, conf=conf)
    first, silent, seconds = None, 0, []
    alerts: Counter[str] = Counter()
    for number in range(times):
        snapshot = collect.collect(request)
        silent += sum(node.report is None for node in snapshot.nodes)
        alerts.update(f"{alert.code} on {alert.node}" for alert in assess(snapshot).alerts)
        seconds.append(snapshot.duration_seconds)
        if number == min(WARM_UP, times) - 1:
            first = _size()
    median = round(statistics.median(seconds), 2)
    return {
        "first": first,
        "last": _size(),
        "silent": silent,
        "alerts": dict(alerts),
        "median_s": median,
        "longest_s": round(max(seconds), 2),
    }


def _size() -> dict[str, float]:
    process = psutil.Process()
    files = [path for path in workspace.user_directory().rglob("*") if path.parent.name != "ssh"]
    return {
        "memory_mb": round(process.memory_info().rss / 2**20, 1),
        "descriptors": process.num_fds(),
        "threads": process.num_threads(),
        "children": len(process.children(recursive=True)),
        "files": len(files),
        "connections": len(list(workspace.control_directory().iterdir())),
    }


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)


def _kills(lab: Lab, temporary: Path, times: int) -> list[str]:
    """End so many runs at random moments, and see what is left after the last and after one more run."""
    left: list[str] = []
    ended: dict[str, int] = {}
    for number in range(times):
        wanted = SIGNALS[number % len(SIGNALS)]
        child = cut.start(lab, temporary)
        time.sleep(random.uniform(0, 5))
        ended[wanted.name] = ended.get(wanted.name, 0) + (child.poll() is None)
        child.send_signal(wanted)
        _out, said = child.communicate(timeout=cut.PATIENCE)
        left += [f"a traceback after {wanted.name}"] if b"Traceback" in said else []
        left += [f"after {wanted.name}: {line}" for line in cut.until_gone(temporary)]
        if wanted is not signal.SIGKILL:
            left += [f"after {wanted.name}: {path.name}" for path in _own(temporary, child.pid)]
    following = cut.start(lab, temporary)
    following.communicate(timeout=180)
    left += [f"after the next run: {path.name}" for path in cut.runs(temporary)]
    left += wait_until(
        lambda: [f"older than its time: {path.name}" for path in cut.sockets(temporary)],
        timeout=PERSIST + A_WHILE,
        every=1,
    )
    print(f"{times} runs ended in the middle: {json.dumps(ended)}", flush=True)
    return left


def _broken(lab: Lab, ways: Sequence[str]) -> list[str]:
    """Break five of twenty nodes in each of these ways, and see how the other fifteen fare."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="om-") as directory:
        for way in ways:
            said = twenty.complaints(lab, twenty.all_well(lab, Path(directory)), way)
            wrong += [f"{way}: {complaint}" for complaint in said]
    print(f"five of twenty nodes broken in {len(ways)} ways", flush=True)
    return wrong


def _own(temporary: Path, pid: int) -> list[Path]:
    return [path for path in cut.runs(temporary) if path.name.startswith(f"run-{pid}-")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
