"""``orama monitor schema``: the reports' JSON Schema."""

from __future__ import annotations

from typing import Any

import click

from orama_monitor.commands.options import Settings, global_flags

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command()
@click.argument("which", type=click.Choice(("cluster", "node")), default="cluster")
@global_flags
def schema(settings: Settings, which: str) -> None:
    """Print the JSON Schema (draft 2020-12) of a report.

    WHICH is `cluster` (what `orama monitor report` prints, the default) or `node` (what `orama node report --json`
    prints).
    """
    from orama_monitor import output

    output.show_json(of(which), settings.query)


def of(which: str) -> dict[str, Any]:
    """The schema of one kind of report, as it is written."""
    from orama_monitor.cluster_report import ClusterReport
    from orama_monitor.report import NodeReport

    model = ClusterReport if which == "cluster" else NodeReport
    return {"$schema": DIALECT, **model.model_json_schema(mode="serialization")}
