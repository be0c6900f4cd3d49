"""What is measured: the floor, ours, and the peers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from orama_bench.floor import PERSIST
from orama_bench.lab_nodes import Cluster
from orama_bench.measure import Subject
from orama_lab import Lab
from orama_lab.topology import ENVIRONMENT
from orama_monitor.ansible_settings import RESULT_LIMIT
from orama_monitor.collect import FORKS_CAP, PLAYBOOK

BIN = Path(sys.executable).parent
#: The other tools, in an environment of their own.
PEERS = BIN.parent / "peers"
ROOT = Path(__file__).resolve().parents[3]
INSPECTOR_COMMANDS = 15
NOTHING = "ansible-playbook that asks nothing"
TUNED = "the same play, tuned alike"
RUNNER = f"{TUNED}, by ansible-runner alone"
WARM = {"ANSIBLE_SSH_ARGS": f"-o ControlMaster=auto -o ControlPersist={PERSIST}"}
HOST_KEYS = "-o StrictHostKeyChecking=accept-new"


@dataclass(frozen=True)
class Bench:
    """Where things are while the benchmark runs."""

    lab: Lab
    directory: Path

    def sockets(self) -> Path:
        """A directory for one subject's warm connections. Its name is short: a socket's path has 104 characters."""
        return Path(tempfile.mkdtemp(dir=self.directory))


def _cold_and_warm(
    bench: Bench, name: str, argv: list[str], environment: dict[str, str], sockets: Path
) -> list[Subject]:
    command = bench.lab.control(argv)
    cold = Subject(f"{name}, cold", command, environment, lambda: close(bench.lab, sockets))
    return [cold, Subject(f"{name}, warm", command, environment)]


def close(lab: Lab, sockets: Path) -> None:
    """End the warm connections whose sockets are in a directory."""
    for socket in sockets.iterdir():
        subprocess.run(
            ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "none"], capture_output=True, check=False, timeout=10
        )
        socket.unlink(missing_ok=True)


def _floor(bench: Bench, cluster: Cluster) -> list[Subject]:
    return _plain_ssh(bench, cluster, "floor")


def _inspector(bench: Bench, cluster: Cluster) -> list[Subject]:
    return _plain_ssh(bench, cluster, f"{INSPECTOR_COMMANDS} SSH commands a node", INSPECTOR_COMMANDS)


def _plain_ssh(bench: Bench, cluster: Cluster, name: str, commands: int = 0) -> list[Subject]:
    sockets = bench.sockets()
    program, known_hosts = Path(__file__).with_name("floor.py"), bench.lab.paths.known_hosts
    argv = [sys.executable, *map(str, (program, cluster.conf)), ENVIRONMENT, *map(str, (sockets, known_hosts))]
    environment = {"PYTHONPATH": str(ROOT)}
    return _cold_and_warm(bench, name, [*argv, *([str(commands)] if commands else [])], environment, sockets)


def _ours(bench: Bench, cluster: Cluster) -> list[Subject]:
    temporary = bench.sockets()
    argv = [str(BIN / "orama"), "monitor", "report", "--env", ENVIRONMENT, "--config", str(cluster.conf)]

    def cold() -> None:
        for sockets in temporary.glob("orama-monitor-*/ssh"):
            close(bench.lab, sockets)

    command = bench.lab.control(argv)
    environment = {"TMPDIR": str(temporary), **WARM}
    return [Subject("ours, cold", command, environment, cold), Subject("ours, warm", command, environment)]


def _ansible(sockets: Path, **more: str) -> dict[str, str]:
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT),
        "ANSIBLE_INVENTORY_ENABLED": "orama.monitor.remote_nodes",
        "ANSIBLE_SSH_EXTRA_ARGS": HOST_KEYS,
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(sockets),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        **WARM,
        **more,
    }


def _forks(cluster: Cluster) -> str:
    return str(min(cluster.size, FORKS_CAP))


def _tuned(sockets: Path, cluster: Cluster) -> dict[str, str]:
    return _ansible(sockets, ANSIBLE_PIPELINING="True", ANSIBLE_FORKS=_forks(cluster))


def _playbook(cluster: Cluster, play: str = "orama.monitor.collect") -> list[str]:
    return [str(BIN / "ansible-playbook"), "-i", str(cluster.inventory), play]


def _playbook_tuned(bench: Bench, cluster: Cluster) -> list[Subject]:
    """The very play that the command runs."""
    sockets = bench.sockets()
    argv = _playbook(cluster, str(PLAYBOOK))
    return _cold_and_warm(bench, TUNED, argv, _tuned(sockets, cluster), sockets)


def _runner(bench: Bench, cluster: Cluster) -> list[Subject]:
    """The same, started by what the command starts it with."""
    sockets = bench.sockets()
    argv = [sys.executable, str(Path(__file__).with_name("runner_alone.py"))]
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    environment = _tuned(sockets, cluster) | {"MAX_EVENT_RES": str(RESULT_LIMIT), "PATH": path}
    return _cold_and_warm(
        bench, RUNNER, [*argv, str(PLAYBOOK), str(cluster.inventory), _forks(cluster)], environment, sockets
    )


def _nothing(bench: Bench, cluster: Cluster) -> list[Subject]:
    """What ansible-playbook costs before and after all work: the play's hosts, and a task that asks none of them."""
    play = bench.directory / "nothing.yml"
    play.write_text("- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.meta: noop\n")
    sockets = bench.sockets()
    command = bench.lab.control(_playbook(cluster, str(play)))
    return [Subject(NOTHING, command, _tuned(sockets, cluster))]


def _playbook_defaults(bench: Bench, cluster: Cluster) -> list[Subject]:
    sockets = bench.sockets()
    return _cold_and_warm(
        bench, "ansible-playbook defaults, same module", _playbook(cluster), _ansible(sockets), sockets
    )


def _setup_tuned(bench: Bench, cluster: Cluster) -> list[Subject]:
    sockets = bench.sockets()
    argv = [str(BIN / "ansible"), "all", "-i", str(cluster.inventory), "--become", "-m", "ansible.builtin.setup"]
    return _cold_and_warm(bench, "ansible -m setup, tuned alike", argv, _tuned(sockets, cluster), sockets)


def _mitogen(bench: Bench, cluster: Cluster) -> list[Subject]:
    """The Mitogen strategy, where the package is installed. With 20 nodes it passes the timeouts that others keep."""
    sockets = bench.sockets()
    return [
        Subject(
            "Mitogen, same module",
            bench.lab.control([*_playbook(cluster), "--extra-vars", "orama_timeout=300"]),
            _ansible(
                sockets,
                ANSIBLE_STRATEGY="mitogen_linear",
                ANSIBLE_STRATEGY_PLUGINS=str(plugins),
                ANSIBLE_FORKS=_forks(cluster),
                ANSIBLE_TIMEOUT="60",
            ),
        )
        for plugins in PEERS.glob("lib/python*/site-packages/ansible_mitogen/plugins/strategy")
    ]


def _pyinfra(bench: Bench, cluster: Cluster) -> list[Subject]:
    """pyinfra running the packed collectors, where it is installed."""
    pyinfra = PEERS / "bin" / "pyinfra"
    if not pyinfra.exists():
        return []
    from ansible_collections.orama.monitor.plugins.plugin_utils.pack import packed

    program = bench.directory / "packed.py"
    program.write_bytes(b"#!/usr/bin/env python3\n" + packed({}))
    inventory = bench.directory / f"pyinfra{cluster.size}.py"
    inventory.write_text(_pyinfra_hosts(cluster, bench.lab.paths.known_hosts))
    deploy = bench.directory / "deploy.py"
    deploy.write_text(f"from pyinfra.operations import server\nserver.script(src={str(program)!r}, _sudo=True)\n")
    argv = [str(pyinfra), "-y", str(inventory), str(deploy)]
    return [Subject("pyinfra, packed collectors", bench.lab.control(argv))]


def _pyinfra_hosts(cluster: Cluster, known_hosts: Path) -> str:
    from orama_monitor.nodes import read_nodes

    keys = {"ssh_strict_host_key_checking": "accept-new", "ssh_known_hosts_file": str(known_hosts)}
    hosts = [(n.host, {"ssh_user": n.user, "ssh_key": str(n.ssh_key), **keys}) for n in read_nodes(cluster.conf)]
    return f"nodes = {hosts!r}\n"


#: All that can be measured, by the word that chooses it.
MAKERS = {
    "floor": _floor,
    "ours": _ours,
    "nothing": _nothing,
    "play": _playbook_tuned,
    "runner": _runner,
    "setup": _setup_tuned,
    "defaults": _playbook_defaults,
    "mitogen": _mitogen,
    "pyinfra": _pyinfra,
    "inspector": _inspector,
}


def subjects(bench: Bench, cluster: Cluster, chosen: Collection[str]) -> list[Subject]:
    """What is measured on one cluster, cold and, where it can be, warm; ``chosen`` are keys of MAKERS."""
    return [subject for word, make in MAKERS.items() if word in chosen for subject in make(bench, cluster)]
