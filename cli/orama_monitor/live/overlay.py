"""The cluster while it is being asked: who has answered anew, over what was known before. Pure.

Only answers of one collection are judged together. An alert on a node gives way when that node answers, an alert on
the cluster when all have: a leader that moved between two refreshes must not look like two leaders.
"""

from __future__ import annotations

from collections import Counter

from orama_monitor.alerts.alert import CLUSTER, Alert
from orama_monitor.cluster_report import ClusterReport, summarize
from orama_monitor.snapshot import ConfiguredNode, Snapshot


def overlay(before: ClusterReport | None, arrived: Snapshot, fresh: ClusterReport) -> ClusterReport:
    """``before`` with the nodes of ``arrived``, which are judged in ``fresh``, in place of their older selves."""
    if before is None:
        alerts = [alert for alert in fresh.alerts if alert.node != CLUSTER]
        answered = [ConfiguredNode(host=node.host, role=node.role) for node in fresh.nodes]
        meta = fresh.meta.model_copy(update={"partial": False, "configured": answered})
        return fresh.model_copy(update={"meta": meta, "alerts": alerts, "summary": summarize(arrived, alerts)})
    new = {node.host: node for node in fresh.nodes}
    order = [node.host for node in arrived.configured]
    known = {node.host: node for node in before.nodes if node.host in order} | new
    nodes = [known[host] for host in order if host in known]
    alerts = _merged(before.alerts, fresh.alerts, set(new), set(known))
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


def _merged(before: list[Alert], fresh: list[Alert], answered: set[str], known: set[str]) -> list[Alert]:
    older = [alert for alert in before if alert.node == CLUSTER or (alert.node in known and alert.node not in answered)]
    newer = [alert for alert in fresh if alert.node in answered]
    return sorted(
        [*older, *newer],
        key=lambda alert: (not alert.is_root, alert.severity.rank, alert.code, alert.node, alert.message),
    )
