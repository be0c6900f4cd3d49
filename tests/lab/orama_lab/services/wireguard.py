"""A full WireGuard mesh, wg-quick@wg0 over wireguard-go, since a kernel may have no module for it."""

from __future__ import annotations

import time

from ..shell import run
from ..site import Site
from ..topology import Node
from ..tree import UNITS, Tree
from .base import Service

CONFIG = "etc/wireguard/wg0.conf"
MTU = 1420
PORT = 51820
STALE = 170

USERSPACE = "[Service]\nEnvironment=WG_QUICK_USERSPACE_IMPLEMENTATION=wireguard-go\n"


class WireGuard(Service):
    """wg0 on every node, a peer for every other."""

    name = "wireguard"
    needs = ("wireguard-go",)

    def prepare(self, site: Site) -> None:
        keys = site.directory("wireguard")
        for node in site.topology.nodes:
            private, public = keys / node.name, keys / f"{node.name}.pub"
            if not public.exists():
                private.write_text(run(["wg", "genkey"]).stdout)
                public.write_text(run(["wg", "pubkey"], input=private.read_text()).stdout)

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.mkdir("etc/wireguard", 0o700)
        tree.write(CONFIG, config(site, node), 0o600)
        tree.write(f"{UNITS}/wg-quick@wg0.service.d/userspace.conf", USERSPACE)
        tree.enable("wg-quick@wg0", "/lib/systemd/system/wg-quick@.service")

    def units(self, node: Node) -> tuple[str, ...]:
        return ("wg-quick@wg0",)

    def problems(self, site: Site, node: Node) -> list[str]:
        told = site.machine(node).run("wg", "show", "wg0", "latest-handshakes", check=False, timeout=10)
        if told.returncode:
            return ["wg0 is not up"]
        now = time.time()
        ages = [now - int(line.split()[1]) for line in told.stdout.splitlines()]
        wrong = sum(1 for age in ages if age > STALE)
        expected = len(site.topology.nodes) - 1
        if len(ages) != expected:
            return [f"wg0 has {len(ages)} of {expected} peers"]
        return [f"{wrong} WireGuard peers without a fresh handshake"] if wrong else []


def public_key(site: Site, node: Node) -> str:
    return (site.directory("wireguard") / f"{node.name}.pub").read_text().strip()


def peer(site: Site, other: Node, endpoint: str | None = None) -> str:
    """The [Peer] section for another node."""
    return (
        f"\n[Peer]\nPublicKey = {public_key(site, other)}\nAllowedIPs = {other.wg_address}/32\n"
        f"Endpoint = {endpoint or f'{other.address}:{PORT}'}\nPersistentKeepalive = 25\n"
    )


def config(site: Site, node: Node) -> str:
    """The node's wg0.conf."""
    private = (site.directory("wireguard") / node.name).read_text().strip()
    interface = (
        f"[Interface]\nAddress = {node.wg_address}/24\nListenPort = {PORT}\nMTU = {MTU}\nPrivateKey = {private}\n"
    )
    return interface + "".join(peer(site, other) for other in site.topology.others(node))
