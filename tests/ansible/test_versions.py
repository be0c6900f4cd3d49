"""The oldest and the newest of what the collection is for: ansible-core, and the Pythons of nodes and controllers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

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


VERSIONS = (cores.OLDEST, cores.NEWEST)


@cache
def missing(core: cores.Core) -> str | None:
    """Why it can't be tried here, or None."""
    if core.python is None:
        return f"ansible-core {core.version} needs Python 3.{core.controller[0]} to 3.{core.controller[1]}"
    try:
        cores.environment(core)
    except subprocess.CalledProcessError as error:
        return f"no environment with ansible-core {core.version}: {error}"
    return None


@pytest.fixture(scope="module")
def under_way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[subprocess.Popen[str], Path]]]:
    """Tests with each of them that can be tried, and where they say how they went; side by side, one process each."""
    folder = tmp_path_factory.mktemp("cores")
    found: dict[str, tuple[subprocess.Popen[str], Path]] = {}
    try:
        for version in VERSIONS:
            if missing(cores.CORES[version]) is None:
                said = folder / version
                with said.open("w") as output:
                    found[version] = cores.tests(cores.CORES[version], output), said
        yield found
    finally:
        for running, _said in found.values():
            if running.poll() is None:
                running.send_signal(signal.SIGINT)
            running.wait()


@pytest.mark.skipif("ORAMA_ANSIBLE_BIN" in os.environ, reason="of another ansible-core already")
@pytest.mark.parametrize("version", VERSIONS)
def test_another_ansible_core(
    lacks: Callable[[str], NoReturn], under_way: dict[str, tuple[subprocess.Popen[str], Path]], version: str
) -> None:
    if reason := missing(cores.CORES[version]):
        lacks(reason)
    running, said = under_way[version]
    running.wait()
    text = said.read_text()
    assert running.returncode == 0, text
    assert not re.search(r"\d+ skipped", text.splitlines()[-1]), text
