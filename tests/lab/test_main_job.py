"""The main job, end to end, on real nodes: from the conf to the table, healthy and with a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from orama_lab import Lab
from tests.lab.commands import broken, control, expected, monitor, report, roots

pytestmark = pytest.mark.lab

SECTIONS = (
    "system",
    "services",
    "rqlite",
    "olric",
    "ipfs",
    "gateway",
    "wireguard",
    "dns",
    "anyone",
    "network",
    "processes",
    "namespaces",
)
NAMESERVERS_ONLY = {"dns"}
#: For Ansible without our CLI, which accepts a host's key when it first meets it.
FIRST_MEETING = {"ANSIBLE_HOST_KEY_CHECKING": "False"}


def test_a_healthy_cluster_is_shown_as_healthy(lab: Lab) -> None:
    done = monitor(lab, "cluster")
    assert done.returncode == 0, done.stderr
    for node in lab.nodes:
        assert node.address in done.stdout
    assert done.stdout.count("healthy") >= len(lab.nodes)
    found = report(lab)
    assert found["alerts"] == []
    assert found["meta"]["healthy_count"] == found["meta"]["node_count"] == len(lab.nodes)
    assert found["summary"]["rqlite_voters"] == "5/5"
    assert found["summary"]["wg_mesh_status"] == "all connected"
    assert found["summary"]["service_health"] == "all nominal"


def test_every_section_is_filled_from_the_real_service(lab: Lab) -> None:
    for node, result in zip(lab.nodes, report(lab)["nodes"], strict=True):
        found = result["report"]
        assert found["errors"] == []
        wanted = set(SECTIONS) - (set() if node.nameserver else NAMESERVERS_ONLY)
        assert {section for section in SECTIONS if found[section] is not None} == wanted
        assert found["hostname"] == node.host
        assert found["wireguard_ip"] == node.wg_address


@pytest.mark.parametrize("name", ["node-frozen", "rqlite-stopped"])
def test_a_fault_gives_its_root_alert_and_only_that(lab: Lab, name: str) -> None:
    with broken(lab, name) as fault:
        assert roots(report(lab)) == expected(lab, fault)
    assert roots(report(lab)) == set()


def test_the_playbook_alone_tells_the_same(lab: Lab) -> None:
    play = ["ansible-playbook", "orama.monitor.report", "-i", str(lab.paths.inventory)]
    done = control(lab, *play, environment=FIRST_MEETING)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(lab.nodes)} nodes, {len(lab.nodes)} healthy, 0 degraded, 0 unreachable" in done.stdout


def test_the_wrapped_module_gives_the_same_report_as_the_packed_collectors(lab: Lab) -> None:
    """Without pipelining Ansible's own wrapper carries the module: same fields, same kinds of values."""
    ask = ["ansible", "all", "-i", str(lab.paths.inventory), "-m", "orama.monitor.node_facts", "-b"]
    shapes = []
    for pipelining in ("True", "False"):
        done = control(
            lab,
            *ask,
            environment={
                **FIRST_MEETING,
                "ANSIBLE_PIPELINING": pipelining,
                "ANSIBLE_LOAD_CALLBACK_PLUGINS": "True",
                "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline",
            },
        )
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [line for line in done.stdout.splitlines() if " => " in line]
        answers = {line.split(" | ")[0]: json.loads(line.split(" => ", 1)[1]) for line in lines}
        assert len(answers) == len(lab.nodes)
        reports = {host: found["ansible_facts"]["orama_report"] for host, found in answers.items()}
        shapes.append({" ".join(field) for field in _fields(reports)})
    assert sorted(shapes[0] - shapes[1]) == sorted(shapes[1] - shapes[0]) == []


def _fields(value: object, *path: str) -> Iterator[tuple[str, ...]]:
    """The fields of a report, all the way down: each its names and what kind of value it has; lists are not opened."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, *path, key)
    else:
        yield (*path, "null" if value is None else "list" if isinstance(value, list) else "value")
