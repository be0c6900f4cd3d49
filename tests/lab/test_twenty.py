"""Five of twenty nodes are broken: the fifteen are complete, and it takes a healthy run and the time one node may take.

A node answers under several addresses; who breaks it breaks five at once. `python -m tests.lab.soak` tries every way.
"""

from __future__ import annotations

import json
import time
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
from tests.lab.commands import control

pytestmark = pytest.mark.lab

TWENTY, FIVE, COLLECTORS = 20, 5, 12
#: One that is logged in to by key, and names no nameserver.
NODE = "n4"
KEEPS_OUT = (("NODE_UNREACHABLE", HERE),), (("NODE_COLLECT_FAILED", HERE),)


def ways() -> list[str]:
    """The faults that keep such a node from being collected."""
    found = [fault.name for fault in FAULTS.values() if fault.expect in KEEPS_OUT and fault.node != LEADER]
    return [name for name in found if name != "password-refused"]


def complaints(lab: Lab, directory: Path, fault: str) -> list[str]:
    """What is not as it should be while five of twenty are broken like this. The lab is healed whatever happens."""
    conf = cluster(lab, TWENTY, directory).conf
    _nodes, healthy = _collected(lab, conf)
    try:
        lab.fault(fault, NODE)
        nodes, seconds = _collected(lab, conf)
    finally:
        lab.heal()
    end = lab.node(NODE).address.rpartition(".")[2]
    broken = {host for host in nodes if host.rpartition(".")[2] == end}
    assert (len(nodes), len(broken)) == (TWENTY, FIVE)
    said = [f"{host} was collected" for host in broken if not nodes[host]["failure"]]
    said += [f"{host}: {nodes[host]['error']}" for host in nodes.keys() - broken if not _complete(nodes[host])]
    return said + [f"{seconds:.1f} s, healthy {healthy:.1f}"] * (seconds > healthy + DEFAULT_TIMEOUT)


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


@pytest.mark.parametrize("fault", ["ssh-silent", "noise-50-mb"])
def test_the_others_are_complete_and_on_time(lab: Lab, tmp_path: Path, fault: str) -> None:
    assert complaints(lab, tmp_path, fault) == []
