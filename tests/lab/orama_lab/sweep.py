"""Taking the lab away completely, whatever state it is in.

Nothing is looked up in files the lab wrote: a lab killed in the middle of `up` may have written
none. Everything is found by the lab's prefix or below its state directory.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from .machine import remove_cgroup
from .network import namespaces
from .paths import Paths, cgroup_root
from .shell import LabError, run, wait_until


def sweep(paths: Paths) -> None:
    """End every process, then remove namespaces, mounts, cgroups and files."""
    for cgroup in sorted(cgroup_root().iterdir()):
        if paths.owns(cgroup.name):
            remove_cgroup(cgroup)
    names = namespaces(paths)
    for pid in _inside(names):
        _kill(pid)
    if wait_until(lambda: [str(pid) for pid in _inside(names)], timeout=10, every=0.05):
        raise LabError("processes in the lab's network do not end")
    for name in names:
        if run(["ip", "netns", "delete", name], check=False).returncode:
            (Path("/run/netns") / name).unlink(missing_ok=True)
    for mount in reversed(_mounts_below(paths.state)):
        run(["umount", "--lazy", mount])
    shutil.rmtree(paths.state, ignore_errors=True)
    if paths.state.exists():
        raise LabError(f"{paths.state} cannot be removed")


def _inside(names: list[str]) -> list[int]:
    """Processes in these network namespaces: an ssh left on the control host, say."""
    wanted = set()
    for name in names:
        stat = (Path("/run/netns") / name).stat()
        wanted.add((stat.st_dev, stat.st_ino))
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "ns/net").stat()
        except OSError:
            continue
        if (stat.st_dev, stat.st_ino) in wanted and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _mounts_below(directory: Path) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split()[4].replace("\\040", " ") for line in lines]
    return [point for point in points if Path(point).is_relative_to(directory)]
