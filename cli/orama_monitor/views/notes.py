"""The alerts that a page is about, below its table."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts.alert import Severity
from orama_monitor.views.alerts import roots
from orama_monitor.views.folding import fold

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


def notes(report: ClusterReport, subsystems: Set[str], least: Severity | None) -> list[RenderableType]:
    """The roots of these subsystems, or nothing."""
    found = [root for root in fold(report.alerts, least).roots if root.alert.subsystem in subsystems]
    return [Text(), *roots(found)] if found else []
