"""What takes for ever costs its own section only, and leaves no process behind."""

from __future__ import annotations

from typing import Any

import pytest

from orama_lab import Lab
from tests.lab.commands import broken, expected, report, roots

pytestmark = pytest.mark.lab

LONGEST_MS = 20_000
#: What a login has of its own, which a warm connection keeps.
OF_A_LOGIN = ("sshd", "(sd-pam)", "/lib/systemd/systemd", "/usr/lib/systemd/systemd")


def working(lab: Lab, node: str) -> list[str]:
    """Commands that somebody who logged in has left running."""
    lines = lab.ssh(node, "ps -ww -eo cgroup:200=,args=").splitlines()
    commands = [line.split(None, 1)[1] for line in lines if "/user.slice/" in line]
    return [command for command in commands if not command.startswith(OF_A_LOGIN)]


def unwell(found: Any) -> dict[str, str]:
    """The collectors of a node that did not end well, and how they ended."""
    return {
        name: told["status"] for name, told in found["collectors"].items() if told["status"] not in ("ok", "absent")
    }


@pytest.mark.parametrize(
    ("fault", "cost"),
    [
        ("systemctl-hangs", {"services": "timeout"}),
        ("mount-dead", {"namespaces": "timeout"}),
        ("journal-huge", {}),
        ("rqlite-frozen", {"rqlite": "timeout"}),
        ("gateway-frozen", {"gateway": "timeout"}),
    ],
)
def test_only_its_own_section(lab: Lab, fault: str, cost: dict[str, str]) -> None:
    with broken(lab, fault) as injected:
        found = report(lab)
        address = lab.node(injected.node).address
        here = next(node["report"] for node in found["nodes"] if node["host"] == address)
        assert unwell(here) == cost
        assert here["collect_ms"] < LONGEST_MS
        assert working(lab, injected.node) == []
        assert roots(found) == expected(lab, injected)
    assert roots(report(lab)) == set()
