"""UFW, active, with the rules an Orama node has.

The rules are written as ufw itself would save them: `ufw allow` takes half a second a rule, and
`ufw enable` in a running node locks out whoever forgot 22/tcp.
"""

from __future__ import annotations

from typing import NamedTuple

from ..site import Site
from ..topology import WG_SUBNET, Node
from ..tree import Tree
from .base import Service
from .wireguard import PORT as WG_PORT

CHAINS = [f"user-{kind}{way}" for kind in ("", "logging-") for way in ("input", "output", "forward")]
CHAINS += ["user-limit", "user-limit-accept"]


class Rule(NamedTuple):
    """Allow a port, or everything from a subnet."""

    port: int | None = None
    protocol: str = "any"
    source: str = ""


def rules(node: Node) -> list[Rule]:
    """What an Orama node lets in. Its services' own ports are for the mesh only."""
    allowed = [Rule(22, "tcp"), Rule(WG_PORT, "udp"), Rule(4101)]
    if node.nameserver:
        allowed += [Rule(53), Rule(80, "tcp"), Rule(443, "tcp")]
    if node.relay:
        allowed.append(Rule(9001, "tcp"))
    return [*allowed, Rule(source=WG_SUBNET)]


def _file(allowed: list[Rule], six: bool) -> str:
    name, everywhere = ("ufw6", "::/0") if six else ("ufw", "0.0.0.0/0")
    lines = ["*filter", *(f":{name}-{chain} - [0:0]" for chain in CHAINS), "### RULES ###", ""]
    for rule in allowed:
        if rule.source and six:
            continue
        port = "any" if rule.port is None else str(rule.port)
        source = rule.source or everywhere
        lines.append(f"### tuple ### allow {rule.protocol} {port} {everywhere} any {source} in")
        only = f" -s {rule.source}" if rule.source else ""
        protocols = [rule.protocol] if rule.protocol != "any" else ["tcp", "udp"] if rule.port else [""]
        for protocol in protocols:
            match = f" -p {protocol} --dport {port}" if protocol else ""
            lines.append(f"-A {name}-user-input{match}{only} -j ACCEPT")
        lines.append("")
    limit = f'-A {name}-user-limit -m limit --limit 3/minute -j LOG --log-prefix "[UFW LIMIT BLOCK] "'
    lines += ["### END RULES ###", "", "### LOGGING ###", "### END LOGGING ###", ""]
    lines += ["### RATE LIMITING ###", limit, f"-A {name}-user-limit -j REJECT"]
    lines += [f"-A {name}-user-limit-accept -j ACCEPT", "### END RATE LIMITING ###", "COMMIT", ""]
    return "\n".join(lines)


class Firewall(Service):
    """UFW with its rules in place before the first boot."""

    name = "firewall"

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.write("etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=off\n")
        tree.write("etc/ufw/user.rules", _file(rules(node), six=False), 0o640)
        tree.write("etc/ufw/user6.rules", _file(rules(node), six=True), 0o640)

    def units(self, node: Node) -> tuple[str, ...]:
        return ("ufw",)

    def problems(self, site: Site, node: Node) -> list[str]:
        told = site.machine(node).run("iptables", "-S", "INPUT", check=False, timeout=10)
        active = "-P INPUT DROP" in told.stdout and "ufw-before-input" in told.stdout
        return [] if active else ["ufw is not active"]
