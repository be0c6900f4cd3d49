"""The ``orama`` command tree, nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn, TextIO

import click

from orama_monitor import __version__
from orama_monitor.commands.lazy import LazyGroup
from orama_monitor.commands.options import Settings, global_flags
from orama_monitor.errors import MonitorError

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141
ERROR_LIMIT = 2000
_SHOW = "orama_monitor.commands.show"
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_MONITOR = {
    "live": ("orama_monitor.commands.live:live", "Full-screen view that refreshes itself (the default)."),
    "cluster": (f"{_SHOW}:cluster", "All nodes at a glance, the summary, and the alerts."),
    "node": (f"{_SHOW}:node", "Everything about each node, what hurts first."),
    "service": (f"{_SHOW}:service", "Which service runs where: nodes by units."),
    "mesh": (f"{_SHOW}:mesh", "WireGuard: who hears whom, and how long ago."),
    "dns": (f"{_SHOW}:dns", "CoreDNS, Caddy, resolution and certificates."),
    "namespaces": (f"{_SHOW}:namespaces", "RQLite, Olric and gateway of each namespace."),
    "alerts": (f"{_SHOW}:alerts", "What is wrong, worst first, and what to do next."),
    "report": ("orama_monitor.commands.report:report", "Everything as JSON, for programs and language models."),
    "explain": ("orama_monitor.commands.explain:explain", "What an alert means and what to do about it."),
    "mute": ("orama_monitor.commands.mute:mute", "Silence an alert for a while, with a reason."),
    "inventory": ("orama_monitor.commands.inventory:inventory", "The Ansible inventory of an environment."),
    "schema": ("orama_monitor.commands.schema:schema", "JSON Schema of the reports."),
    "completion": ("orama_monitor.commands.completion:completion", "Completion script for your shell."),
}


@click.group(
    cls=LazyGroup,
    lazy={
        "monitor": ("orama_monitor.app:monitor", "Is anything wrong in the cluster right now?"),
        "node": ("orama_monitor.app:node", "What this machine says of itself."),
    },
    context_settings=_HELP,
)
@click.version_option(__version__, prog_name="orama", message="%(prog)s %(version)s")
def orama() -> None:
    """Orama Monitor: health of an Orama cluster, collected over SSH."""


@click.group(cls=LazyGroup, lazy=_MONITOR, invoke_without_command=True, context_settings=_HELP)
@click.version_option(__version__, prog_name="orama", message="%(prog)s %(version)s")
@global_flags
@click.pass_context
def monitor(context: click.Context, settings: Settings) -> None:
    """Is anything wrong in the cluster right now, and what?

    Flags may stand before or after the command. Without a command the live view opens.
    """
    if context.invoked_subcommand is None:
        from orama_monitor.commands.live import run

        run(settings)


@click.group(
    cls=LazyGroup,
    lazy={"report": ("orama_monitor.commands.node_report:report", "Collect on this machine and print the report.")},
    context_settings=_HELP,
)
def node() -> None:
    """What this machine says of itself (to be run on a node)."""


def main() -> NoReturn:
    """Run the command line and exit. Whatever stops it is one line on standard error."""
    code = EXIT_FAILED
    try:
        from orama_monitor import output

        output.prepare()
        code = orama.main(prog_name="orama", standalone_mode=False) or 0
        sys.stdout.flush()
    except click.ClickException as error:
        _complain(error)
        code = error.exit_code
    except MonitorError as error:
        _say(str(error))
    except (KeyboardInterrupt, click.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        code = EXIT_CLOSED_PIPE
    except SystemExit as ended:  # click's after a completion; with a code, click's and Rich's answer to a closed pipe
        code = EXIT_CLOSED_PIPE if ended.code else 0
    except OSError as error:
        _say(error.strerror or str(error))
    _finish(code)


def _complain(error: click.ClickException) -> None:
    _say(error.format_message())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        with contextlib.suppress(OSError):
            click.echo(f"Try: {error.ctx.command_path} --help", err=True)


def _say(error: str) -> None:
    """One line on standard error; some of it may be a node's words."""
    if not error.isprintable():
        from orama_monitor.views.text import clean

        error = clean(error.encode("utf-8", "backslashreplace").decode(), ERROR_LIMIT)
    with contextlib.suppress(OSError):  # nobody reads
        click.echo(f"orama: {error}", err=True)


def _finish(code: int) -> NoReturn:
    """Exit without the interpreter's own complaint, and code, about a pipe or terminal that is gone."""
    if not _flushed(sys.stdout, 1):
        code = code or EXIT_CLOSED_PIPE
    _flushed(sys.stderr, 2)
    sys.exit(code)


def _flushed(stream: TextIO | None, number: int) -> bool:
    """Whether what was written has gone where it should; else it goes nowhere."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        return False
    return True


if __name__ == "__main__":
    main()
