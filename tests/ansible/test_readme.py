"""The collection's README to the letter: from the built wheel and tarball, where this tree is out of sight."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_monitor.alerts import RULES
from tests.ansible.harness import BIN, COLLECTION, ROOT, Ansible
from tests.lab.commands import broken

SECTION = "## From an empty directory to a gated rolling restart"
BLOCK = re.compile(r"(?:^ {4}.*\n(?:\n(?= {4}))?)+", re.MULTILINE)
OTHERWISE = re.compile(r"^.*# or the (?:wheel|tarball): (.*)$", re.MULTILINE)
#: What one command leaves to the next, as in one shell.
IN_ONE_SHELL = 'touch "$0"; . "$0"; eval "$1"; export -p >"$0"'
OUT_OF_SIGHT = 'mount -t tmpfs none "$0" && exec "$@"'
PATIENCE = 900


def blocks() -> list[str]:
    """What the page says to write and to run, in its order."""
    section = (COLLECTION / "README.md").read_text(encoding="utf-8").split(SECTION, 1)[1].split("\n## ", 1)[0]
    return [textwrap.dedent(found) for found in BLOCK.findall(section)]


VENV, INSTALL, CONF, SOURCE, SETTINGS, PREPARE, REPORT, RESTART, UPGRADE, RUN_UPGRADE = blocks()


def built(block: str, command: str = "") -> str:
    """The commands for what is built and not yet published; "…" stands for how the line begins."""
    return OTHERWISE.sub(lambda found: found[1].replace("…", command), block)


class Reader:
    """Somebody in an empty directory, with a home of their own."""

    def __init__(self, directory: Path) -> None:
        self.place, self.state = directory / "here", directory / "state"
        self.place.mkdir(parents=True)
        (directory / "home").mkdir()
        foreign = ("ANSIBLE_", "ORAMA_", "PYTHON", "VIRTUAL_ENV")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.startswith(str(ROOT))]
        self.environment["PATH"] = os.pathsep.join([f"{sys.base_prefix}/bin", *folders])
        self.environment.update(HOME=str(directory / "home"), ANSIBLE_NOCOLOR="1")

    def write(self, name: str, text: str) -> None:
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def run(self, block: str, within: Sequence[str] = (), code: int = 0) -> str:
        """What the commands print."""
        hidden = ["unshare", "-m", "sh", "-c", OUT_OF_SIGHT, str(ROOT)] if os.geteuid() == 0 else []
        shell = ["bash", "-e", "-o", "pipefail", "-c", IN_ONE_SHELL, str(self.state), block]
        done = subprocess.run(
            [*within, *hidden, *shell],
            cwd=self.place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture(scope="session")
def reader(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """With what is built from this tree beside them, installed as the page says."""
    found = Reader(tmp_path_factory.mktemp("reader"))
    wheel = f"{BIN}/python -m hatchling build -t wheel -d {found.place}"
    tarball = f"{BIN}/ansible-galaxy collection build {COLLECTION.relative_to(ROOT)} --output-path {found.place}"
    for command in (wheel, tarball):
        subprocess.run(command.split(), cwd=repository, check=True, capture_output=True)
    found.run(built(VENV) + built(INSTALL, "ansible-galaxy collection install"))
    return found


def test_both_ways_to_install_and_the_groups(reader: Reader) -> None:
    assert str(reader.place.parent / "home") in reader.run("ansible-galaxy collection list orama.monitor")
    reader.write("remote-nodes.conf", CONF)
    reader.write("testnet.orama.yml", SOURCE)
    reader.write("ansible.cfg", SETTINGS)
    graph = reader.run(PREPARE.splitlines()[0])
    for group, hosts in {"nameservers": (21,), "nodes": (21, 22, 23), "testnet": (21, 22, 23)}.items():
        listed = graph.split(f"@{group}:", 1)[1].split("@")[0]
        assert re.findall(r"--198\.51\.100\.(\d+)", listed) == list(map(str, hosts)), graph
    reader.write("upgrade.yml", UPGRADE)
    reader.write("roles/our.upgrade/tasks/main.yml", "[]\n")
    for block in (REPORT, RESTART, RUN_UPGRADE):
        reader.run(f"{block.strip()} --syntax-check")


@pytest.mark.parametrize("page", [ROOT / "README.md", COLLECTION / "README.md"], ids=["root", "collection"])
def test_host_keys_are_taken_before_ansible_meets_a_node(page: Path) -> None:
    """It can't ask whether a key is right."""
    text = page.read_text(encoding="utf-8")
    assert text.index("export ANSIBLE_SSH_EXTRA_ARGS='-o StrictHostKey") < text.index("    ansible-playbook -i")


HANDLED = """\
- name: Tell the handler
  ansible.builtin.debug: {msg: told}
  changed_when: true
  notify: Handle it
"""


def test_the_gate_of_this_page_comes_after_what_was_notified(hosts: Ansible) -> None:
    policy = json.dumps({"severities": dict.fromkeys(sorted(RULES), "info")})
    gate = f"until_healthy: true\n        policy: {policy}"
    playbook = UPGRADE.replace("hosts: testnet", "hosts: here-1").replace("until_healthy: true", gate)
    (hosts.directory / "upgrade.yml").write_text(playbook.replace("delay: 10", "delay: 0"))
    role = hosts.directory / "roles" / "our.upgrade"
    handler = "- name: Handle it\n  ansible.builtin.debug: {msg: handled}\n"
    for folder, text in ("tasks", HANDLED), ("handlers", handler):
        (role / folder).mkdir(parents=True)
        (role / folder / "main.yml").write_text(text)
    said = hosts.play("upgrade.yml")
    assert said.index("handled") < said.index("TASK [Wait until the cluster is healthy again]")


ROLE = """\
- name: Restart the gateway
  ansible.builtin.systemd_service: {name: orama-gateway, state: restarted}
"""


#: One node first, then two at a time, and two units of each; asked more often than the page says.
FASTER = {"orama_delay": 2, "orama_retries": 60, "orama_serial": [1, 2], "orama_units": ["orama-node", "orama-gateway"]}


@pytest.mark.lab
def test_a_gated_rolling_restart_by_this_page_alone(reader: Reader, lab: Lab) -> None:
    inside = lab.control([])
    lines = [line.replace("lab|", "testnet|", 1) for line in lab.conf.read_text().splitlines() if "|" in line]
    reader.write("remote-nodes.conf", "\n".join(lines) + "\n")
    reader.write("testnet.orama.yml", SOURCE)
    reader.write("ansible.cfg", SETTINGS)
    reader.run(PREPARE, inside)
    assert f"testnet: {len(lab.nodes)} nodes, {len(lab.nodes)} healthy" in reader.run(REPORT, inside)
    reader.write("upgrade.yml", UPGRADE)
    reader.write("roles/our.upgrade/tasks/main.yml", ROLE)
    said = reader.run(f"{RESTART.strip()} -e '{json.dumps(FASTER)}'", inside)
    assert [said.count(f"changed: [{node.address}]") for node in lab.nodes] == [2] * len(lab.nodes), said
    assert said.count("PLAY [Restart Orama") == 3, said
    with broken(lab, "olric-stopped", "n4"):
        refused = [reader.run(block, inside, code=2) for block in (RESTART, RUN_UPGRADE)]
    for said in refused:
        assert f"SERVICE_INACTIVE on {lab.node('n4').address}" in said and "changed: [" not in said
    # That the tasks of upgrade.yml let a healthy cluster through is test_lab.py's to see.
