"""Every generated page by its name below docs/."""

from __future__ import annotations

from generator import alerts, cli, collectors, schema


def pages() -> dict[str, str]:
    return {
        "alerts.md": alerts.page(),
        "collectors.md": collectors.page(),
        "report-schema.md": schema.page(),
        **{f"cli/{name}": text for name, text in cli.pages().items()},
    }
