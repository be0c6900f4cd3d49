"""What one collection brought home: every node's report or why there is none. No judgement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from orama_monitor.errors import MonitorError
from orama_monitor.nodes import Node
from orama_monitor.report import SCHEMA_VERSION, NodeReport

Failure = Literal["unreachable", "collect_failed"]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
REASON_LIMIT = 300


class NodeResult(BaseModel):
    """One node's answer, or the failure that stands in for it.

    ``started`` and ``ended`` are the controller's clock (Unix seconds) around the question: the node's own clock
    reading was taken between them. ``collection_ms`` is how long the node's task took, SSH included.
    """

    model_config = ConfigDict(extra="allow")

    host: str
    role: str = "node"
    collection_ms: int | None = None
    started: Seconds | None = None
    ended: Seconds | None = None
    failure: Failure | None = None
    error: str | None = None
    report: NodeReport | None = None


class ConfiguredNode(BaseModel):
    """A node of the environment, whether it was asked or not."""

    host: str
    role: str = "node"


class Snapshot(BaseModel):
    """The nodes that were asked, and the environment they belong to.

    ``configured`` lists the whole environment: with ``--node`` or an interrupted collection, ``nodes`` is less.
    ``collected_at`` is when the collection began, ``duration_seconds`` how long it took.
    """

    environment: str
    collected_at: datetime
    duration_seconds: Seconds
    partial: bool = False
    configured: list[ConfiguredNode]
    nodes: list[NodeResult]

    @property
    def reports(self) -> dict[str, NodeReport]:
        """The reports that came, by host."""
        return {node.host: node.report for node in self.nodes if node.report is not None}


def configured(nodes: list[Node]) -> list[ConfiguredNode]:
    return [ConfiguredNode(host=node.host, role=node.role) for node in nodes]


def read_report(raw: Any) -> NodeReport:
    """A node's report as it came off the wire, validated. Raises ValueError with one line that says what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("no report came back")
    version = raw.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ValueError(f"the report has schema {version}, newer than {SCHEMA_VERSION}: upgrade orama-monitor")
    try:
        report = NodeReport.model_validate(raw)
        _read_back(raw)
    except ValidationError as error:
        reason = first_error(error)
    except ValueError as error:
        reason = str(error)
    else:
        return report
    raise ValueError(f"the report is not valid: {reason}"[:REASON_LIMIT])


def first_error(error: ValidationError) -> str:
    """Where the first thing is that is wrong, and what, without the value."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}"


def _read_back(raw: Any) -> None:
    """Raises ValueError where a saved report with this in it could not be: what is no text, too deep, no number."""
    from_json(to_json({"nodes": [{"report": raw}]}), allow_inf_nan=False)


def merge(snapshots: list[Snapshot]) -> Snapshot:
    """Several snapshots as one, such as the slices of one job. For a node in more than one the newest counts."""
    require_one_environment(snapshots)
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.collected_at)
    nodes = {node.host: node for snapshot in ordered for node in snapshot.nodes}
    everyone = {node.host: node for snapshot in ordered for node in snapshot.configured}
    began = ordered[0].collected_at
    ended = max(snapshot.collected_at.timestamp() + snapshot.duration_seconds for snapshot in ordered)
    return Snapshot(
        environment=ordered[0].environment,
        collected_at=began,
        duration_seconds=round(ended - began.timestamp(), 3),
        partial=any(node not in nodes for node in everyone) and any(part.partial for part in ordered),
        configured=list(everyone.values()),
        nodes=[nodes[host] for host in everyone if host in nodes],
    )


def now() -> datetime:
    return datetime.now(UTC)


def require_one_environment(snapshots: Iterable[Snapshot]) -> None:
    """Raises MonitorError where snapshots are of several: nothing of one says anything of another."""
    environments = sorted({snapshot.environment for snapshot in snapshots})
    if len(environments) != 1:
        raise MonitorError(f"reports of different environments do not go together: {', '.join(environments)}")
