"""The commands under test, run on the lab's control host as an operator runs them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from orama_lab import Lab
from orama_lab.lab import Injected
from orama_lab.topology import ENVIRONMENT

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180

Root = tuple[str, str]


def control(
    lab: Lab, *argv: str, environment: Mapping[str, str] | None = None, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of this checkout's environment on the control host."""
    command = lab.control([str(BIN / argv[0]), *argv[1:]])
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        env={**os.environ, "PATH": path, **(environment or {})},
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def monitor(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    """``orama monitor …`` for the lab's environment."""
    return control(lab, "orama", "monitor", *words, "--env", ENVIRONMENT, "--config", str(lab.conf))


def report(lab: Lab, *words: str) -> Any:
    """The cluster report as JSON."""
    done = monitor(lab, "report", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def roots(cluster_report: Any) -> set[Root]:
    """The root alerts, each as (code, node); where several units of a node have one with the same code, how many do."""
    found = Counter((alert["code"], alert["node"]) for alert in cluster_report["alerts"] if alert["cause"] is None)
    return {
        (code if count == 1 or not code.startswith("SERVICE_") else f"{count} times {code}", node)
        for (code, node), count in found.items()
    }


def consequences(cluster_report: Any) -> set[Root]:
    """The other alerts, each as (code, node)."""
    return {(alert["code"], alert["node"]) for alert in cluster_report["alerts"] if alert["cause"] is not None}


def expected(lab: Lab, fault: Injected) -> set[Root]:
    """The root alerts a fault must give, by the hosts of the conf."""
    return _by_host(lab, fault.expected)


def following(lab: Lab, fault: Injected) -> set[Root]:
    """The consequences a fault must give, by the hosts of the conf."""
    return _by_host(lab, fault.following)


def _by_host(lab: Lab, places: Iterable[tuple[str, str]]) -> set[Root]:
    hosts = {node.name: node.address for node in lab.nodes}
    return {(code, hosts.get(where, where)) for code, where in places}


@contextlib.contextmanager
def broken(lab: Lab, fault: str, node: str | None = None) -> Iterator[Injected]:
    """While this lasts the fault stands; the lab is healed whatever happens, also where it could not be injected."""
    try:
        yield lab.fault(fault, node)
    finally:
        lab.heal()


def healed(lab: Lab) -> set[Root]:
    """Heal the lab, and the root alerts that are left."""
    lab.heal()
    return roots(report(lab))
