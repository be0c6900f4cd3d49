"""Kubo: a private swarm over the WireGuard addresses, one key, no bootstrap list."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import Any

from ..shell import parallel, run
from ..site import Site
from ..topology import HOME, Node
from ..tree import Tree, whole
from .ask import FAILURES, http, http_json, http_lines
from .base import Service

API = 4501
GATEWAY = 8080
SWARM = 4101
UNIT = "orama-ipfs"
REPO = "data/ipfs/repo"
SWARM_KEY = f"{REPO}/swarm.key"

#: Set over what `ipfs init` writes. With a swarm key Kubo refuses to start while any of its
#: automatic configuration from outside is on. Resource limits and the connection manager stay stock.
SETTINGS: dict[str, Any] = {
    "AutoConf": {"Enabled": False},
    "AutoTLS": {"Enabled": False},
    "Bootstrap": [],
    "DNS": {"Resolvers": {}},
    "Routing": {"Type": "dht", "DelegatedRouters": []},
    "Ipns": {"DelegatedPublishers": []},
}


def swarm_key(site: Site) -> str:
    return f"/key/swarm/psk/1.0.0/\n/base16/\n{site.secret('swarm')}\n"


def api(path: str, timeout: float = 4.0) -> Any:
    """A call of Kubo's API inside a node's network."""
    return http_json(f"http://127.0.0.1:{API}/api/v0/{path}", method="POST", timeout=timeout)


class Ipfs(Service):
    """orama-ipfs: Kubo."""

    name = "ipfs"
    needs = ("ipfs", "wireguard-go")

    def prepare(self, site: Site) -> None:
        base = site.directory("ipfs")
        program = site.builder.layer() / "usr/local/bin/ipfs"

        def init(node: Node) -> None:
            if not (base / node.name).exists():
                with whole(base / node.name) as repo:
                    env = {**os.environ, "IPFS_PATH": str(repo)}
                    run([program, "init", "--profile=server", "--empty-repo"], env=env)

        parallel(init, site.topology.nodes, 4)

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        repo = home.copy_tree(site.directory("ipfs") / node.name, REPO)
        settings = json.loads((repo / "config").read_text())
        _merge(settings, SETTINGS)
        peers = [{"ID": peer_id(site, other), "Addrs": [_address(other)]} for other in site.topology.others(node)]
        local = {
            "Addresses": {
                "API": f"/ip4/127.0.0.1/tcp/{API}",
                "Gateway": f"/ip4/127.0.0.1/tcp/{GATEWAY}",
                "Swarm": [f"/ip4/{node.wg_address}/tcp/{SWARM}"],
            },
            "Peering": {"Peers": peers},
            # The profile's filters would refuse the WireGuard addresses.
            "Swarm": {"AddrFilters": []},
        }
        _merge(settings, local)
        home.write(f"{REPO}/config", json.dumps(settings, indent=2), 0o600)
        home.write(SWARM_KEY, swarm_key(site), 0o600)
        environment = f"Environment=IPFS_PATH={HOME}/{REPO} LIBP2P_FORCE_PNET=1 IPFS_TELEMETRY=off"
        tree.unit(
            UNIT,
            "/usr/local/bin/ipfs daemon",
            service=environment,
            after="wg-quick@wg0.service",
            description="Orama IPFS",
        )

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        wanted = len(site.topology.nodes) - 1
        try:
            connected = site.inside(node, _connected)
            if len(connected) < wanted:
                return [f"ipfs has {len(connected)} of {wanted} swarm peers"]
            mute = [peer for peer in connected if not site.inside(node, partial(_answers, peer))]
        except FAILURES as error:
            return [f"ipfs does not answer: {error}"]
        return [f"ipfs hears nothing of {peer}" for peer in mute]

    def mend(self, site: Site, node: Node) -> None:
        """Connect by hand: Kubo's own peering waits up to ten minutes after some failures."""

        def connect() -> None:
            there = _connected()
            for other in site.topology.others(node):
                if peer_id(site, other) not in there:
                    http(f"http://127.0.0.1:{API}/api/v0/swarm/connect?arg={full_address(site, other)}", method="POST")

        site.inside(node, connect)


def _connected() -> set[str]:
    return {peer["Peer"] for peer in api("swarm/peers").get("Peers") or []}


def _answers(peer: str) -> bool:
    """Whether the connection to a peer still carries anything: a dead one is listed until TCP gives it up."""
    told = http_lines(f"http://127.0.0.1:{API}/api/v0/ping?arg={peer}&count=1", method="POST")
    return any(line.get("Success") and line.get("Time") for line in map(json.loads, told))


def peer_id(site: Site, node: Node) -> str:
    """The node's identity in the swarm."""
    config = json.loads((site.directory("ipfs") / node.name / "config").read_text())
    return str(config["Identity"]["PeerID"])


def _address(node: Node) -> str:
    return f"/ip4/{node.wg_address}/tcp/{SWARM}"


def full_address(site: Site, node: Node) -> str:
    """Where a node's Kubo is met, with its identity."""
    return f"{_address(node)}/p2p/{peer_id(site, node)}"


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and value and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
