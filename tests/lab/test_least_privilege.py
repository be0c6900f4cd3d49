"""A collection changes nothing on a node, and needs no more of sudo than is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_lab.services import login
from orama_lab.shell import parallel
from tests.lab.commands import control, report

pytestmark = pytest.mark.lab

#: Every file with its size, owner, permissions, and when it or what is known of it was changed; not when it was read.
FILES = (
    "find / -xdev ! -path '/proc/*' ! -path '/sys/*' -printf '%p\\t%y %s %m %u %g %T@ %C@\\n';"
    " find /opt/orama/.orama /run /tmp -xdev -printf '%p\\t%y %s %m %u %g %T@ %C@\\n'"
)
UNITS = "systemctl list-units --all --plain --no-legend --full | awk '{print $1, $2, $3, $4}' | grep -v '^session-'"
#: Where a login and sudo keep their own books, whoever comes: the journal, who was in, what sudo has told whom.
BOOKS = (
    "/var/log",
    "/run/log",
    "/run/systemd",
    "/run/user",
    "/run/sudo",
    "/var/lib/sudo",
    "/run/utmp",
    "/var/lib/lastlog",
)
BOOKS += ("/var/lib/systemd/linger", "/var/lib/wtmpdb", "/dev/pts", "/run/motd")
#: Written by a service when its network gives it something new, which no idle moment foretells.
BOOKS += ("/var/lib/anon",)

#: The line that SECURITY.md gives.
SUDOERS = "ubuntu ALL=(root) NOPASSWD: /bin/sh -c echo BECOME-SUCCESS-* ; python3 -I -\n"


NODES = ("n4", "n5")


def listings(lab: Lab) -> list[dict[str, str]]:
    """The files of each of the nodes, as they are now."""
    return parallel(lambda node: files(lab, node), NODES)


def files(lab: Lab, node: str) -> dict[str, str]:
    lines = lab.ssh(node, FILES, check=False).splitlines()
    found = dict(line.split("\t", 1) for line in lines if "\t" in line)
    assert len(found) > 1000
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def strange(idle: set[str], found: set[str]) -> set[str]:
    """What changed, but where services write when nothing happens, and the books of who logs in."""
    services = {path.rpartition("/")[0] for path in idle}
    unusual = {path for path in found if not path.startswith(BOOKS) and path.rpartition("/")[0] not in services}
    return {path for path in unusual if path not in services and not path.startswith("/opt/orama/.orama")}


def test_a_collection_changes_nothing_on_a_node(lab: Lab) -> None:
    report(lab)
    first = listings(lab)
    lab.ssh(NODES[0], "sleep 6")
    second = listings(lab)
    units = [lab.ssh(node, UNITS) for node in NODES]
    before = listings(lab)
    report(lab)
    after = listings(lab)
    idle, found = map(changed, first, second), map(changed, before, after)
    assert list(map(strange, idle, found)) == [set()] * len(NODES)
    assert [lab.ssh(node, UNITS) for node in NODES] == units


def test_it_runs_in_check_mode(lab: Lab) -> None:
    done = control(lab, "ansible-playbook", "orama.monitor.report", "-i", str(lab.paths.inventory), "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(lab.nodes)} healthy, 0 degraded, 0 unreachable" in done.stdout


def test_the_line_for_sudoers_is_enough(lab: Lab) -> None:
    node = lab.node("n4")
    tree = lab.site.machine(node).live
    before = _shape(report(lab), node.address)
    try:
        tree.write(login.SUDOERS, SUDOERS, 0o440)
        assert "a password is required" in lab.ssh("n4", "su ubuntu -c 'sudo -n id' 2>&1 || :")
        after = _shape(report(lab), node.address)
    finally:
        tree.write(login.SUDOERS, login.sudoers(node), 0o440)
    assert after == before
    assert SUDOERS.strip() in (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")


def _shape(cluster_report: object, host: str) -> object:
    """Of a node's report which sections came, how, and which fields are known."""
    (found,) = [node for node in json.loads(json.dumps(cluster_report))["nodes"] if node["host"] == host]
    assert found["failure"] is None
    told = found["report"]
    outcomes = {name: outcome["status"] for name, outcome in told["collectors"].items()}
    return outcomes, {name: sorted(part) for name, part in told.items() if isinstance(part, dict)}
