"""Builds what the lab boots and runs, once, into the cache.

Every artefact is made in a directory of its own and renamed into place when it is whole, so a
build that was cut off goes on where it stopped and a half artefact is never used.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from .artefacts import CUSTOMIZE, GO_PROGRAMS, ROOTFS, GoProgram, Rootfs
from .paths import Paths
from .shell import LabError, run
from .tree import whole

#: Program on the machine -> Debian package that brings it.
HOST_TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "wg": "wireguard-tools",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "gcc": "gcc",
    "openssl": "openssl",
    "nsenter": "util-linux",
}


@contextlib.contextmanager
def _lock(cache: Path) -> Iterator[None]:
    """Two builds at once would do everything twice: the second waits and finds it done."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Builder:
    """Knows where each artefact is, and makes what is missing."""

    def __init__(self, paths: Paths) -> None:
        self.cache = paths.cache

    def rootfs(self, suite: str) -> Path:
        """Where the release's root file system is, or will be."""
        item = next(item for item in ROOTFS if item.suite == suite)
        return self.cache / "artefacts" / f"{item.name}-{item.key}"

    def program(self, item: GoProgram) -> Path:
        """Where the program is, or will be."""
        return self.cache / "artefacts" / f"{item.name}-{item.key}" / item.name

    def missing(self) -> list[str]:
        """Artefacts that are not there."""
        roots = [item.name for item in ROOTFS if not self.rootfs(item.suite).is_dir()]
        return roots + [item.name for item in GO_PROGRAMS if not self.program(item).is_file()]

    def programs(self) -> set[str]:
        """Go programs that are there."""
        return {item.name for item in GO_PROGRAMS if self.program(item).is_file()}

    def layer(self) -> Path:
        """A directory with the programs at /usr/local/bin, to be laid over every node's release.

        One layer for all nodes, so a program is in memory once, not once a node. Its name has the
        programs' keys in it: a running lab keeps the layer it was started on.
        """
        there = [item for item in GO_PROGRAMS if self.program(item).is_file()]
        name = "-".join(item.key[:6] for item in there) or "empty"
        layer = self.cache / "layers" / name
        if not layer.is_dir():
            with whole(layer) as scratch:
                target = scratch / "usr/local/bin"
                target.mkdir(parents=True)
                for item in there:
                    os.link(self.program(item), target / item.name)
        return layer

    def build(self) -> list[str]:
        """Make what is missing; returns one line for each artefact that could not be made."""
        if not self.missing():
            return []
        with _lock(self.cache):
            failed = _host_tools()
            for root in ROOTFS:
                failed += _attempt(root.name, self.rootfs(root.suite), partial(_rootfs, root))
            for program in GO_PROGRAMS:
                target = self.program(program).parent
                failed += _attempt(program.name, target, partial(self._go, program))
        return failed

    def _go(self, item: GoProgram, to: Path) -> None:
        if shutil.which("go") is None:
            raise LabError("no Go toolchain on this machine")
        env = {
            **os.environ,
            "GOCACHE": str(self.cache / "go" / "build"),
            "GOMODCACHE": str(self.cache / "go" / "mod"),
            "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
            "CGO_ENABLED": "1" if item.cgo else "0",
        }
        source = to / "source"
        shutil.copytree(item.module, source)
        ldflags = f"-s -w {item.ldflags}".strip()
        command = ["go", "build", "-trimpath", "-tags", item.tags, "-ldflags", ldflags]
        run([*command, "-o", to / item.name, item.package], cwd=source, env=env, timeout=3600)
        shutil.rmtree(source)


def _attempt(name: str, final: Path, make: Callable[[Path], None]) -> list[str]:
    """Make one artefact; what fails is said and costs only itself."""
    if final.is_dir():
        return []
    started = time.monotonic()
    print(f"building {name} ...", flush=True)
    try:
        with whole(final) as scratch:
            make(scratch)
    except LabError as error:
        print(f"  {name}: {error}", flush=True)
        return [f"{name}: {error}"]
    print(f"  {name}: {time.monotonic() - started:.0f} s", flush=True)
    return []


def _host_tools() -> list[str]:
    """Install the Debian packages whose programs this machine lacks."""
    wanted = sorted({package for tool, package in HOST_TOOLS.items() if shutil.which(tool) is None})
    if not wanted:
        return []
    if shutil.which("apt-get") is None:
        return [f"host tools: {', '.join(wanted)} are missing, and this is no Debian"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "update", "-q"], env=env, timeout=600)
        run(["apt-get", "install", "-qy", "--no-install-recommends", *wanted], env=env, timeout=1200)
    except LabError as error:
        return [f"host tools: {error}"]
    return []


def _mirror() -> str:
    """The Debian mirror this machine uses, so that other releases come from the same place."""
    fields = "$(SITE) $(RELEASE) $(COMPONENT) $(REPO_URI)"
    told = run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]).stdout
    for line in told.splitlines():
        site, release, component, uri = line.split(" ", 3)
        if component == "main" and release in {item.suite for item in ROOTFS} | {"stable", "testing"} and site:
            return uri
    raise LabError("apt has no Debian mirror configured here")


def _rootfs(item: Rootfs, to: Path) -> None:
    packages = ",".join(item.packages)
    hook = to.with_suffix(".customize")
    hook.write_text(f'chroot "$1" /bin/sh <<"END"\n{CUSTOMIZE}END\n')
    hook.chmod(0o700)
    try:
        command = ["mmdebstrap", "--variant=minbase", f"--include={packages}", f'--customize-hook=sh {hook} "$1"']
        run([*command, item.suite, to, f"deb {_mirror()} {item.suite} main"], timeout=1800)
    finally:
        hook.unlink()
