"""The floor: the packed collectors over plain OpenSSH, as many nodes at once as the command asks.

What is left when everything else is gone.

    python floor.py CONF ENVIRONMENT CONTROL_DIRECTORY KNOWN_HOSTS [COMMANDS]

With COMMANDS the collectors are replaced by that many SSH commands a node, as an inspector without an agent asks.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK, packed
from orama_monitor.collect import FORKS_CAP
from orama_monitor.nodes import Node, of_environment, read_nodes

#: Longer than any subject takes for 300 names, so that the run after it finds all connections warm.
PERSIST = "600s"


def options(control: Path, known_hosts: str) -> list[str]:
    """How to connect: words for ssh's ``-o``."""
    return [
        "BatchMode=yes",
        "StrictHostKeyChecking=accept-new",
        f"UserKnownHostsFile={known_hosts}",
        "ControlMaster=auto",
        f"ControlPersist={PERSIST}",
        f"ControlPath={control}/%C",
    ]


def ssh(node: Node, options: list[str], command: str, given: bytes) -> bytes:
    """What a command on the node prints. Raises CalledProcessError."""
    login = [f"{node.user}@{node.host}", "-p", str(node.port or 22), "-i", str(node.ssh_key)]
    argv = ["ssh", *(word for option in options for word in ("-o", option)), *login, command]
    return subprocess.run(argv, input=given, capture_output=True, check=True).stdout


def main(conf: str, environment: str, control: str, known_hosts: str, commands: str = "0") -> None:
    nodes = of_environment(read_nodes(Path(conf)), environment)
    program, questions, connect = packed({}), int(commands), options(Path(control), known_hosts)

    def ask(node: Node) -> None:
        for _number in range(questions):
            ssh(node, connect, "sudo -n systemctl is-active orama-node", b"")
        if not questions and MARK.encode() not in ssh(node, connect, "sudo -n python3 -I -", program):
            sys.exit(f"{node.host}: no report")

    with ThreadPoolExecutor(min(len(nodes), FORKS_CAP)) as pool:
        list(pool.map(ask, nodes))


if __name__ == "__main__":
    main(*sys.argv[1:])
