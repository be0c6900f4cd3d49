"""What Ansible says of one node's task, read as the node's result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orama_monitor.failures import failure
from orama_monitor.snapshot import NodeResult, read_report

FACT = "orama_report"


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
    facts = answer.get("ansible_facts") or {}
    if FACT in facts:
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
