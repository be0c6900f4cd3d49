"""The lab: up, down, and what can be done with it in between."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from . import faults
from .build import Builder
from .faults import Fault
from .faults.standing import Book
from .health import Health
from .network import CONTROL, Network
from .paths import Paths
from .services import login
from .shell import LabError, parallel, run, wait_until
from .site import Site
from .sweep import sweep
from .topology import ENVIRONMENT, MAX_NODES, Node, Topology

DEFAULT_NODES = 5
#: 18 machines and more run out of the usual 128; raising it takes nothing from anyone else.
INOTIFY_INSTANCES = 4096

Say = Callable[[str], None]


def _stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Injected(NamedTuple):
    """A fault that stands, and where."""

    fault: Fault
    node: str

    @property
    def expected(self) -> frozenset[tuple[str, str]]:
        """The root alerts it must give, as (code, node name or "cluster")."""
        return self.fault.expected(self.node)

    @property
    def following(self) -> frozenset[tuple[str, str]]:
        """Consequences it must give, likewise."""
        return self.fault.following(self.node)


class Lab:
    """One cluster; every process that makes one of these sees the same cluster."""

    def __init__(self, paths: Paths | None = None, say: Say = _stderr) -> None:
        self.paths = paths or Paths.from_environment()
        self.say = say

    # What there is

    @property
    def exists(self) -> bool:
        """Whether a lab was started and not taken down."""
        return (self.paths.state / "lab.json").exists()

    @cached_property
    def site(self) -> Site:
        """The running lab's nodes."""
        if not self.exists:
            raise LabError("no lab is up; `lab up` starts one")
        size = json.loads((self.paths.state / "lab.json").read_text())["nodes"]
        return Site(self.paths, Topology(int(size)))

    @cached_property
    def health(self) -> Health:
        return Health(self.site)

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.site.topology.nodes

    def node(self, name: str) -> Node:
        try:
            return self.site.topology.find(name)
        except KeyError as error:
            raise LabError(str(error.args[0])) from None

    @property
    def conf(self) -> Path:
        """The remote-nodes.conf that names the lab's nodes."""
        return self.paths.conf

    # Up and down

    def build(self) -> list[str]:
        """Make what is missing in the cache; returns what could not be made."""
        return Builder(self.paths).build()

    def up(self, nodes: int | None = None) -> None:
        """Start the lab, or mend the one there is, and wait until all of it is well."""
        _require_root()
        for failure in self.build():
            self.say(f"lab: without {failure}")
        with self.locked():
            self._settle_size(nodes)
            _raise_inotify()
            broken = self._undo()
            self._start()
            if broken:
                self._undo_all()
            self._converge()

    def down(self) -> None:
        """Take everything of the lab away, however it came to be there."""
        _require_root()
        with self.locked():
            sweep(self.paths)
        self.__dict__.pop("site", None)
        self.__dict__.pop("health", None)

    def _settle_size(self, nodes: int | None) -> None:
        state = self.paths.state / "lab.json"
        if self.exists:
            if nodes is not None and nodes != self.site.topology.size:
                size = self.site.topology.size
                raise LabError(f"a lab of {size} nodes is up; `lab down` first for one of {nodes}")
            return
        size = DEFAULT_NODES if nodes is None else nodes
        if not 1 <= size <= MAX_NODES:
            raise LabError(f"--nodes is 1 to {MAX_NODES}, not {size}")
        state.write_text(json.dumps({"nodes": size}))

    def _start(self) -> None:
        site, health = self.site, self.health
        if not site.builder.rootfs("bookworm").is_dir():
            raise LabError("there is no root file system to boot; `lab build` says why")
        asleep = [node for node in site.topology.machines if site.machine(node).booted()]
        Network(self.paths).up(site.topology)
        if not asleep:
            return
        self.say(f"starting {len(asleep)} machines ...")
        parallel(lambda item: item.prepare(site), health.services)
        self._write_conf()
        parallel(self._install, asleep, 4)
        for node in asleep:
            site.machine(node).boot()

    def _install(self, node: Node) -> None:
        machine = self.site.machine(node)
        machine.end()
        machine.prepare()
        for item in self.health.services_of(node):
            item.install(self.site, node, machine.image, machine.home_tree)

    def _write_conf(self) -> None:
        lines = ["# The lab's nodes: environment|user@host|password|role|ssh_key"]
        for node in self.nodes:
            word = login.password(self.site, node)
            key = "" if word else str(self.paths.key)
            lines.append(f"{ENVIRONMENT}|{login.USER}@{node.address}|{word}|{node.role}|{key}".rstrip("|"))
        self.conf.touch(mode=0o600)
        self.conf.write_text("\n".join(lines) + "\n")
        self.paths.inventory.write_text(
            f"plugin: orama.monitor.remote_nodes\nconfig: {self.conf.name}\nenvironment: {ENVIRONMENT}\n"
        )

    def _wait(self, timeout: float) -> None:
        shown: list[str] = []

        def report(wrong: list[str]) -> None:
            if wrong != shown:
                shown[:] = wrong
                more = f" (+{len(wrong) - 3} more)" if len(wrong) > 3 else ""
                self.say(f"  waiting: {'; '.join(wrong[:3])}{more}" if wrong else "  all well")

        wrong = self.health.wait(timeout, report)
        if wrong:
            raise LabError(f"not well after {timeout:.0f} s: {'; '.join(wrong[:12])}")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One change at a time: the state directory itself is the lock, so none is left behind."""
        handle = self._lock()
        try:
            yield
        finally:
            os.close(handle)

    def _lock(self) -> int:
        state = self.paths.state
        while True:
            state.mkdir(parents=True, exist_ok=True, mode=0o700)
            state.chmod(0o700)
            handle = os.open(state, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Whoever held it may have taken the lab down, and the directory with it.
            if state.is_dir() and os.path.samestat(os.fstat(handle), state.stat()):
                return handle
            os.close(handle)

    # In between

    def control(self, argv: Sequence[str]) -> list[str]:
        """The words that run a command on the control host. Its Ansible keeps host keys in a file of the lab's own."""
        known = f"ANSIBLE_SSH_COMMON_ARGS=-o UserKnownHostsFile={self.paths.known_hosts}"
        return ["nsenter", f"--net={self.paths.netns(CONTROL)}", "env", known, *argv]

    def run(self, argv: Sequence[str], *, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command on the control host, with this process's environment."""
        return run(self.control(argv), check=check, timeout=timeout)

    def ssh(self, node: str, script: str, *, check: bool = True, timeout: float = 60) -> str:
        """Run a shell script in a node as root, also when its sshd is broken; returns what it printed."""
        return self.site.machine(self.node(node)).sh(script, check=check, timeout=timeout)

    # Faults

    def faults_standing(self) -> list[tuple[str, str]]:
        """Faults injected and not healed, as (name, node), oldest first."""
        return self._book.read()

    def fault(self, name: str, node: str | None = None) -> Injected:
        """Inject a fault, on its own default node or another; returns once it stands."""
        return self.inject([(name, node)])[0]

    def inject(self, wanted: Iterable[tuple[str, str | None]]) -> list[Injected]:
        """Inject faults, each as (name, node); returns once all stand. What takes minutes passes for all together."""
        with self.locked():
            injected = [self._inject(name, node) for name, node in wanted]
            for fault, where in injected:
                fault.ripen(self._at(where))
        return injected

    def _inject(self, name: str, node: str | None) -> Injected:
        fault = faults.find(name)
        at = self._at(node or faults.pick(self.site, fault.node))
        entry = (name, at.node.name)
        if entry in self.faults_standing():
            raise LabError(f"{name} already stands on {at.node.name}")
        self._book.add(entry)
        fault.inject(at)
        return Injected(fault, at.node.name)

    def _at(self, node: str) -> faults.At:
        return faults.At(self.site, self.node(node))

    def heal(self) -> None:
        """Undo every standing fault, newest first, and wait until the cluster is well again."""
        with self.locked():
            all_local = all(faults.find(name).local for name, _node in self.faults_standing())
            self._undo_all()
            self._converge(told_late=not all_local)

    def _undo(self) -> list[str]:
        """Undo what can be undone; one that can't be, on a node that is off, say, keeps none from being."""
        failed = []
        for name, node in reversed(self.faults_standing()):
            try:
                faults.find(name).heal(self._at(node))
            except (LabError, OSError) as error:
                failed.append(f"{name} on {node}: {error}")
            else:
                self._book.remove((name, node))
        return failed

    def _undo_all(self) -> None:
        # A second time, newest first again: one fault can have stood in the way of healing another.
        failed = self._undo() and self._undo()
        if failed:
            raise LabError(f"not healed: {'; '.join(failed)}")

    def _converge(self, *, told_late: bool = True) -> None:
        """Wait until all is well and nothing is left that tells of having been otherwise, or may tell of it late."""
        since = time.monotonic() if told_late else 0.0
        for _ in range(4):
            self._wait(150 + 10 * len(self.nodes))
            if not any(parallel(self.health.forget, self.nodes)):
                break
        if unrest := wait_until(lambda: self.health.unrest(since), timeout=90, every=1):
            raise LabError(f"not quiet after 90 s: {'; '.join(unrest)}")
        parallel(self.health.settle, self.nodes)

    @property
    def _book(self) -> Book:
        return Book(self.paths.state)


def _require_root() -> None:
    if os.geteuid():
        raise LabError("the lab needs root: it makes namespaces and mounts")


def _raise_inotify() -> None:
    setting = Path("/proc/sys/fs/inotify/max_user_instances")
    if int(setting.read_text()) < INOTIFY_INSTANCES:
        setting.write_text(str(INOTIFY_INSTANCES))


__all__ = ["Lab", "LabError"]
