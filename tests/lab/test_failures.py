"""What an operator reads when nodes can't be asked: one line each, with the remedy; several at once cost no time."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from orama_lab import Lab
from orama_monitor import workspace
from tests.lab.commands import healed, monitor

pytestmark = pytest.mark.lab

#: What is broken, where, and what is said about it.
BROKEN = {
    "n1": ("ssh-closed", "connection refused: is sshd running, is the port right?"),
    "n2": ("sudo-asks", "sudo wants a password: put it in the conf"),
    "n3": ("host-key-changed", "its host key changed: if that is right, remove the old one with ssh-keygen -R"),
    "n4": ("key-refused", "login refused: key or password is wrong"),
    "n5": ("password-refused", "login refused: key or password is wrong"),
}


@pytest.fixture
def broken(lab: Lab) -> Iterator[Lab]:
    """Every node out of reach, each for another reason."""
    try:
        for node, (fault, _said) in BROKEN.items():
            lab.fault(fault, node)
        workspace.close_connections()
        yield lab
    finally:
        left = healed(lab)
    assert left == set()


def test_every_reason_is_one_line_with_its_remedy(broken: Lab) -> None:
    done = monitor(broken, "report", "--fail-on", "critical")
    assert done.returncode == 3 and done.stderr == ""
    said = {node["host"]: node["error"] for node in json.loads(done.stdout)["nodes"]}
    assert said == {broken.node(node).address: words for node, (_fault, words) in BROKEN.items()}
