"""Which nodes there are, and what each of them is: the one place that decides.

Addresses are of the documentation range (RFC 5737), so nothing real can ever be meant by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

ENVIRONMENT = "lab"
DOMAIN = "lab.orama.example"
HOME = "/opt/orama/.orama"

MAX_NODES = 24
CONTROL_ADDRESS = "198.51.100.2"
INET_ADDRESS = "198.51.100.1"
RESOLVER = "8.8.8.8"
WG_SUBNET = "10.0.0.0/24"

NAMESPACE = "default"
NAMESPACE_PORT = 10000
#: An Orama namespace lives on three nodes.
NAMESPACE_NODES = 3
#: More voters than this make raft slower, not safer: further nodes read along.
RQLITE_VOTERS = 5
#: With more nodes than this the services talk to each other less often, or the machine would do nothing else.
LARGE = 10


@dataclass(frozen=True)
class Node:
    """One machine of the lab."""

    index: int
    name: str
    address: str
    role: str
    suite: str = "bookworm"
    password_login: bool = False

    @property
    def host(self) -> str:
        """Its hostname."""
        return f"lab-{self.name}"

    @property
    def is_inet(self) -> bool:
        """Whether this is the lab's own internet, not an Orama node."""
        return self.index == 0

    @property
    def wg_address(self) -> str:
        return f"10.0.0.{self.index}"

    @property
    def nameserver(self) -> bool:
        return self.role.startswith("nameserver")

    @property
    def voter(self) -> bool:
        return self.index <= RQLITE_VOTERS

    @property
    def namespaced(self) -> bool:
        """Whether the Orama namespace's services run here."""
        return 1 <= self.index <= NAMESPACE_NODES

    @property
    def relay(self) -> bool:
        """Whether Anyone runs as a relay here rather than as a client."""
        return self.index % 3 == 0

    @property
    def logs_to_files(self) -> bool:
        """Whether orama-node and Olric write to files, as Orama has them do, rather than to the journal."""
        return self.suite == "trixie"


#: The internet as the nodes see it: 8.8.8.8, the resolver, and the rest of the Tor network.
INET = Node(0, "inet", INET_ADDRESS, "inet")

#: Two of the releases met in the field, each on a plain node; and one node of another habit of login.
SUITES = {3: "trixie", 4: "bullseye"}
PASSWORD_NODE = 5


def _node(index: int) -> Node:
    role = f"nameserver-ns{index}" if index <= 2 else "node"
    suite = SUITES.get(index, "bookworm")
    return Node(index, f"n{index}", f"198.51.100.{10 + index}", role, suite, index == PASSWORD_NODE)


@dataclass(frozen=True)
class Topology:
    """A cluster of so many nodes."""

    size: int

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(_node(index) for index in range(1, self.size + 1))

    @property
    def is_large(self) -> bool:
        return self.size > LARGE

    @property
    def machines(self) -> tuple[Node, ...]:
        """Everything that is booted."""
        return (INET, *self.nodes)

    @property
    def nameservers(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.nameserver)

    @property
    def namespaced(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.namespaced)

    def find(self, name: str) -> Node:
        """A machine by name (n3), hostname (lab-n3) or address."""
        for node in self.machines:
            if name in (node.name, node.host, node.address):
                return node
        known = ", ".join(node.name for node in self.machines)
        raise KeyError(f"no node {name!r}; there are {known}")

    def others(self, node: Node) -> tuple[Node, ...]:
        return tuple(other for other in self.nodes if other is not node)
