"""Of which alerts a report can't tell whether they still stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orama_monitor.alerts import RULES

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


def why_unknown(report: ClusterReport, code: str, host: str) -> str | None:
    """Why an alert that is not in the report may stand on the node all the same; None where it doesn't.

    Where a part of it came, only a timeout leaves it open: another failure, as of a missing library, may last for ever.
    """
    node = report.node(host)
    if node is None:
        return None
    if node.report is None:
        return "The node does not answer"
    section = RULES[code].section if code in RULES else ""
    outcome = node.report.collectors.get(section)
    if outcome is None:
        return None
    failed = outcome.status == "failed" and getattr(node.report, section, None) is None
    if failed or outcome.status == "timeout":
        return f"The node's {section} could not be collected"
    return None
