"""The alerts that a page is about, below its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.views.alerts import roots
from orama_monitor.views.folding import fold

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


def notes(report: ClusterReport, section: str, least: Severity | None) -> list[RenderableType]:
    """The roots of this section's subsystem, and what says that the section is missing; or nothing."""
    found = [root for root in fold(report.alerts, least).roots if _is_of(root.alert, section)]
    return [Text(), *roots(found)] if found else []


def _is_of(alert: Alert, section: str) -> bool:
    return alert.subsystem == section or (alert.subsystem == "collection" and section in alert.about)
