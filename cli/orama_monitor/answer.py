"""What Ansible says of one node's task, read as the node's result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orama_monitor.failures import LOGIN_REFUSED, failure
from orama_monitor.nodes import Node
from orama_monitor.private_key import trouble
from orama_monitor.snapshot import NodeResult, read_report

FACT = "orama_report"


def event_result(node: Node, data: Mapping[str, Any], *, unreachable: bool, timeout: float) -> NodeResult:
    """The result in the data of an event of ansible-runner that ends a node's task."""
    result = node_result(
        node.host,
        node.role,
        data.get("res") or {},
        unreachable=unreachable,
        timeout=timeout,
        silence="its answer was empty or too large to take",
    )
    result.collection_ms = _took(data)
    if result.error == LOGIN_REFUSED and node.ssh_key and (reason := trouble(node.ssh_key)):
        result.error = f"login refused: {reason}"
    return result


def no_result(node: Node) -> NodeResult:
    """What stands for a node that was asked and never heard of."""
    return NodeResult(host=node.host, role=node.role, failure="collect_failed", error="no answer came back")


def node_result(
    host: str, role: str, answer: Mapping[str, Any], *, unreachable: bool, timeout: float, silence: str
) -> NodeResult:
    """The report in ``answer``, a task's result, or why there is none.

    ``timeout`` is what a node was given, in s; ``silence`` says what an empty answer means.
    """
    started, ended = bounds(answer)
    result = NodeResult(host=host, role=role, started=started, ended=ended)
    if started is not None and ended is not None:
        result.collection_ms = round((ended - started) * 1000)
    facts = answer.get("ansible_facts")
    if isinstance(facts, Mapping) and FACT in facts:
        try:
            result.report = read_report(facts[FACT])
        except ValueError as error:
            result.failure, result.error = "collect_failed", str(error)
    elif answer:
        result.failure, result.error = failure(answer, unreachable, timeout)
    else:
        result.failure, result.error = "collect_failed", silence
    return result


def bounds(answer: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Between which moments of the controller's clock the node read its own, as the action plugin saw it."""
    started, ended = answer.get("started"), answer.get("ended")
    if isinstance(started, float) and isinstance(ended, float) and 0 <= started <= ended:
        return started, ended
    return None, None


def _took(data: Mapping[str, Any]) -> int | None:
    """How many ms the node's task took, from the times of its event."""
    try:
        took = datetime.fromisoformat(str(data["end"])) - datetime.fromisoformat(str(data["start"]))
    except (KeyError, ValueError):
        return None
    return max(0, round(took.total_seconds() * 1000))
