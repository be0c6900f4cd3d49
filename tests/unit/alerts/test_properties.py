"""What holds for any report and any snapshot."""

from __future__ import annotations

import random
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orama_monitor.alerts import RULES, judge
from orama_monitor.report import NodeReport, Service
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.alerts.expected_roots import FAULTS
from tests.unit.alerts.faults import majority_stopped
from tests.unit.clusters import BEGAN, healthy, host, key, report, role

SLOW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))

# Names under which nodes know each other, so that made-up reports speak of one another.
NAMES = [
    *(host(index) for index in range(3)),
    *(key(index) for index in range(3)),
    *("n1", "n2", "10.0.0.1", "10.0.0.2:7001", "10.0.0.3:3320", "10.0.0.1/32", "198.18.0.11:51820", "[::1]:51820"),
    *("orama-node", "wg-quick@wg0", "Leader", "Follower", "Candidate", "Shutdown", "active", "inactive", "failed"),
    *("loaded", "ok", "600", "0.107.0", "5001/tcp ALLOW Anywhere", "Anywhere on wg0 ALLOW 10.0.0.0/8", "acme", ""),
]
TEXTS = st.sampled_from(NAMES) | st.text(max_size=20)


def values(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values that a field of this type accepts."""
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is Annotated:
        return values(arguments[0], arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(values(argument) for argument in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is list:
        return st.lists(values(arguments[0]), max_size=4)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=4)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return reports(annotation)
    least, most = _bounds(metadata)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        type(None): st.none(),
        bool: st.booleans(),
        str: TEXTS,
        int: st.sampled_from([0, 1, 5, 90, 200]).filter(lambda n: least <= n <= most) | st.integers(least, most),
        float: st.floats(allow_nan=False, allow_infinity=False),
    }
    return simple[annotation]


def _bounds(metadata: tuple[Any, ...]) -> tuple[int, int]:
    found = [part for one in metadata for part in (one.metadata if isinstance(one, FieldInfo) else [one])]
    least = [int(one.ge) for one in found if getattr(one, "ge", None) is not None]
    most = [int(one.le) for one in found if getattr(one, "le", None) is not None]
    return max(least, default=-(2**63)), min(most, default=2**64)


def reports(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    fields = {
        name: values(field.annotation, (field,))
        for name, field in model.model_fields.items()
        if name != "schema_version"
    }
    return st.fixed_dictionaries(fields)


results = st.builds(
    NodeResult,
    host=st.sampled_from([host(index) for index in range(4)] + ["n5.example", "2001:db8::1"]),
    role=st.sampled_from(["node", "nameserver-ns1", "nameserver"]),
    started=st.none() | st.floats(0, 1e10),
    ended=st.none() | st.floats(0, 1e10),
    failure=st.sampled_from([None, "unreachable", "collect_failed"]),
    report=st.none() | reports(NodeReport).map(NodeReport.model_validate),
)


@SLOW
@given(st.lists(results, max_size=4), st.booleans())
def test_any_valid_report_is_judged(nodes: list[NodeResult], more: bool) -> None:
    configured = [ConfiguredNode(host=node.host, role=node.role) for node in nodes]
    if more:
        configured.append(ConfiguredNode(host=host(9)))
    snapshot = Snapshot(environment="any", collected_at=BEGAN, duration_seconds=1.0, configured=configured, nodes=nodes)
    alerts = judge(snapshot)
    known = {node.host for node in configured} | {"cluster"}
    assert all(alert.node in known and alert.code in RULES for alert in alerts)
    assert all(
        len(alert.message) < 2000 and "\n" not in "".join([alert.message, alert.hint, *alert.about]) for alert in alerts
    )
    standing = {alert.key for alert in alerts if alert.is_root}
    assert all(alert.cause.key in standing for alert in alerts if alert.cause)


def nullable(at: Any, way: str = "") -> Iterator[str]:
    """Every field in a report that may be null and isn't, by its path."""
    if isinstance(at, BaseModel):
        for name, field in type(at).model_fields.items():
            value = getattr(at, name)
            optional = type(None) in typing.get_args(field.annotation)
            if optional and value is not None:
                yield f"{way}{name}"
            yield from nullable(value, f"{way}{name}.")
    elif isinstance(at, dict):
        for name, value in at.items():
            if isinstance(value, BaseModel) and "." not in name:
                yield from nullable(value, f"{way}{name}.")
    elif isinstance(at, list):
        for place, value in enumerate(at):
            if isinstance(value, BaseModel):
                name = value.name if isinstance(value, Service) else str(place)
                yield from nullable(value, f"{way.replace('services.services.', 'services.')}{name}.")


PATHS = sorted(set(nullable(report(healthy(), 1))))
CERTIFICATES = ("dns.base_tls", "dns.wild_tls")


def test_there_are_fields_to_make_null() -> None:
    assert len(PATHS) > 250 and "system.time_unix" in PATHS and "services.coredns.enabled" in PATHS


@pytest.mark.parametrize("index", [0, 1])
def test_one_unknown_field_of_a_healthy_node_is_no_alert(index: int) -> None:
    snapshot = healthy()
    for path in PATHS:
        if path.startswith(CERTIFICATES):
            continue
        parts = path.split(".")
        before = _read(snapshot, index, parts)
        b.put(snapshot, index, path, None)
        assert judge(snapshot) == [], path
        b.put(snapshot, index, path, before)


def _read(snapshot: Snapshot, index: int, parts: list[str]) -> Any:
    at: Any = report(snapshot, index)
    for part in parts:
        at = b.step(at, part)
    return at


# A peer that has no handshake reports null for it: that null is known, and so is the absence of a certificate.
MEANS_SOMETHING = ("wireguard.peers.", *CERTIFICATES)


@SLOW
@given(
    st.sampled_from([fault for fault, _ in FAULTS]),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(PATHS)), min_size=1, max_size=6),
)
@example(majority_stopped, [(0, "rqlite.nodes.n4.reachable")])
@example(majority_stopped, [(0, "rqlite.nodes.n4.reachable"), (1, "rqlite.nodes.n4.reachable")])
def test_nulls_add_no_alert(fault: Any, nulls: list[tuple[int, str]]) -> None:
    """What is less known may move an alert to the other end of a link, and never makes one of a new kind."""
    snapshot = healthy()
    fault(snapshot)
    before = {alert.code for alert in judge(snapshot)} | {"COLLECTOR_FAILED"}
    for index, path in nulls:
        if host(index) in snapshot.reports and not path.startswith(MEANS_SOMETHING):
            try:
                b.put(snapshot, index, path, None)
            except (AttributeError, StopIteration, KeyError, TypeError, IndexError):
                continue  # a longer path into what is null already
    after = {alert.code for alert in judge(snapshot)}
    assert after <= before


@SLOW
@given(st.sampled_from([fault for fault, _ in FAULTS]), st.randoms(use_true_random=False))
def test_the_order_of_nodes_never_matters(fault: Any, rng: random.Random) -> None:
    snapshot = healthy()
    fault(snapshot)
    expected = judge(snapshot)
    rng.shuffle(snapshot.nodes)
    rng.shuffle(snapshot.configured)
    for node in snapshot.nodes:
        if node.report and node.report.wireguard and node.report.wireguard.peers:
            rng.shuffle(node.report.wireguard.peers)
    assert judge(snapshot) == expected


@SLOW
@given(st.integers(1, 30), st.integers(0, 3))
def test_copies_of_a_healthy_node_are_silent(nodes: int, nameservers: int) -> None:
    snapshot = healthy(nodes, nameservers=nameservers)
    assert [node.role for node in snapshot.nodes] == [role(index, nameservers) for index in range(nodes)]
    assert judge(snapshot) == []
