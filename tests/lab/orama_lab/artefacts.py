"""What the lab is made of: Debian releases and Go programs, each pinned.

A Go program's versions and checksums are in go/<name>/go.mod and go.sum; a Debian release's
packages are listed here. Either one's key is a hash of exactly that, so a change rebuilds one
artefact and no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .paths import HERE

#: Raised by hand when a recipe in build.py changes what it makes.
RECIPE = "3"

#: What a node has before Orama comes; `mount` and `login` are split off or left out in some releases.
# fmt: off
PACKAGES = (
    "adduser", "bind9-dnsutils", "ca-certificates", "curl", "dbus", "iproute2", "iptables", "iputils-ping",
    "less", "login", "mount", "openssh-server", "openssl", "passwd", "procps", "psmisc",
    "python3", "python3-psutil", "sudo", "systemd", "systemd-sysv", "tor", "ufw", "wireguard-tools",
)


#: Run in a new root file system: what every node shares beyond its packages.
CUSTOMIZE = r"""
set -e
useradd -m -s /bin/bash ubuntu
# Each node writes the units it runs; Debian's own would start these on every node.
rm -f /lib/systemd/system/caddy.service /lib/systemd/system/caddy-api.service
rm -f /lib/systemd/system/tor.service /lib/systemd/system/tor@.service /lib/systemd/system/tor@default.service
rm -f /lib/systemd/system-generators/tor-generator /etc/init.d/tor
find /etc/systemd/system -xtype l -delete
# Host keys are a node's own, never the image's.
rm -f /etc/ssh/ssh_host_*
rm -f /etc/machine-id && touch /etc/machine-id
# No kernel modules, no udev, no console, no clock of its own in a namespace.
cd /etc/systemd/system
for unit in systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service \
    systemd-udevd-control.socket systemd-udevd-kernel.socket getty.target console-getty.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    dev-hugepages.mount dev-mqueue.mount systemd-journald-audit.socket systemd-firstboot.service \
    systemd-random-seed.service systemd-remount-fs.service wireguard-go@.service; do
  ln -sf /dev/null $unit
done
systemctl enable ssh.service ufw.service >/dev/null 2>&1
"""


@dataclass(frozen=True)
class Rootfs:
    """A Debian release as a root file system all its nodes share, read-only."""

    suite: str
    extra: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"rootfs-{self.suite}"

    @property
    def packages(self) -> list[str]:
        return [*PACKAGES, *self.extra]

    @property
    def key(self) -> str:
        return _digest(RECIPE, self.suite, CUSTOMIZE, *self.packages)


@dataclass(frozen=True)
class GoProgram:
    """A program built from its public Go module, in a module of the lab's own.

    Its own, because `go install pkg@version` refuses `replace` lines, which rqlite needs. Static,
    because one binary has to run on three releases' C libraries.
    """

    name: str
    package: str
    ldflags: str = ""
    tags: str = ""
    cgo: bool = False

    @property
    def module(self) -> Path:
        return HERE / "go" / self.name

    @property
    def key(self) -> str:
        sums = [(self.module / name).read_text() for name in ("go.mod", "go.sum")]
        return _digest(RECIPE, self.package, self.ldflags, self.tags, str(self.cgo), *sums)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


#: Caddy is served only by nameservers, which run Debian 12; Debian 11 has none to install.
ROOTFS = (Rootfs("bookworm", ("caddy",)), Rootfs("trixie"), Rootfs("bullseye"))

GO_PROGRAMS = (
    GoProgram("wireguard-go", "golang.zx2c4.com/wireguard"),
    GoProgram("olric-server", "github.com/olric-data/olric/cmd/olric-server"),
    GoProgram(
        "rqlited",
        "github.com/rqlite/rqlite/v8/cmd/rqlited",
        ldflags="-linkmode external -extldflags -static -X github.com/rqlite/rqlite/v8/cmd.Version=v8.43.4",
        tags="osusergo,netgo,sqlite_omit_load_extension",
        cgo=True,
    ),
    GoProgram("coredns", "github.com/coredns/coredns"),
    GoProgram("ipfs-cluster-service", "github.com/ipfs-cluster/ipfs-cluster/cmd/ipfs-cluster-service"),
    GoProgram("ipfs", "github.com/ipfs/kubo/cmd/ipfs"),
)
