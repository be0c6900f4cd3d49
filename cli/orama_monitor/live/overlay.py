"""The cluster while it is being asked: who has answered anew, over what was known before. Pure.

Only answers of one collection are judged together. An alert gives way when the node that it stands on has answered and
those that it speaks of have, an alert on the cluster when all have: a leader that moved between two refreshes must not
look like two leaders, and what a dead node leaves behind not like a fault of each other one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set

from orama_monitor.alerts.alert import CLUSTER, Alert
from orama_monitor.cluster_report import ClusterReport, summarize
from orama_monitor.snapshot import Snapshot


def judged_together(last: Snapshot | None, arrived: Snapshot, awaited: Set[str]) -> Snapshot:
    """What has arrived, and of the ``awaited`` nodes those that did not answer last: silence is of no moment."""
    silent = [node for node in (last.nodes if last else []) if node.report is None and node.host in awaited]
    return arrived.model_copy(update={"nodes": [*arrived.nodes, *silent]})


def overlay(before: ClusterReport | None, arrived: Snapshot, fresh: ClusterReport, awaited: Set[str]) -> ClusterReport:
    """``before`` with the nodes of ``arrived``, which are judged in ``fresh``, in place of their older selves."""
    new = {node.host: node for node in fresh.nodes if node.host not in awaited}
    if before is None:
        asked = [node for node in arrived.configured if node.host in awaited or node.host in new]
        alerts = _settled(fresh.alerts, [], new.keys(), awaited)
        meta = fresh.meta.model_copy(update={"configured": asked})
        return fresh.model_copy(update={"meta": meta, "alerts": alerts, "summary": summarize(arrived, alerts)})
    order = [node.host for node in arrived.configured]
    known = {node.host: node for node in before.nodes if node.host in order} | new
    nodes = [known[host] for host in order if host in known]
    alerts = _merged(before.alerts, fresh.alerts, new.keys(), known.keys(), awaited)
    statuses = Counter(node.status for node in nodes)
    meta = before.meta.model_copy(
        update={
            "node_count": len(nodes),
            "healthy_count": statuses["healthy"],
            "degraded_count": statuses["degraded"],
            "unreachable_count": statuses["unreachable"],
        }
    )
    shown = arrived.model_copy(update={"nodes": nodes})
    return before.model_copy(
        update={"meta": meta, "nodes": nodes, "alerts": alerts, "summary": summarize(shown, alerts)}
    )


def _has_settled(alert: Alert, answered: Set[str], awaited: Set[str]) -> bool:
    return alert.node in answered and awaited.isdisjoint(alert.about)


def _settled(fresh: list[Alert], older: list[Alert], answered: Set[str], awaited: Set[str]) -> list[Alert]:
    """The fresh alerts that give way no more, but for what follows from one that is not told yet."""
    settled = [alert for alert in fresh if _has_settled(alert, answered, awaited)]
    told = {alert.key for alert in [*older, *settled]}
    return [alert for alert in settled if alert.cause is None or alert.cause.key in told]


def _merged(
    before: list[Alert], fresh: list[Alert], answered: Set[str], known: Set[str], awaited: Set[str]
) -> list[Alert]:
    older = [
        alert
        for alert in before
        if alert.node == CLUSTER or (alert.node in known and not _has_settled(alert, answered, awaited))
    ]
    return sorted(
        [*older, *_settled(fresh, older, answered, awaited)],
        key=lambda alert: (not alert.is_root, alert.severity.rank, alert.code, alert.node, alert.message),
    )
