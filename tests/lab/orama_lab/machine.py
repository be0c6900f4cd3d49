"""One machine of the lab as a running thing: boot it, enter it, freeze it, end it."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .build import Builder
from .paths import FILES, Paths
from .shell import LabError, run, wait_until
from .topology import HOME, Node
from .tree import Tree

#: As if each were a VPS of one processor: twenty nodes of many Go programs each, all with a thread a processor that
#: looks for work, would keep the machine busy with nothing else.
MANAGER = "[Manager]\nDefaultEnvironment=GOMAXPROCS=1\n"

#: A node's PATH: what is run in it must not depend on who runs it.
NODE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def processes_of(cgroup: Path) -> list[int]:
    """Every process in a cgroup and below it."""
    found: list[int] = []
    for listing, _, _ in os.walk(cgroup):
        try:
            found += [int(pid) for pid in Path(listing, "cgroup.procs").read_text().split()]
        except OSError:
            continue
    return found


def remove_cgroup(cgroup: Path) -> None:
    """End every process of a cgroup and remove it with all below it."""
    if not cgroup.is_dir():
        return
    (cgroup / "cgroup.kill").write_text("1")
    if wait_until(lambda: ["processes"] if processes_of(cgroup) else [], timeout=15, every=0.02):
        raise LabError(f"processes of {cgroup.name} do not end")
    if wait_until(lambda: _remove_tree(cgroup), timeout=15, every=0.05):
        raise LabError(f"{cgroup.name} is still busy")


def _remove_tree(cgroup: Path) -> list[str]:
    """Remove a cgroup whose processes have ended; what is still busy, since the kernel takes its time with each."""
    busy = []
    for path, _, _ in os.walk(cgroup, topdown=False):
        try:
            Path(path).rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            busy.append(path)
    return busy


class Machine:
    """A node's namespaces, file system and processes."""

    def __init__(self, paths: Paths, builder: Builder, node: Node) -> None:
        self.paths = paths
        self.node = node
        self.directory = paths.nodes / node.name
        self.cgroup = paths.cgroup(node.name)
        self.lower = (builder.layer(), builder.rootfs(node.suite))

    @property
    def home(self) -> Path:
        """The Orama home's file system: a small one of its own, which outlives a reboot."""
        return self.directory / "home"

    @property
    def image(self) -> Tree:
        """The node's files before it is booted."""
        return Tree(self.directory / "upper", *self.lower)

    @property
    def home_tree(self) -> Tree:
        """The Orama home before boot; its users are looked up in the release."""
        return Tree(self.home, *self.lower)

    @property
    def live(self) -> Tree:
        """The files of the running node, mounts and all."""
        pid = self.pid
        if pid is None:
            raise LabError(f"{self.node.name} is not running")
        return Tree(Path(f"/proc/{pid}/root"))

    @property
    def pid(self) -> int | None:
        """The node's PID 1 as this machine sees it; None while there is none.

        Asked of the kernel each time, not of a file: whoever else ended the node, this is right.
        """
        for pid in processes_of(self.cgroup):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            if fields.get("NSpid", "").split()[1:] == ["1"] and fields["Name"].strip() == "systemd":
                return pid
        return None

    def prepare(self) -> None:
        """The directories a node is made of; fresh unless they are there."""
        for name in ("upper", "work", "root", "figures"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        (self.directory / "upper").chmod(0o755)
        self.image.write("etc/systemd/system.conf.d/lab.conf", MANAGER)
        self.home.mkdir(exist_ok=True)
        if not self.node.is_inet and not self.home.is_mount():
            options = "size=256m,nr_inodes=20000,mode=755"
            run(["mount", "-t", "tmpfs", "-o", options, f"{self.paths.name}-home", self.home])

    def boot(self) -> None:
        """Start the node; a half-booted one is ended first."""
        if self.pid is not None:
            return
        remove_cgroup(self.cgroup)
        self.cgroup.mkdir()
        home = "none" if self.node.is_inet else str(self.home)
        lower = ":".join(str(layer) for layer in self.lower)
        setup = f'echo 0 >"{self.cgroup}/cgroup.procs" && exec "$@"'
        enter = ["nsenter", f"--net={self.paths.netns(self.node.name)}"]
        unshare = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--fork", "--kill-child=SIGKILL"]
        script = f'hostname {self.node.host}; exec bash "$@"'
        init = ["bash", "-c", script, "init", str(FILES / "node-init.sh"), str(self.directory), lower, home]
        with (self.directory / "console").open("ab") as console:
            subprocess.Popen(
                ["bash", "-c", setup, "setup", *enter, *unshare, *init],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )

    def booted(self) -> list[str]:
        """Nothing once systemd has taken over as PID 1 and answers."""
        if self.pid is None:
            return [f"{self.node.name}: no systemd yet"]
        state = self.run("systemctl", "is-system-running", check=False, timeout=10).stdout.strip()
        return [] if state in ("running", "degraded") else [f"{self.node.name}: systemd says {state or 'nothing'}"]

    def enter(self) -> list[str]:
        """The words before a command that make it run in the node as root."""
        pid = self.pid
        if pid is None:
            raise LabError(f"{self.node.name} is not running")
        namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", f"--wd=/proc/{pid}/root"]
        environment = ["env", "-i", f"PATH={NODE_PATH}", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb"]
        return ["nsenter", f"--target={pid}", *namespaces, *environment]

    def run(
        self, *argv: str, input: str | None = None, check: bool = True, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the node as root, without its sshd."""
        return run([*self.enter(), *argv], input=input, check=check, timeout=timeout)

    def sh(self, script: str, *, check: bool = True, timeout: float = 60.0) -> str:
        """Run a shell script in the node; returns what it printed."""
        return self.run("bash", "-ec", script, check=check, timeout=timeout).stdout

    def systemctl(self, *words: str, check: bool = True) -> str:
        return self.run("systemctl", *words, check=check, timeout=90).stdout

    def freeze(self, frozen: bool) -> None:
        """Stop every process of the node where it stands, or let them go on."""
        (self.cgroup / "cgroup.freeze").write_text("1" if frozen else "0")
        wanted = f"frozen {int(frozen)}"
        events = self.cgroup / "cgroup.events"
        if wait_until(lambda: [] if wanted in events.read_text() else ["not yet"], timeout=10, every=0.02):
            raise LabError(f"{self.node.name}: the cgroup does not freeze")

    @property
    def frozen(self) -> bool:
        return "frozen 1" in (self.cgroup / "cgroup.events").read_text()

    @property
    def cpu_seconds(self) -> float:
        """What everything that ever ran in the node has cost, in CPU seconds."""
        told = dict(line.split() for line in (self.cgroup / "cpu.stat").read_text().splitlines())
        return int(told["usage_usec"]) / 1e6

    def end(self) -> None:
        """Cut the power: every process gone at once, the disk stays."""
        remove_cgroup(self.cgroup)


def attach(machine: Machine, argv: Sequence[str]) -> int:
    """Run a command in the node on the caller's own terminal."""
    return subprocess.run([*machine.enter(), *argv], check=False).returncode


__all__ = ["HOME", "Machine", "attach", "processes_of", "remove_cgroup"]
