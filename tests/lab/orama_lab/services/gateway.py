"""orama-gateway, which is Orama's own: a stub that answers /v1/health."""

from __future__ import annotations

from ..paths import FILES
from ..site import Site
from ..topology import Node
from ..tree import Tree
from .ask import FAILURES, http_json
from .base import Service

PORT = 6001
UNIT = "orama-gateway"
STUB = "/usr/local/lib/orama-lab/gateway_stub.py"


def command(port: int) -> str:
    """How a stub is started, for the node's gateway or a namespace's."""
    return f"/usr/bin/python3 -S {STUB} {port} {override(port)}"


def override(port: int) -> str:
    """The file in a node that changes what the stub says."""
    return f"/run/orama-lab/gateway-{port}.json"


def health_problems(port: int) -> list[str]:
    """Whether a gateway says it is healthy; asked inside its network."""
    try:
        told = http_json(f"http://127.0.0.1:{port}/v1/health")
        bad = sorted(name for name, part in told["subsystems"].items() if part["status"] != "ok")
    except FAILURES as error:
        return [f"gateway :{port}: {error}"]
    return [f"gateway :{port}: {', '.join(bad)} not ok"] if bad else []


class Gateway(Service):
    """A stand-in for orama-gateway."""

    name = "gateway"

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.copy(FILES / "gateway_stub.py", STUB, 0o644)
        tree.unit(UNIT, command(PORT), description="Orama gateway (lab: a stub)")

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        return site.inside(node, lambda: health_problems(PORT))
