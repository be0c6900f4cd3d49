"""``orama node report``: collect on this machine, without SSH."""

from __future__ import annotations

import importlib
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orama_monitor.errors import MonitorError

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

COLLECTION = "ansible_collections.orama.monitor.plugins.module_utils.node"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, as `orama monitor` reads it.")
def report(as_json: bool) -> None:
    """Collect everything about this machine. Needs root."""
    from orama_monitor import output

    if os.geteuid() != 0:
        raise MonitorError(f"collecting needs root; run: sudo {_program()} node report")
    collected = _collected()
    if as_json:
        output.show_json(collected)
        return
    from orama_monitor.views import node_report

    output.show(node_report.render(_judged(collected)))


def _program() -> str:
    """This program by a name that means it to root, too: on a node `orama` may be Orama's own."""
    called = shutil.which(sys.argv[0])
    return shlex.join([str(Path(called).absolute())] if called else [sys.executable, "-m", "orama_monitor"])


def _collected() -> dict[str, Any]:
    try:
        node = importlib.import_module(COLLECTION)
    except ImportError:
        raise MonitorError(
            "the collection orama.monitor is missing beside this package: reinstall orama-monitor"
        ) from None
    found: dict[str, Any] = node.report()
    return found


def _judged(collected: dict[str, Any]) -> ClusterReport:
    """This machine's report as that of a cluster of one whose other nodes were not asked."""
    from orama_monitor.cluster_report import assess
    from orama_monitor.nodes import LOCAL
    from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot, now, read_report

    try:
        found = read_report(collected)
    except ValueError as error:
        raise MonitorError(str(error)) from None
    host = found.hostname or LOCAL
    return assess(
        Snapshot(
            environment=LOCAL,
            collected_at=now(),
            duration_seconds=found.collect_ms / 1000,
            configured=[ConfiguredNode(host=host)],
            nodes=[NodeResult(host=host, collection_ms=found.collect_ms, report=found)],
        )
    )
