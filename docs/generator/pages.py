"""Every generated page and picture by its name below docs/."""

from __future__ import annotations

from generator import alerts, cli, collectors, examples, pictures, schema


def pages() -> dict[str, str]:
    return {
        "alerts.md": alerts.page(),
        "collectors.md": collectors.page(),
        "report-schema.md": schema.page(),
        "cli/examples.md": examples.page(),
        **{f"cli/{name}": text for name, text in cli.pages().items()},
        **{f"images/{name}": picture for name, picture in pictures.pictures().items()},
    }
