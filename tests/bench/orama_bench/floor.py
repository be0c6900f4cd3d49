"""The floor: the packed collectors over plain OpenSSH, as many nodes at once as the command asks.

What is left when everything else is gone.

    python floor.py CONF ENVIRONMENT CONTROL_DIRECTORY [COMMANDS]

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


def ssh(node: Node, control: Path, command: str, given: bytes) -> bytes:
    """What a command on the node prints. Raises CalledProcessError."""
    options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ControlMaster=auto", f"ControlPersist={PERSIST}"]
    options.append(f"ControlPath={control}/%C")
    login = [f"{node.user}@{node.host}", "-p", str(node.port or 22), "-i", str(node.ssh_key)]
    argv = ["ssh", *(word for option in options for word in ("-o", option)), *login, command]
    return subprocess.run(argv, input=given, capture_output=True, check=True).stdout


def main(conf: str, environment: str, control: str, commands: str = "0") -> None:
    nodes = of_environment(read_nodes(Path(conf)), environment)
    program, questions = packed({}), int(commands)

    def ask(node: Node) -> None:
        for _number in range(questions):
            ssh(node, Path(control), "sudo -n systemctl is-active orama-node || true", b"")
        if not questions and MARK.encode() not in ssh(node, Path(control), "sudo -n python3 -I -", program):
            sys.exit(f"{node.host}: no report")

    with ThreadPoolExecutor(min(len(nodes), FORKS_CAP)) as pool:
        list(pool.map(ask, nodes))


if __name__ == "__main__":
    main(*sys.argv[1:])
