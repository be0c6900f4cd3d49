"""Which section of a node's report an alert speaks of."""

from __future__ import annotations


def section_of(subsystem: str) -> str | None:
    """The section's name; None for what concerns the whole report."""
    from orama_monitor.views.facts import SECTIONS

    return subsystem if subsystem in SECTIONS else None
