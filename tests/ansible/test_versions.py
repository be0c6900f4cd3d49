"""The oldest and the newest of what the collection is for: ansible-core, and the Pythons of nodes and controllers."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.ansible import cores
from tests.ansible.harness import BIN, Ansible


def installed() -> cores.Core:
    """The ansible-core whose commands are tested here."""
    asked: list[str | Path] = [BIN / "python", "-c", "from ansible.release import __version__; print(__version__)"]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    return cores.CORES[".".join(version.split(".")[:2])]


def node_python(python: Path, directory: Path) -> str:
    """This Python in an environment with psutil, whose wheel is for every Python 3."""
    subprocess.run([python, "-m", "venv", "--without-pip", directory], check=True)
    (packages,) = directory.glob("lib/python3.*/site-packages")
    (packages / "psutil").symlink_to(psutil.__path__[0])
    return str(directory / "bin" / "python3")


def test_nodes_of_every_python(ansible: Ansible) -> None:
    oldest = max(installed().node, cores.OLDEST_PYTHON_OF_A_NODE)
    found = {f"3.{minor}": path for minor, path in cores.pythons().items() if minor >= oldest}
    hosts = {host: node_python(path, ansible.directory / host) for host, path in found.items()}
    variables = {"ansible_connection": "local", "ansible_become": False, "orama_environment": "demo"}
    inventory = {host: {**variables, "ansible_python_interpreter": path} for host, path in hosts.items()}
    (ansible.directory / "hosts.yml").write_text(json.dumps({"all": {"hosts": inventory}}))
    ansible.play("orama.monitor.report", "-e", "orama_output=report.json")
    ansible.run("ansible", "-i", "hosts.yml", "all", "-m", "orama.monitor.node_facts")
    nodes = json.loads((ansible.directory / "report.json").read_text())["nodes"]
    assert [node["host"] for node in nodes] == list(hosts)
    told = {node["host"]: node["report"]["collectors"]["system"]["status"] for node in nodes}
    assert told == dict.fromkeys(hosts, "ok")
    print(f"nodes with Python {', '.join(hosts)}")


def test_the_command(ansible: Ansible) -> None:
    if not installed().cli:
        pytest.skip("the command is for ansible-core 2.19 and later")
    said = ansible.run(BIN / "python", "-m", "orama_monitor", "monitor", "report", "--env", "local")
    (node,) = json.loads(said)["nodes"]
    assert node["report"]["collectors"]["system"]["status"] == "ok"


@pytest.mark.skipif("ORAMA_ANSIBLE_BIN" in os.environ, reason="of another ansible-core already")
@pytest.mark.parametrize("version", [cores.OLDEST, cores.NEWEST])
def test_another_ansible_core(version: str) -> None:
    core = cores.CORES[version]
    if core.python is None:
        pytest.skip(f"ansible-core {version} needs Python 3.{core.controller[0]} to 3.{core.controller[1]}")
    try:
        cores.environment(core)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no environment with ansible-core {version}: {error}")
    done = cores.tests(core)
    assert done.returncode == 0, done.stdout
