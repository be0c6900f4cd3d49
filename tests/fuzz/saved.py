"""Reports off the wire and out of files: taken as valid, or refused in one line; what is taken is judged and shown."""

from __future__ import annotations

import json

from ansible_collections.orama.monitor.plugins.action.node_facts import _result
from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK
from orama_monitor.answer import node_result
from orama_monitor.cluster_report import assess
from orama_monitor.errors import MonitorError
from orama_monitor.saved_report import parse
from orama_monitor.snapshot import REASON_LIMIT, merge
from orama_monitor.views import brief
from tests.fuzz.target import Source, Target, names, one_line, refused, text
from tests.unit.cli.samples import faulty
from tests.unit.clusters import healthy, raw_report

REPORT = raw_report(0, 2, "nameserver-ns1")
SAVED = json.loads(assess(healthy(2)).to_json())
FAULTY = json.loads(assess(faulty()).to_json())
WORDS = sorted({*names(REPORT), *names(FAULTY), "\ud800", "\x1b[2J", "\u202e", "9" * 400, "x" * 5000})
HOST = "198.18.0.11"


def _answered(stdout: str) -> None:
    """From what a node printed to its result."""
    answer = _result({"stdout": stdout, "stderr": stdout, "rc": 0})
    result = node_result(HOST, "node", answer, unreachable=False, timeout=30, silence="it said nothing")
    assert result.host == HOST
    assert (result.report is None) == (result.failure is not None)
    if result.report is None:
        assert result.error and len(result.error) <= REASON_LIMIT
        one_line(result.error)


def _output(raw: bytes) -> None:
    """Anything a node may print."""
    _answered(text(raw))


def _report(raw: bytes) -> None:
    """A report that is changed here and there."""
    _answered(f"noise{MARK}{json.dumps(Source(raw, WORDS).changed(REPORT))}\n")


def _read(given: str) -> None:
    """From a saved report to what is shown of it."""
    try:
        snapshot = merge([parse(given, "saved.json")])
    except MonitorError as error:
        one_line(str(error))
        return
    judged = assess(snapshot)
    told = json.loads(judged.to_json(), parse_constant=refused)
    assert {alert["node"] for alert in told["alerts"]} <= {node.host for node in snapshot.configured} | {"cluster"}
    assert "\x1b" not in brief.render(judged)


def _text(raw: bytes) -> None:
    _read(text(raw))


def _changed(raw: bytes) -> None:
    _read(json.dumps(Source(raw[1:], WORDS).changed(FAULTY if raw[:1] > b"\x80" else SAVED)))


SMALL = {"meta": {"environment": "a", "collected_at": "2026-01-01T00:00:00Z"}, "nodes": [{"host": "h"}]}
TARGETS = (
    Target("what a node prints", _output, (MARK.encode() + json.dumps({"timestamp": ""}).encode(), b"sudo: no")),
    Target("a node's report", _report, (b"", b"\1\2\3")),
    Target("a saved report's text", _text, (json.dumps(SMALL).encode(), b"{}", b"[" * 2000)),
    Target("a saved report", _changed, (b"", b"\1\2\3", b"\x90\2\3")),
)
