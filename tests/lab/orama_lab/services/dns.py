"""CoreDNS on the nameservers, with the zone of the cluster's domain."""

from __future__ import annotations

from ..site import Site
from ..topology import DOMAIN, INET, RESOLVER, Node
from ..tree import Tree
from .ask import FAILURES, dns_answers
from .base import Service

UNIT = "coredns"
COREFILE = "etc/coredns/Corefile"
ZONE = f"etc/coredns/db.{DOMAIN}"

#: What each record of the zone is asked by.
QUESTIONS = {"SOA": (DOMAIN, "SOA"), "NS": (DOMAIN, "NS"), "A": (DOMAIN, "A"), "wildcard": (f"app.{DOMAIN}", "A")}

NODE_COREFILE = f"""\
{DOMAIN} {{
    file /{ZONE}
    errors
}}
. {{
    forward . {RESOLVER}
    errors
}}
"""


def zone(site: Site, without: str = "") -> str:
    """The zone, or the zone with one kind of record left out."""
    servers = site.topology.nameservers
    head = f"$ORIGIN {DOMAIN}.\n$TTL 300\n"
    records = {
        "SOA": ["@ IN SOA ns1 admin 1 7200 3600 1209600 300"],
        "NS": [f"@ IN NS ns{node.index}" for node in servers],
        "A": ["@ IN A 198.51.100.11"],
        "wildcard": ["* IN A 198.51.100.11"],
        "hosts": [f"ns{node.index} IN A {node.address}" for node in servers],
    }
    lines = [line for kind, group in records.items() if kind != without for line in group]
    return head + "\n".join(lines) + "\n"


class Dns(Service):
    """CoreDNS where the role is nameserver, and the lab's own 8.8.8.8."""

    name = "dns"
    needs = ("coredns",)

    def runs_on(self, node: Node) -> bool:
        return node.nameserver or node.is_inet

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        if node is INET:
            tree.write(COREFILE, _inet_corefile(site))
        else:
            tree.write(COREFILE, NODE_COREFILE)
            tree.write(ZONE, zone(site))
        tree.unit(UNIT, f"/usr/local/bin/coredns -conf /{COREFILE}", description="CoreDNS")

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        server = RESOLVER if node is INET else "127.0.0.1"

        def ask() -> list[str]:
            wrong = []
            for kind, (name, record) in QUESTIONS.items():
                try:
                    if not dns_answers(server, name, record):
                        wrong.append(f"{kind} of the zone has no answer")
                except FAILURES as error:
                    wrong.append(f"{kind} of the zone: {error}")
            return wrong

        return site.inside(node, ask)


def _inet_corefile(site: Site) -> str:
    """The resolver of the lab's internet: the cluster's domain, and nothing else exists."""
    servers = " ".join(node.address for node in site.topology.nameservers)
    return (
        f"{DOMAIN} {{\n    forward . {servers} {{\n        max_fails 0\n    }}\n}}\n"
        ". {\n    template ANY ANY {\n        rcode NXDOMAIN\n    }\n}\n"
    )
