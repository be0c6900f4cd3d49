"""Who gets in, and how: sshd, the user `ubuntu`, sudo; and the node's name and resolver."""

from __future__ import annotations

import secrets
import shutil
import socket
from pathlib import Path

from ..network import CONTROL, inside
from ..shell import run
from ..site import Site
from ..topology import RESOLVER, Node
from ..tree import Tree
from .base import Service

USER = "ubuntu"
SUDOERS = "etc/sudoers.d/ubuntu"

#: MaxStartups and host key type only: what a stock server has otherwise.
SSHD = """\
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin no
PasswordAuthentication {password}
"""


class Login(Service):
    """Key login with sudo for the asking, or on one node a password for both."""

    name = "login"

    def runs_on(self, node: Node) -> bool:
        return True

    def prepare(self, site: Site) -> None:
        key = site.paths.key
        key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not key.exists():
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", site.paths.name, "-f", key])

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.write("etc/hostname", f"{node.host}\n")
        tree.write("etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {node.host}\n::1 localhost\n")
        tree.write("etc/resolv.conf", f"nameserver {RESOLVER}\n")
        key = host_key(site, node)
        tree.write("etc/ssh/ssh_host_ed25519_key", key.read_text(), 0o600)
        tree.write("etc/ssh/ssh_host_ed25519_key.pub", key.with_suffix(".pub").read_text())
        answer = "yes" if node.password_login else "no"
        tree.write("etc/ssh/sshd_config.d/lab.conf", SSHD.format(password=answer))
        if node.is_inet:
            return
        if node.password_login:
            set_password(tree, password(site, node))
            tree.write(SUDOERS, sudoers(node), 0o440)
        else:
            tree.mkdir(f"home/{USER}", user=USER)
            tree.mkdir(f"home/{USER}/.ssh", 0o700, USER)
            public = site.paths.key.with_suffix(".pub").read_text()
            tree.write(f"home/{USER}/.ssh/authorized_keys", public, 0o600, USER)
            tree.write(SUDOERS, sudoers(node), 0o440)

    def units(self, node: Node) -> tuple[str, ...]:
        return ("ssh",)

    def problems(self, site: Site, node: Node) -> list[str]:
        """Asked from the control host, as a user's ssh would."""
        if node.is_inet:
            return []
        try:
            banner = inside(site.paths, CONTROL, lambda: _banner(node.address))
        except OSError as error:
            return [f"ssh: {error}"]
        return [] if banner.startswith("SSH-2.0") else [f"ssh says {banner[:20]!r}"]


def sudoers(node: Node) -> str:
    """The node's rule for `ubuntu`."""
    return f"{USER} ALL=(ALL:ALL) {'' if node.password_login else 'NOPASSWD:'}ALL\n"


def _banner(address: str) -> str:
    with socket.create_connection((address, 22), timeout=2) as connection:
        connection.settimeout(3)
        return connection.recv(64).decode("ascii", "replace")


def host_key(site: Site, node: Node) -> Path:
    """The node's host key, kept in the cache: a known_hosts that has seen the lab stays right."""
    key = site.paths.host_key(node.name)
    if not key.with_suffix(".pub").exists():
        key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key.unlink(missing_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", node.host, "-f", key])
    return key


def password(site: Site, node: Node) -> str:
    """The login and sudo password of a node; empty where a key logs in."""
    if not node.password_login:
        return ""
    path = site.directory("passwords") / node.name
    if not path.exists():
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()


def set_password(tree: Tree, word: str) -> None:
    """Put a password into the node's shadow file."""
    hashed = run(["openssl", "passwd", "-6", "-stdin"], input=f"{word}\n").stdout.strip()
    shadow = tree.path("etc/shadow")
    if not shadow.exists():
        tree.mkdir("etc")
        source = next(base / "etc/shadow" for base in tree.lower if (base / "etc/shadow").exists())
        shutil.copy2(source, shadow)
        shutil.chown(shadow, source.stat().st_uid, source.stat().st_gid)
    lines = shadow.read_text().splitlines()
    changed = [f"{USER}:{hashed}:{line.split(':', 2)[2]}" if line.startswith(f"{USER}:") else line for line in lines]
    shadow.write_text("\n".join(changed) + "\n")
