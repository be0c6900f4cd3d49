"""Snapshots: what is believed of a node's answer, and slices that become one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orama_monitor.errors import MonitorError
from orama_monitor.saved_report import parse
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot, merge, read_report

MINIMAL: dict[str, Any] = {"timestamp": "2026-02-16T12:00:00Z", "hostname": "ns1", "collect_ms": 226}
NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)


def slice_of(*hosts: str, environment: str = "testnet", minutes: int = 0, everyone: str = "abc") -> Snapshot:
    return Snapshot(
        environment=environment,
        collected_at=NOON + timedelta(minutes=minutes),
        duration_seconds=10,
        configured=[ConfiguredNode(host=host) for host in everyone],
        nodes=[NodeResult(host=host, error=f"from minute {minutes}") for host in hosts],
    )


def deep(levels: int) -> list[Any]:
    found: list[Any] = []
    for _level in range(levels - 1):
        found = [found]
    return found


def test_a_report_keeps_what_it_does_not_know() -> None:
    report = read_report({**MINIMAL, "ipfs": {"swarm_peer_count": 4, "novelty": True}, "future": [1]})
    assert report.ipfs is not None
    assert report.ipfs.swarm_peers == 4
    assert report.model_dump()["ipfs"]["novelty"] is True
    assert report.model_dump()["future"] == [1]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "no report came back"),
        ([], "no report came back"),
        ({}, "timestamp: Field required"),
        ({**MINIMAL, "hostname": "x" * 5000}, "hostname: String should have at most 4096 characters"),
        ({**MINIMAL, "rqlite": {"term": "42"}}, "rqlite.term: Input should be a valid integer"),
        ({**MINIMAL, "system": {"load_avg_1": float("nan")}}, "system.load_avg_1: Input should be a finite number"),
        ({**MINIMAL, "system": {"mem_use_pct": 101}}, "system.mem_use_pct: Input should be less than or equal to 100"),
        ({**MINIMAL, "future": "\ud800"}, "the report is not valid: Error serializing to JSON: UnicodeEncodeError"),
        ({**MINIMAL, "future": [float("inf")]}, "the report is not valid: expected value"),
        ({**MINIMAL, "future": deep(198)}, "the report is not valid: recursion limit exceeded"),
        ({**MINIMAL, "future": deep(1000)}, "the report is not valid: Error serializing to JSON: "),
        ({**MINIMAL, "schema_version": 2}, "the report has schema 2, newer than 1: upgrade orama-monitor"),
    ],
)
def test_a_report_that_cannot_be_believed(raw: Any, reason: str) -> None:
    with pytest.raises(ValueError) as error:
        read_report(raw)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_slices_become_one() -> None:
    whole = merge([slice_of("c", minutes=2), slice_of("a"), slice_of("b", minutes=1)])
    assert [node.host for node in whole.nodes] == ["a", "b", "c"]
    assert whole.collected_at == NOON
    assert whole.duration_seconds == 130


def test_the_newest_answer_of_a_node_counts() -> None:
    whole = merge([slice_of("a", minutes=5), slice_of("a", "b")])
    assert {node.host: node.error for node in whole.nodes} == {"a": "from minute 5", "b": "from minute 0"}


def test_environments_do_not_merge() -> None:
    with pytest.raises(MonitorError, match="different environments do not go together: devnet, testnet"):
        merge([slice_of("a"), slice_of("b", environment="devnet")])


@pytest.mark.parametrize("wrong", ['"duration_seconds": 1e999', '"collected_at": "2026-02-16T12:00:00"'])
def test_a_saved_report_with_no_such_time_is_one_line(wrong: str) -> None:
    meta = f'"environment": "testnet", "collected_at": "2026-02-16T12:00:00Z", {wrong}'
    with pytest.raises(MonitorError) as error:
        parse(f'{{"meta": {{{meta}}}, "nodes": []}}', "saved.json")
    assert str(error.value).startswith("saved.json: not a report of `orama monitor report`: meta.")
