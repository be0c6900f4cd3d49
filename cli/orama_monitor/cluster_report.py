"""The cluster report: a snapshot, judged. What ``orama monitor report`` prints and ``--from`` reads back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Set
from functools import partial
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr

from orama_monitor.alerts import judge
from orama_monitor.alerts.alert import CLUSTER, Alert, Severity, standing
from orama_monitor.alerts.policy import Policy
from orama_monitor.alerts.rule import Rule
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.report import SCHEMA_VERSION, NodeReport
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot

Status = Literal["healthy", "degraded", "unreachable"]
#: Stands on the host under which a machine is judged, and is about the other one, of which there is no alert.
NAMED_TWICE = "NODE_NAMED_TWICE"


class Meta(BaseModel):
    """When and where, and how many nodes are in which status. ``partial``: the collection was interrupted."""

    model_config = ConfigDict(extra="allow")

    environment: str
    collected_at: AwareDatetime
    duration_seconds: float
    node_count: int
    healthy_count: int
    degraded_count: int
    unreachable_count: int
    partial: bool = False
    schema_version: int = SCHEMA_VERSION
    configured: list[ConfiguredNode] = Field(default_factory=list)


class Summary(BaseModel):
    """The cluster in a few lines. Alerts are counted with their consequences; muted ones, with theirs, apart.

    ``wg_mesh_status`` and ``service_health`` call all well only with the number of nodes that told, or are shown, where
    it is not all of the environment: ``all nominal (1 of 5 nodes heard)``.
    """

    model_config = ConfigDict(extra="allow")

    rqlite_leader: str | None = None
    rqlite_voters: str | None = None
    rqlite_raft_term: int | None = None
    wg_mesh_status: str
    service_health: str
    critical_alerts: int
    warning_alerts: int
    info_alerts: int
    root_alerts: int
    muted_alerts: int


class JudgedNode(NodeResult):
    """A node's answer with its status."""

    status: Status


class ClusterReport(BaseModel):
    """The whole: what the mission calls the report."""

    model_config = ConfigDict(extra="allow")

    meta: Meta
    summary: Summary
    alerts: list[Alert]
    nodes: list[JudgedNode]
    _stale_after: float = PrivateAttr(default=Thresholds().wg_handshake_s)

    @property
    def stale_after(self) -> float:
        """Above how many s a handshake is stale, by the policy that judged."""
        return self._stale_after

    def standing(self, least: Severity = Severity.INFO, node: str | None = None) -> list[Alert]:
        """The alerts as severe as ``least``, of one host or all; without what is muted and what that explains."""
        return [alert for alert in standing(self.alerts, least) if node in (None, alert.node)]

    def node(self, host: str) -> JudgedNode | None:
        return next((node for node in self.nodes if node.host == host), None)

    def to_json(self, indent: int | None = 2) -> str:
        return self.model_dump_json(indent=indent, ensure_ascii=True)


def assess(
    snapshot: Snapshot,
    policy: Policy | None = None,
    shown: Collection[str] | None = None,
    rules: Iterable[Rule] | None = None,
) -> ClusterReport:
    """Judge a snapshot, by ``rules`` or all there are: its alerts, each node's status, and the summary.

    With ``shown`` all nodes are judged, and only what concerns these hosts is told.
    """
    policy = (policy or Policy()).for_environment(snapshot.environment)
    alerts = judge(snapshot, policy, rules)
    failing = {alert.node for alert in standing(alerts, Severity.CRITICAL)}
    failing |= {twin for alert in alerts if alert.code == NAMED_TWICE and alert.node in failing for twin in alert.about}
    nodes = [_judged(node, failing) for node in snapshot.nodes if shown is None or node.host in shown]
    if shown is not None:
        alerts = _concerning(alerts, {CLUSTER, *shown})
    statuses = Counter(node.status for node in nodes)
    meta = Meta(
        environment=snapshot.environment,
        collected_at=snapshot.collected_at,
        duration_seconds=round(snapshot.duration_seconds, 3),
        node_count=len(nodes),
        healthy_count=statuses["healthy"],
        degraded_count=statuses["degraded"],
        unreachable_count=statuses["unreachable"],
        partial=snapshot.partial,
        configured=snapshot.configured,
    )
    report = ClusterReport(meta=meta, summary=summarize(snapshot, alerts, shown), alerts=alerts, nodes=nodes)
    report._stale_after = policy.thresholds.wg_handshake_s
    return report


def _concerning(alerts: list[Alert], names: Set[str]) -> list[Alert]:
    """The alerts that stand on one of these or speak of it, and the roots that explain them."""
    found = [alert for alert in alerts if alert.node in names or not names.isdisjoint(alert.about)]
    keys = {key for alert in found for key in (alert.key, alert.cause and alert.cause.key)}
    return [alert for alert in alerts if alert.key in keys]


def _judged(node: NodeResult, failing: set[str]) -> JudgedNode:
    if node.report is None:
        status: Status = "unreachable"
    elif node.host in failing:
        status = "degraded"
    else:
        status = "healthy"
    return JudgedNode.model_construct(**{**dict(node), "status": status})


def summarize(snapshot: Snapshot, alerts: list[Alert], shown: Collection[str] | None = None) -> Summary:
    """The summary of a snapshot and its alerts, which may be those of the ``shown`` hosts alone."""
    heard = standing(alerts)
    severities = Counter(alert.severity for alert in heard)
    reports = list(snapshot.reports.values())
    judged = [report for host, report in snapshot.reports.items() if shown is None or host in shown]
    everyone = len(snapshot.configured)
    well = partial(_all_well, judged, everyone if shown is None else len(shown), everyone)
    return Summary(
        rqlite_leader=_leader(reports),
        rqlite_voters=_voters(reports),
        rqlite_raft_term=max((r.rqlite.term for r in reports if r.rqlite and r.rqlite.term is not None), default=None),
        wg_mesh_status=_mesh(heard) or well("wireguard", "all connected"),
        service_health=_services(heard) or well("services", "all nominal"),
        critical_alerts=severities[Severity.CRITICAL],
        warning_alerts=severities[Severity.WARNING],
        info_alerts=severities[Severity.INFO],
        root_alerts=sum(alert.is_root for alert in heard),
        muted_alerts=len(alerts) - len(heard),
    )


def _leader(reports: list[NodeReport]) -> str | None:
    """The address of the leader most nodes name, without its port."""
    named = Counter(r.rqlite.leader_addr for r in reports if r.rqlite and r.rqlite.leader_addr)
    if not named:
        return None
    return named.most_common(1)[0][0].rpartition(":")[0].strip("[]")


def _voters(reports: list[NodeReport]) -> str | None:
    """Reachable voters of all voters, as the best-informed view (the leader's, if there is one) has them."""
    views = [r.rqlite for r in reports if r.rqlite and r.rqlite.nodes]
    if not views:
        return None
    best = min(views, key=lambda view: (view.raft_state != "Leader", -len(view.nodes or {})))
    voters = [node for node in (best.nodes or {}).values() if node.voter]
    return f"{sum(bool(node.reachable) for node in voters)}/{len(voters)}"


def _mesh(alerts: list[Alert]) -> str:
    counts = _counts(alerts)
    said = [
        (counts["WG_DOWN"], "interface down", "interfaces down"),
        (counts["WG_PEER_MISSING"], "peer missing", "peers missing"),
        (counts["WG_PEER_NEVER_HANDSHAKED"], "peer never seen", "peers never seen"),
        (counts["WG_HANDSHAKE_STALE"], "stale handshake", "stale handshakes"),
    ]
    return _sentence(said)


def _services(alerts: list[Alert]) -> str:
    counts = _counts(alerts)
    said = [
        (counts["SERVICE_FAILED"], "service failed", "services failed"),
        (counts["SERVICE_INACTIVE"], "service inactive", "services inactive"),
        (counts["SERVICE_RESTART_LOOP"], "service in a restart loop", "services in a restart loop"),
        (counts["UNIT_FAILED"], "other unit failed", "other units failed"),
    ]
    return _sentence(said)


def _counts(alerts: list[Alert]) -> Counter[str]:
    """Of how many peers, units or interfaces the alerts tell, by their code."""
    counts: Counter[str] = Counter()
    for alert in alerts:
        counts[alert.code] += max(1, len(alert.about))
    return counts


def _all_well(reports: list[NodeReport], wanted: int, everyone: int, section: str, words: str) -> str:
    """The good news, and of how many nodes it is where some said nothing, or where not all were wanted."""
    if not any(getattr(report, section) for report in reports):
        return "not known"
    told = sum(_tells(report, section) for report in reports)
    if told < wanted:
        return f"{words} ({told} of {wanted} nodes heard)"
    return words if wanted >= everyone else f"{words} ({wanted} of {everyone} nodes shown)"


def _tells(report: NodeReport, section: str) -> bool:
    outcome = report.collectors.get(section)
    return getattr(report, section) is not None or (outcome is not None and outcome.status == "absent")


def _sentence(counted: list[tuple[int, str, str]]) -> str:
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counted if count)
