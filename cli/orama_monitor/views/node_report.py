"""One machine as it sees itself: how each collector ended, slowest first, then everything it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.views import details, style
from orama_monitor.views.facts import Judged
from orama_monitor.views.node import one
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


def render(report: ClusterReport) -> RenderableType:
    """The whole page, for a report of exactly one node."""
    node = report.nodes[0]
    if node.report is None:
        return Text(clean(node.error or "no report"), style=style.BAD)
    found = report.standing(node=node.host)
    collectors = details.collectors(node.report)
    collectors.indent = 0
    return Group(collectors, Text(), *one(node, Judged(found, report.stale_after), detailed=False))
