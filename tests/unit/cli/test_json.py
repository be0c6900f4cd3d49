"""The JSON of every view is the matching part of the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.commands.compact import compacted
from orama_monitor.commands.parts import PARTS, part
from orama_monitor.output import written
from orama_monitor.saved_report import parse
from orama_monitor.snapshot import Snapshot
from tests.unit.cli.conftest import Run
from tests.unit.cli.samples import faulty
from tests.unit.clusters import healthy, lost, report

SECTIONS = {"cluster": "system", "service": "services", "mesh": "wireguard", "dns": "dns", "namespaces": "namespaces"}


def matches(part: Any, whole: Any) -> bool:
    """Whether everything in ``part`` stands at the same place of ``whole``; lists are whole or chosen from."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and matches(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        return all(any(matches(item, candidate) for candidate in whole) for item in part)
    return bool(part == whole)


@pytest.mark.parametrize("view", sorted(PARTS))
def test_a_view_is_part_of_the_report(orama: Run, faulty_file: Path, view: str) -> None:
    whole = json.loads(orama("monitor", "report", "--from", faulty_file).out)
    done = orama("monitor", view, "--from", faulty_file, "--json")
    shown = json.loads(done.out)
    assert done.code == 0
    assert shown["meta"] == whole["meta"]
    assert shown["summary"] == whole["summary"]
    assert matches(shown, whole)
    if view in SECTIONS:
        assert [node["host"] for node in shown["nodes"]] == [node["host"] for node in whole["nodes"]]
        assert all(SECTIONS[view] in node["report"] for node in shown["nodes"] if node["report"])


def test_a_part_is_not_taken_for_a_report(orama: Run, tmp_path: Path, faulty_file: Path) -> None:
    saved = tmp_path / "part.json"
    saved.write_text(orama("monitor", "mesh", "--from", faulty_file, "--json").out)
    done = orama("monitor", "alerts", "--from", saved)
    assert done.code == 1
    assert "not a report of `orama monitor report`" in done.err


def test_the_report_has_the_mission_s_fields(orama: Run, healthy_file: Path) -> None:
    whole = json.loads(orama("monitor", "report", "--from", healthy_file).out)
    assert list(whole) == ["meta", "summary", "alerts", "nodes"]
    assert {"environment", "collected_at", "duration_seconds", "node_count", "healthy_count"} <= whole["meta"].keys()
    summary = {"rqlite_leader": "10.0.0.1", "rqlite_voters": "5/5", "rqlite_raft_term": 42}
    summary |= {"wg_mesh_status": "all connected", "service_health": "all nominal"}
    summary |= {"critical_alerts": 0, "warning_alerts": 0, "info_alerts": 0}
    assert summary.items() <= whole["summary"].items()
    assert whole["nodes"][0]["host"] == "198.18.0.11"
    assert whole["nodes"][0]["status"] == "healthy"


def test_a_report_read_back_is_the_same(orama: Run, faulty_file: Path) -> None:
    assert json.loads(orama("monitor", "report", "--from", faulty_file).out) == json.loads(faulty_file.read_text())


def test_severity_leaves_the_milder_out(orama: Run, faulty_file: Path) -> None:
    shown = json.loads(orama("monitor", "alerts", "--json", "--severity", "critical", "--from", faulty_file).out)
    assert {alert["severity"] for alert in shown["alerts"]} == {"critical"}


def test_a_query_finds(orama: Run, healthy_file: Path) -> None:
    done = orama("monitor", "cluster", "--from", healthy_file, "--query", "nodes[?status=='healthy'] | length(@)")
    assert (done.code, done.out) == (0, "5\n")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("nodes[*.host", "column 8: unexpected '.'"),
        ("nodes[", "ends too early, at column 7"),
        ("nodes ~ x", "column 7"),
        ("nope(nodes)", "nope"),
        ("nodes[?host=='none'] | [0].lenth(@)", "Unknown function: lenth()"),
        ("length(`1`)", "length"),
        ("`\r\xff`\r\xff", "token"),
        ("sort_by()", "Expected 2 arguments"),
        ("merge(meta, nodes)", "merge(meta, nodes)"),
        ("&host", "finds no value that JSON has"),
        ("to_number('nan')", "finds no value that JSON has"),
        ("(" * 5000, "nested too deep"),
    ],
    ids=lambda value: value[:20],
)
def test_a_wrong_query_says_where(orama: Run, healthy_file: Path, query: str, said: str) -> None:
    done = orama("monitor", "cluster", "--from", healthy_file, "--query", query)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("orama: --query: ")
    assert said in done.err.splitlines()[0]


@pytest.mark.parametrize("nodes", [1, 3, 5, 20])
def test_compact_is_at_most_40_percent(nodes: int) -> None:
    whole = part(assess(healthy(nodes)), "report")
    assert len(json.dumps(compacted(whole))) <= 0.4 * len(json.dumps(whole))


def down(snapshot: Snapshot) -> None:
    lost(snapshot, 1)
    for index in (0, 2, 3, 4):
        wireguard = report(snapshot, index).wireguard
        assert wireguard and wireguard.peers
        wireguard.peers[1 if index == 0 else 0].handshake_age_sec = 600


def skewed(snapshot: Snapshot) -> None:
    system = report(snapshot, 2).system
    assert system and system.time_unix
    system.time_unix += 30


def another_version(snapshot: Snapshot) -> None:
    report(snapshot, 2).version = "0.106.0"


def lagging(snapshot: Snapshot) -> None:
    rqlite = report(snapshot, 2).rqlite
    assert rqlite
    rqlite.applied_index = 10


def two_leaders(snapshot: Snapshot) -> None:
    rqlite = report(snapshot, 2).rqlite
    assert rqlite
    rqlite.raft_state, rqlite.leader_addr = "Leader", "10.0.0.3:7001"


def unknown_peer(snapshot: Snapshot) -> None:
    wireguard = report(snapshot, 2).wireguard
    assert wireguard and wireguard.peers
    wireguard.peers[0].public_key = "a stranger's"


def collector_failed(snapshot: Snapshot) -> None:
    outcome = report(snapshot, 2).collectors["dns"]
    outcome.status, outcome.error = "timeout", "dig hangs"


FAULTS = (down, skewed, another_version, lagging, two_leaders, unknown_peer, collector_failed)


@pytest.mark.parametrize("fault", [*FAULTS, None], ids=lambda fault: fault.__name__ if fault else "faulty")
def test_a_compact_report_gives_the_same_alerts(fault: Any) -> None:
    snapshot = healthy(5) if fault else faulty()
    if fault:
        fault(snapshot)
    whole = assess(snapshot)
    assert whole.alerts
    small = json.dumps(compacted(part(whole, "report")))
    again = assess(parse(small, "compact"))
    assert [alert.key for alert in again.alerts] == [alert.key for alert in whole.alerts]
    assert [alert.message for alert in again.alerts] == [alert.message for alert in whole.alerts]


def test_a_compact_report_keeps_roots_and_hints() -> None:
    small = compacted(part(assess(faulty()), "report"))
    roots = [alert for alert in small["alerts"] if "cause" not in alert]
    assert roots
    assert all(alert["hint"] for alert in roots)


def test_markdown_is_for_pasting(orama: Run, faulty_file: Path) -> None:
    done = orama("monitor", "report", "--format", "markdown", "--from", faulty_file)
    assert done.code == 0
    assert done.out.startswith("# Orama cluster testnet: 5 nodes")
    assert "NODE\\_UNREACHABLE" in done.out
    assert "| 198.18.0.12 | ✗ unreachable |" in done.out


def test_markdown_is_no_json(orama: Run, faulty_file: Path) -> None:
    assert orama("monitor", "report", "--format", "markdown", "--json", "--from", faulty_file).code == 2


def test_the_schema_speaks_of_every_field(orama: Run) -> None:
    for which in ("cluster", "node"):
        schema = json.loads(orama("monitor", "schema", which).out)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    cluster = json.loads(orama("monitor", "schema").out)
    dumped = assess(healthy(1)).model_dump(mode="json")
    assert cluster["properties"].keys() == ClusterReport.model_fields.keys() == dumped.keys()
    node = cluster["$defs"]["NodeReport"]
    assert dumped["nodes"][0]["report"].keys() <= node["properties"].keys()
    assert {"swarm_peers", "cluster_peers"} <= cluster["$defs"]["Ipfs"]["properties"].keys()


def test_what_nobody_checked_is_written_as_it_is() -> None:
    """`orama node report --json` may tell of a directory whose name is no text."""
    assert written({"name": "\udcff"}) == '{\n  "name": "\\udcff"\n}'
