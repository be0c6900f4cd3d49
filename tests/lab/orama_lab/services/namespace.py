"""One Orama namespace, "default": its own rqlite, Olric and gateway on the first nodes."""

from __future__ import annotations

from ..site import Site
from ..topology import HOME, NAMESPACE, NAMESPACE_PORT, Node
from ..tree import Tree
from . import gateway, olric, rqlite
from .base import Service

DATA = f"data/namespaces/{NAMESPACE}"
RAFT = NAMESPACE_PORT + 1
OLRIC = NAMESPACE_PORT + 2
GOSSIP = NAMESPACE_PORT + 3
GATEWAY = NAMESPACE_PORT + 4
#: Each requires those before it.
PARTS = ("rqlite", "olric", "gateway")


def unit(part: str) -> str:
    return f"orama-namespace-{part}@{NAMESPACE}"


class Namespace(Service):
    """orama-namespace-{rqlite,olric,gateway}@default."""

    name = "namespace"
    patience = 12.0
    needs = ("rqlited", "olric-server", "wireguard-go")

    def runs_on(self, node: Node) -> bool:
        return node.namespaced

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        members = site.topology.namespaced
        home.mkdir(f"{DATA}/rqlite", 0o700)
        home.write(f"{DATA}/rqlite.env", f"HTTP_ADDR=0.0.0.0:{NAMESPACE_PORT}\nRAFT_ADDR={node.wg_address}:{RAFT}\n")
        home.write(f"{DATA}/olric.yaml", olric.config(node, members, OLRIC, GOSSIP))
        self._unit(tree, "rqlite", rqlite.command(node, members[0], NAMESPACE_PORT, RAFT, f"{HOME}/{DATA}/rqlite"))
        self._unit(tree, "olric", olric.PROGRAM, olric.environment(f"{HOME}/{DATA}/olric.yaml"))
        self._unit(tree, "gateway", gateway.command(GATEWAY))

    def _unit(self, tree: Tree, part: str, exec_start: str, service: str = "") -> None:
        template = f"orama-namespace-{part}@"
        description = f"Orama namespace %i: {part}"
        tree.unit(
            template,
            exec_start,
            service=service,
            after="wg-quick@wg0.service",
            requires=" ".join(f"orama-namespace-{before}@%i.service" for before in PARTS[: PARTS.index(part)]),
            part_of=f"{rqlite.UNIT}.service",
            description=description,
            enable=False,
        )
        tree.enable(unit(part), f"/etc/systemd/system/{template}.service")

    def units(self, node: Node) -> tuple[str, ...]:
        return tuple(unit(part) for part in PARTS)

    def problems(self, site: Site, node: Node) -> list[str]:
        members = site.topology.namespaced

        def ask() -> list[str]:
            wrong = rqlite.cluster_problems(members, NAMESPACE_PORT)
            wrong += olric.member_problems(node, members, OLRIC)
            return wrong + gateway.health_problems(GATEWAY)

        return [f"namespace {NAMESPACE}: {problem}" for problem in site.inside(node, ask)]

    def mend(self, site: Site, node: Node) -> None:
        olric.rejoin(site, node, site.topology.namespaced, OLRIC, unit("olric"))
