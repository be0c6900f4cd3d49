"""What goes to standard output: tables as wide as the terminal, plain when piped; JSON; what a query finds."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from orama_monitor.errors import MonitorError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH_WITHOUT_TERMINAL = 160
_PLAIN = str.maketrans("✓✗…–·→└⇄≠⏎↻○∅≤×", "+x~-|>`=#/@o0<*")


def prepare() -> None:
    """Make standard output and error survive any character. Raises MonitorError when there is no output."""
    codecs.register_error("orama", _ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="orama")
    if sys.stdout is None:
        raise MonitorError("standard output is closed")


def _ascii(error: UnicodeError) -> tuple[str, int]:
    """Stand-ins for characters that the terminal's encoding does not have."""
    assert isinstance(error, UnicodeEncodeError)
    characters = error.object[error.start : error.end].translate(_PLAIN)
    return "".join(c if c.isascii() else "?" for c in characters), error.end


def console() -> Console:
    """A console on standard output, as wide as the terminal in which a pager or a file of it will be read."""
    from rich.console import Console

    told = "COLUMNS" in os.environ or any(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr) if stream)
    width = None if told else WIDTH_WITHOUT_TERMINAL
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def show(renderable: RenderableType) -> None:
    """Print a view. No line ends in blanks."""
    console().print(renderable)


def show_json(data: Any, query: str | None = None) -> None:
    """Print ``data``, or what the query finds in it."""
    click.echo(written(data, query))


def show_checked(data: Any, query: str | None = None) -> None:
    """The same for what was a model, so that it is JSON for certain: pydantic writes it ten times as fast."""
    from pydantic_core import to_json

    if query is None:
        click.echo(to_json(data, indent=2, ensure_ascii=True))
    else:
        show_json(data, query)


def written(data: Any, query: str | None = None) -> str:
    """``data``, or what the query finds in it, as JSON. Raises UsageError where that is no JSON."""
    found = search(query, data) if query is not None else data
    try:
        return json.dumps(found, indent=2, ensure_ascii=True, allow_nan=False)
    except (TypeError, ValueError):
        raise click.UsageError(f"--query: {query!r} finds no value that JSON has") from None


def require_query(query: str | None) -> None:
    """Raises UsageError where the query could not be read, whatever it were asked of."""
    if query is not None:
        with _complaints(query):
            _compiled(query)


def search(query: str, data: Any) -> Any:
    """What a JMESPath expression finds. Raises UsageError that says where it is wrong."""
    with _complaints(query):
        return _compiled(query).search(data)


def _compiled(query: str) -> Any:
    """The expression; its functions are ones that there are, which JMESPath itself says only where one is called."""
    import jmespath
    from jmespath.exceptions import UnknownFunctionError
    from jmespath.functions import Functions

    expression = jmespath.compile(query)
    parts = [expression.parsed]
    while parts:
        part = parts.pop()
        if part["type"] == "function_expression" and part["value"] not in Functions.FUNCTION_TABLE:
            raise UnknownFunctionError(f"Unknown function: {part['value']}()")
        parts += [child for child in part["children"] if isinstance(child, dict)]
    return expression


@contextlib.contextmanager
def _complaints(query: str) -> Iterator[None]:
    """What JMESPath has against the query, as a UsageError."""
    from jmespath import exceptions

    try:
        yield
    except exceptions.IncompleteExpressionError:
        raise click.UsageError(f"--query: {query!r} ends too early, at column {len(query) + 1}") from None
    except exceptions.LexerError as error:
        said = " ".join(error.message.split())
        raise click.UsageError(f"--query: {query!r}, column {error.lexer_position + 1}: {said}") from None
    except exceptions.ArityError as error:
        raise click.UsageError(f"--query: {query!r}: {error}") from None
    except exceptions.ParseError as error:
        raise click.UsageError(
            f"--query: {query!r}, column {error.lex_position + 1}: unexpected {error.token_value!r}"
        ) from None
    except exceptions.JMESPathError as error:
        raise click.UsageError(f"--query: {query!r}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise click.UsageError("--query: nested too deep") from None
    except (ValueError, ArithmeticError, TypeError, AttributeError) as error:  # a step of 0, merge() of no objects
        raise click.UsageError(f"--query: {query!r}: {error}") from None
