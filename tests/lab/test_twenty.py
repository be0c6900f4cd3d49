"""Five of twenty nodes are broken: the fifteen are complete, and it takes a healthy run and the time one node may take.

A node answers under several addresses; who breaks it breaks five at once. `python -m tests.lab.soak` tries every way.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orama_lab import Lab
from orama_lab.faults import FAULTS
from orama_lab.faults.registry import HERE, LEADER
from orama_lab.topology import ENVIRONMENT
from orama_monitor import workspace
from orama_monitor.collect import DEFAULT_TIMEOUT
from tests.bench.orama_bench.lab_nodes import cluster
from tests.lab.commands import broken, control

pytestmark = pytest.mark.lab

TWENTY, FIVE, COLLECTORS = 20, 5, 12
#: One that is logged in to by key, and names no nameserver.
NODE = "n4"
OF_A_PASSWORD = ("password-refused", "host-key-changed-password")
KEEPS_OUT = (("NODE_UNREACHABLE", HERE),), (("NODE_COLLECT_FAILED", HERE),)


def ways() -> list[str]:
    """The faults that keep such a node from being collected."""
    found = [fault.name for fault in FAULTS.values() if fault.expect in KEEPS_OUT and fault.node != LEADER]
    return [name for name in found if name not in OF_A_PASSWORD]


@dataclass(frozen=True)
class Twenty:
    """A conf of twenty nodes, and how many seconds they take while all are healthy."""

    conf: Path
    healthy: float


def all_well(lab: Lab, directory: Path) -> Twenty:
    conf = cluster(lab, TWENTY, directory).conf
    return Twenty(conf, _collected(lab, conf)[1])


def complaints(lab: Lab, twenty: Twenty, fault: str) -> list[str]:
    """What is not as it should be while five of twenty are broken like this. The lab is healed whatever happens."""
    with broken(lab, fault, NODE):
        nodes, seconds = _collected(lab, twenty.conf)
    end = lab.node(NODE).address.rpartition(".")[2]
    ailing = {host for host in nodes if host.rpartition(".")[2] == end}
    assert (len(nodes), len(ailing)) == (TWENTY, FIVE)
    said = [f"{host} was collected" for host in ailing if not nodes[host]["failure"]]
    said += [f"{host}: {nodes[host]['error']}" for host in nodes.keys() - ailing if not _complete(nodes[host])]
    return said + [f"{seconds:.1f} s, healthy {twenty.healthy:.1f}"] * (seconds > twenty.healthy + DEFAULT_TIMEOUT)


def _collected(lab: Lab, conf: Path) -> tuple[dict[str, Any], float]:
    """What was found of each host over new connections, and how many seconds it took."""
    workspace.close_connections()
    began = time.monotonic()
    done = control(lab, "orama", "monitor", "report", "--env", ENVIRONMENT, "--config", str(conf))
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    return {node["host"]: node for node in json.loads(done.stdout)["nodes"]}, seconds


def _complete(node: Any) -> bool:
    return node["failure"] is None and len(node["report"]["collectors"]) == COLLECTORS


@pytest.fixture(scope="module")
def twenty(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Twenty:
    return all_well(lab, tmp_path_factory.mktemp("twenty"))


@pytest.mark.parametrize("fault", ["ssh-silent", "noise-50-mb"])
def test_the_others_are_complete_and_on_time(lab: Lab, twenty: Twenty, fault: str) -> None:
    assert complaints(lab, twenty, fault) == []
