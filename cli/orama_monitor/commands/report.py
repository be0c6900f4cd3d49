"""``orama monitor report``: the whole report, for programs and language models."""

from __future__ import annotations

import click

from orama_monitor.commands.options import Settings, global_flags


@click.command()
@click.option("--compact", is_flag=True, help="Leave out nulls and healthy detail; what alerts refer to stays.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("json", "markdown")),
    default="json",
    show_default=True,
    help="Markdown is a brief for pasting.",
)
@global_flags
def report(settings: Settings, compact: bool, format_: str) -> None:
    """Everything as JSON, what matters first; made to be read by a program or a language model.

    A saved report can be shown and judged again with --from.
    """
    from orama_monitor import output
    from orama_monitor.commands.parts import part
    from orama_monitor.commands.session import judged
    from orama_monitor.commands.show import leave, severity

    if format_ == "markdown" and settings.wants_json:
        raise click.UsageError("--format markdown goes with neither --json nor --query")
    whole, stopped = judged(settings)
    if format_ == "markdown":
        from orama_monitor.views import brief

        click.echo(brief.render(whole, severity(settings.severity)))
    else:
        data = part(whole, "report", severity(settings.severity))
        if compact:
            from orama_monitor.commands.compact import compacted

            data = compacted(data)
        output.show_checked(data, settings.query)
    leave(whole, settings, stopped)
