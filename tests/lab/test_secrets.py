"""Secrets of the lab are looked for wherever a collection could leave them: while it runs and afterwards."""

from __future__ import annotations

import json
import os
import secrets as random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_lab.services.wireguard import public_key
from orama_lab.topology import ENVIRONMENT, HOME
from orama_monitor.nodes import read_nodes
from tests.lab.commands import BIN, PATIENCE, control, report
from tests.lab.watch import found, watching

pytestmark = pytest.mark.lab

Secrets = dict[str, bytes]
#: The two ends of the mesh that get a preshared key, and the node of a namespace.
ENDS, NAMESPACE = ("n4", "n5"), "n1"
ENV = f"{HOME}/data/namespaces/default/rqlite.env"
AUTH = f"{HOME}/lab-rqlite-auth.json"
#: Where a module, a login or sudo could leave something on a node.
LEFT = "/home /root /tmp /var/tmp /var/log /run/user"


@pytest.fixture(scope="module")
def secrets(lab: Lab) -> Iterator[Secrets]:
    """What must never be seen, by what it is: those that the lab has, and some that are planted for this."""
    words = {f"password of {node.host}": node.password for node in read_nodes(lab.conf) if node.password}
    for node in lab.nodes:
        words[f"WireGuard key of {node.name}"] = lab.ssh(node.name, "wg show wg0 private-key")
    words["swarm key"] = lab.ssh("n1", f"tail -n 1 {HOME}/data/ipfs/repo/swarm.key")
    words["preshared key"] = lab.ssh(ENDS[0], "wg genpsk")
    words["rqlite password"] = random.token_urlsafe(24)
    planted = {name: value.strip().encode() for name, value in words.items() if value}
    assert len(planted) >= len(lab.nodes) + 4
    try:
        _preshare(lab, words["preshared key"].strip())
        lab.ssh(NAMESPACE, f"cp -p {ENV} {ENV}.lab; {_credentials(words['rqlite password'])}")
        yield planted
    finally:
        _preshare(lab, "")
        lab.ssh(NAMESPACE, f"if [ -e {ENV}.lab ]; then mv {ENV}.lab {ENV}; fi; rm -f {AUTH}")


def _preshare(lab: Lab, key: str) -> None:
    """Give the two ends this key between them; none when it is empty."""
    given = f"/dev/stdin <<'E'\n{key}\nE" if key else "/dev/null"
    for here, there in (ENDS, ENDS[::-1]):
        peer = public_key(lab.site, lab.node(there))
        lab.ssh(here, f"wg set wg0 peer {peer} preshared-key {given}")


def _credentials(password: str) -> str:
    """Puts rqlite's credentials where an operator may have them: a file of users, and a namespace's environment."""
    users = json.dumps([{"username": "orama", "password": password, "perms": ["all"]}])
    return f"""
        (umask 077; echo '{users}' >{AUTH})
        echo 'RQLITE_JOIN=http://orama:{password}@10.0.0.2:5001' >>{ENV}
    """


def harmless(lab: Lab, secrets: Secrets, temporary: Path, argv: list[str], **environment: str) -> None:
    """Run it on the control host, and see no secret in what it says, its files, or any process meanwhile."""
    with watching(secrets, temporary) as watch:
        done = subprocess.run(
            lab.control([str(BIN / argv[0]), *argv[1:]]),
            env={**os.environ, "TMPDIR": str(temporary), **environment},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert watch.looks["processes"] > 3 and watch.looks["files"] > 3
    assert watch.seen == set()
    assert found(secrets, done.stdout + done.stderr) == set()


@pytest.mark.parametrize("words", [["report"], ["cluster", "-vvv"]], ids=["report", "verbose"])
def test_no_secret_is_seen_while_collecting_or_afterwards(
    lab: Lab, secrets: Secrets, temporary: Path, words: list[str]
) -> None:
    argv = ["orama", "monitor", *words, "--env", ENVIRONMENT, "--config", str(lab.conf)]
    harmless(lab, secrets, temporary, argv)


def test_no_secret_in_what_a_controller_keeps_of_a_job(lab: Lab, secrets: Secrets, temporary: Path) -> None:
    """A private data directory of ansible-runner, as AWX has one, with every event of a verbose run."""
    job = temporary / "job"
    for folder in ("project", "inventory"):
        (job / folder).mkdir(parents=True)
    (job / "project" / "report.yml").write_text("- import_playbook: orama.monitor.report\n")
    source = {"plugin": "orama.monitor.remote_nodes", "config": str(lab.conf), "environment": ENVIRONMENT}
    (job / "inventory" / "lab.orama.yml").write_text(json.dumps(source))
    command = f"-vvv -e orama_output={job}/report.json"
    environment = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    argv = ["ansible-runner", "run", str(job), "-p", "report.yml", f"--cmdline={command}"]
    harmless(lab, secrets, temporary, argv, **environment)
    kept = [path for path in job.rglob("*") if path.is_file()]
    assert any(path.parent.name == "job_events" for path in kept)
    assert {path for path in kept if found(secrets, path.read_bytes())} == set()


def test_no_secret_is_left_on_the_nodes(lab: Lab, secrets: Secrets) -> None:
    """Where a module is a file, as without pipelining, and Ansible is told to keep it."""
    keep = {"ANSIBLE_KEEP_REMOTE_FILES": "True"}
    playbook = ("orama.monitor.report", "-i", str(lab.paths.inventory), "-e", "orama_pipelining=false")
    try:
        done = control(lab, "ansible-playbook", *playbook, environment=keep)
        assert done.returncode == 0, done.stdout + done.stderr
        for node in lab.nodes:
            assert "AnsiballZ_node_facts" in lab.ssh(node.name, "find /home -name 'AnsiballZ_*'")
            assert _left(lab, node.name, secrets) == ""
    finally:
        for node in lab.nodes:
            lab.ssh(node.name, "rm -rf /home/ubuntu/.ansible")


def _left(lab: Lab, node: str, secrets: Mapping[str, bytes]) -> str:
    """The node's files with a secret in them, where none should be."""
    words = "\n".join(secret.decode() for secret in secrets.values())
    return lab.ssh(node, f"grep -rlaF -f /dev/stdin {LEFT} 2>/dev/null <<'E' || :\n{words}\nE")


def test_no_secret_is_left_in_the_nodes_journals(lab: Lab, secrets: Secrets) -> None:
    report(lab)
    for node in lab.nodes:
        journal = lab.ssh(node.name, "journalctl --no-pager --since=-10min --output=export --all")
        assert "BECOME-SUCCESS" in journal  # in sudo's own line
        assert found(secrets, journal.encode()) == set()


def test_credentials_of_a_command_that_nobody_looks_after_stay_on_its_node(lab: Lab) -> None:
    """They stand in the node's own list of processes, and the report tells of an orphan by its command."""
    password = random.token_urlsafe(24)
    program = "import time; time.sleep(86400)"
    words = f"/usr/bin/python3 -c '{program}' {HOME}/x -join http://orama:{password}@10.0.0.2:5001"
    lab.ssh("n4", f"systemd-run -q --scope --unit=lab-credentials setsid -f {words} >/dev/null 2>&1 </dev/null")
    try:
        told = report(lab)
    finally:
        lab.ssh("n4", "systemctl stop lab-credentials.scope")
    (host,) = [node for node in told["nodes"] if node["host"] == lab.node("n4").address]
    (orphan,) = host["report"]["processes"]["orphans"]
    assert f"{HOME}/x" in orphan["command"] and "10.0.0.2" not in orphan["command"]
    assert password not in json.dumps(told)
