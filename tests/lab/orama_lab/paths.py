"""Where the lab keeps its things, and the one prefix everything of it carries.

The cache survives `down` (what took minutes to build, and the host keys that a developer's
known_hosts may have learned); the state is one running lab and goes with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"

#: cgroup v2 is its own mount on a hybrid machine, and the only one on a unified one.
CGROUP_ROOTS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))


def cgroup_root() -> Path:
    """The cgroup v2 hierarchy of this machine."""
    for root in CGROUP_ROOTS:
        if (root / "cgroup.procs").exists():
            return root
    raise FileNotFoundError("no cgroup v2 hierarchy is mounted")


@dataclass(frozen=True)
class Paths:
    """One lab's directories and names; a second lab needs another name and state only."""

    name: str
    cache: Path
    state: Path

    @classmethod
    def from_environment(cls) -> Paths:
        """ORAMA_LAB_NAME, ORAMA_LAB_CACHE and ORAMA_LAB_STATE, with defaults."""
        name = os.environ.get("ORAMA_LAB_NAME", "orama-lab")
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        cache = Path(os.environ.get("ORAMA_LAB_CACHE") or caches / "orama-monitor-lab")
        default = "orama-monitor-lab" if name == "orama-lab" else f"orama-monitor-lab-{name}"
        state = Path(os.environ.get("ORAMA_LAB_STATE") or Path("/var/tmp") / default)
        return cls(name, cache.absolute(), state.absolute())

    def prefixed(self, part: str) -> str:
        """The name of a network namespace or cgroup: it says whose it is."""
        return f"{self.name}-{part}"

    def owns(self, name: str) -> bool:
        """Whether a network namespace or cgroup is this lab's; a lab called orama-lab-2 is another."""
        part = name.removeprefix(f"{self.name}-")
        return part != name and part.isalnum()

    def netns(self, part: str) -> Path:
        """The file that pins a network namespace."""
        return Path("/run/netns") / self.prefixed(part)

    def cgroup(self, part: str) -> Path:
        """The cgroup a node's processes live in."""
        return cgroup_root() / self.prefixed(part)

    @property
    def conf(self) -> Path:
        """The generated remote-nodes.conf."""
        return self.state / "remote-nodes.conf"

    @property
    def known_hosts(self) -> Path:
        """The host keys that the control host has learned; the user's own file is not touched."""
        return self.state / "known_hosts"

    def host_key(self, name: str) -> Path:
        """A node's SSH host key; the public one lies beside it."""
        return self.cache / "host-keys" / name

    @property
    def inventory(self) -> Path:
        """The generated Ansible inventory source beside it."""
        return self.state / "lab.orama.yml"

    @property
    def key(self) -> Path:
        """The SSH key that logs in to the nodes."""
        return self.state / "ssh" / "id"

    @property
    def nodes(self) -> Path:
        """One directory a node: overlay, console."""
        return self.state / "nodes"

    @property
    def secrets(self) -> Path:
        """Keys and certificates of this run."""
        return self.state / "secrets"
