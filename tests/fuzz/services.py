"""Whole collectors, and parsers of services' JSON: whatever a service answers, the report stays one that is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS, gateway, ipfs, olric, rqlite
from ansible_collections.orama.monitor.plugins.module_utils.errors import Absent, Incomplete, Missing, ProbeError
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe, Response
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.replay import Replay
from orama_monitor import report
from tests.fuzz.recorded import answers, cases
from tests.fuzz.target import Source, Target, as_json, choices, one_line

CASES = cases()
WORDS = sorted(
    {
        *("store", "raft", "state", "term", "sqlite3", "db_size", "db_size_friendly", "leader", "addr", "node_id"),
        *("voter", "reachable", "time", "error", "memstats", "HeapAlloc", "results", "values", "Peers", "RepoSize"),
        *("StorageMax", "Version", "version", "cluster_peers", "id", "ipfs", "subsystems", "status", "latency"),
        *("true", "false", "-1", "9223372036854775808", "1e999", "", "\ud800", "\u202e", "\n", "x" * 5000),
        *(name for source in rqlite.COUNTERS.values() for path in source for name in path.split(".")),
    }
)


def _status(found: Any) -> None:
    report.Rqlite.model_validate(rqlite.parse_status(found))
    report.Rqlite.model_validate(rqlite.parse_nodes(found))
    report.Rqlite.model_validate(rqlite.parse_vars(found))
    assert rqlite.read_succeeded(Response(200, json.dumps(found))) in (True, False)


def _others(found: Any) -> None:
    report.Gateway.model_validate(gateway.parse_health(found))
    report.Ipfs.model_validate(ipfs.parse_repository(found) or {})
    report.Olric.model_validate(olric.parse_members(found))
    ipfs.parse_bootstrap_empty(found)


def _peers(found: Any) -> None:
    for complete in (True, False):
        try:
            peers = ipfs.parse_cluster_peers(Response(200, json.dumps(found), complete))
        except ValueError:
            continue
        report.Ipfs.model_validate(ipfs.count_cluster_peers(peers, ipfs.count_silent(found, peers)))


CHECKS = tuple(lambda raw, parse=parse: parse(Source(raw, WORDS).value()) for parse in (_status, _others, _peers))


class Altered(Replay):
    """A recorded case in which some answers are others; what was not recorded is not on this node."""

    def _answering(self, name: str) -> Any:
        ask = super()._answering(name)

        def answer(*args: Any, **named: Any) -> Any:
            try:
                return ask(*args, **named)
            except AssertionError:
                raise Missing("not recorded") from None

        return answer


#: What the collector itself would not survive to be otherwise: the answers of our own code about the machine.
OURS = {"monotonic", "time", "privileged", "cpu_count", "virtual_memory", "swap_memory", "disk_usage"}
OURS |= {"processes", "socket_owners", "clock_synchronized"}


def _altered(case: dict[str, Any], source: Source) -> dict[str, Any]:
    """The case with answers to some of its questions changed, by their kind."""
    asked = [dict(item) for item in case["asked"]]
    for _change in range(6):
        if not source or not asked:
            break
        item = asked[source.number() % len(asked)]
        item["answer"] = _other(item, source)
    return dict(case, asked=asked)


def _other(item: dict[str, Any], source: Source) -> dict[str, Any]:
    question: list[Any] = item["question"]
    answer: dict[str, Any] = item["answer"]
    if question[0] in ("permissions", "exists", "has", "entries", "dns", "certificate") or "error" in answer:
        return answer
    if question[0] == "machine" and question[1] in OURS:
        return answer
    for kind, field in (("Output", "stdout"), ("Response", "body")):
        if kind in answer:
            return {kind: dict(answer[kind], **{field: _told(answer[kind][field], source)})}
    if question[0] == "resp":
        return {"value": source.value()}
    return {"value": _told(answer["value"], source)} if isinstance(answer.get("value"), str) else answer


def _told(before: str, source: Source) -> str:
    """Another text: JSON of any kind, a part of the old one with something put in, or anything."""
    kind = source.number() % 4
    if kind == 0:
        return json.dumps(source.value())
    if kind == 1:
        return source.string()
    place = source.number(2) % (len(before) + 1)
    return before[:place] + source.string() + before[place + (source.number() if kind == 2 else 0) :]


def _collected(raw: bytes) -> None:
    source = Source(raw, WORDS)
    name, case = CASES[source.number(2) % len(CASES)]
    section = _section(COLLECTORS[name], Altered(_altered(case, source)))
    if section is not None:
        told = json.loads(as_json(section))
        report.NodeReport.model_validate({"timestamp": "", "hostname": "", "collect_ms": 0, name: told})


def _section(collect: Callable[[Probe], Any], probe: Probe) -> Any:
    """What a collector tells. Any error but those it may raise is a crash, and gets out."""
    try:
        return collect(probe)
    except Absent:
        return None
    except Incomplete as error:
        assert isinstance(error.cause, ProbeError)
        one_line(node._line(error.cause))
        return error.section
    except ProbeError as error:
        one_line(node._line(error))
        return None


TARGETS = (
    Target("services' JSON", choices(CHECKS), tuple(told.encode() for told in answers("http")), share=6, longest=1000),
    Target("whole collectors", _collected, tuple(bytes([number % 256, number // 256]) for number in range(len(CASES)))),
)
