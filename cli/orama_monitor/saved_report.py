"""Saved reports, read back: what ``--from`` takes. Written by ``orama monitor report`` and the live view."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from pydantic_core import from_json

from orama_monitor.errors import MonitorError
from orama_monitor.report import SCHEMA_VERSION
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot, first_error, merge

STDIN = "-"
SIZE_LIMIT = 512 * 1024 * 1024


def load(paths: list[str]) -> Snapshot:
    """Saved reports, merged, as a snapshot to judge anew. ``-`` is standard input. Raises MonitorError."""
    with _no_garbage():
        return merge([parse(_content(path), "standard input" if path == STDIN else path) for path in paths])


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Meanwhile, and in what was made meanwhile, nobody looks for garbage: every look would be at all peers anew."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searched:
            gc.enable()


def _content(path: str) -> bytes:
    if path == STDIN and sys.stdin is None:
        raise MonitorError(f"{path}: standard input is closed")
    try:
        return sys.stdin.buffer.read(SIZE_LIMIT) if path == STDIN else Path(path).read_bytes()
    except FileNotFoundError:
        raise MonitorError(f"{path}: no such file") from None
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}") from None


class _Saved(BaseModel):
    """What of a saved report is read back: what was collected. Alerts and summary are judged anew."""

    class SavedMeta(BaseModel):
        environment: str
        collected_at: AwareDatetime
        duration_seconds: float = Field(default=0.0, allow_inf_nan=False)
        partial: bool = False
        schema_version: int = SCHEMA_VERSION
        configured: list[ConfiguredNode] | None = None

    meta: SavedMeta
    nodes: list[NodeResult]


def parse(text: str | bytes, name: str) -> Snapshot:
    """A saved report's text as the snapshot it was made of; ``name`` is for messages. Raises MonitorError."""
    if not text or text.isspace():
        raise MonitorError(f"{name}: empty; a report was expected")
    try:
        found = from_json(text, allow_inf_nan=False)
        del text
        saved = _Saved.model_validate(_handed_over(found))
    except ValidationError as error:
        raise MonitorError(f"{name}: not a report of `orama monitor report`: {first_error(error)}") from None
    except ValueError as error:
        raise MonitorError(f"{name}: not JSON: {str(error)[:200]}") from None
    if saved.meta.schema_version > SCHEMA_VERSION:
        raise MonitorError(f"{name}: has schema {saved.meta.schema_version}: upgrade orama-monitor to read it")
    everyone = saved.meta.configured or [ConfiguredNode(host=n.host, role=n.role) for n in saved.nodes]
    return Snapshot(
        environment=saved.meta.environment,
        collected_at=saved.meta.collected_at,
        duration_seconds=max(0.0, saved.meta.duration_seconds),
        partial=saved.meta.partial,
        configured=everyone,
        nodes=saved.nodes,
    )


def _handed_over(found: Any) -> Any:
    """The same, with its nodes to be taken once, each of which is then forgotten: all of them twice is much."""
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        found["nodes"] = _taken(found["nodes"])
    return found


def _taken(items: list[Any]) -> Iterator[Any]:
    items.reverse()
    while items:
        yield items.pop()
