"""Edits the mutes of a policy file, and leaves every other character of it as it is, comments included."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.policy import Mute, compose, parse_policy, read_text
from orama_monitor.errors import MonitorError
from orama_monitor.files import replace
from orama_monitor.paths import is_there

PATIENCE = 2.0  # s to wait while another mutes


def add_mute(
    path: Path,
    code: str,
    *,
    env: str | None = None,
    node: str = "*",
    about: Sequence[str] = (),
    until: datetime | None = None,
    severity: Severity | None = None,
    reason: str = "",
) -> Mute:
    """Mute ``code`` on the nodes that match ``node``. The file is made where there is none.

    With ``env`` it is muted in that environment alone, with ``about`` only what concerns nothing else. ``severity`` is
    what the alert has now: it will wake when it gets worse. Raises MonitorError, and then the file is as it was.
    """
    with _alone(path):
        text = read_text(path) if is_there(path) else ""
        edited = with_mute(text, path, mute_fields(code, node, about, until, severity, reason, env))
        mutes = parse_policy(edited, path).mutes
        replace(path, edited, 0o644)
    return mutes[-1]


def with_mute(text: str, path: Path, fields: dict[str, str]) -> str:
    """The policy's text with one more mute at the end of its mutes."""
    parse_policy(text, path)
    tree = compose(text, path)
    found = _mutes(tree)
    if found is None:
        if isinstance(tree, yaml.MappingNode) and tree.flow_style:
            raise MonitorError(f"{path}: write the policy in lines, not in braces, to have it edited")
        return _on_new_line(text, len(text), "mutes:\n" + _item(fields, "  "))
    key, value = found
    if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        indent = " " * value.start_mark.column
        return _on_new_line(text, _end(value), _item(fields, indent))
    if isinstance(value, yaml.SequenceNode) and value.value:
        close = value.end_mark.index - 1
        inner = ", ".join(f"{name}: {said}" for name, said in fields.items())
        before = text[:close].rstrip()
        return before + ("" if before.endswith(",") else ",") + " {" + inner + "}" + text[close:]
    # no mute yet: "mutes:" alone, "mutes: []" or "mutes: null"
    after = text[value.end_mark.index :]
    head = text[: key.end_mark.index] + ":"
    return _on_new_line(head + after, len(head), _item(fields, "  "))


def _mutes(tree: yaml.Node | None) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == "mutes"), None)


def mute_fields(
    code: str,
    node: str,
    about: Sequence[str],
    until: datetime | None,
    severity: Severity | None,
    reason: str,
    env: str | None = None,
) -> dict[str, str]:
    fields = {"code": code}
    if env is not None:
        fields["env"] = _quoted(env)
    fields["node"] = _quoted(node)
    if about:
        fields["about"] = f"[{', '.join(map(_quoted, about))}]"
    if until is not None:
        moment = (until if until.tzinfo else until.replace(tzinfo=UTC)).astimezone(UTC)
        fields["until"] = moment.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    if severity is not None:
        fields["severity"] = severity.value
    fields["reason"] = _quoted(reason)
    return fields


def _quoted(text: str) -> str:
    """Text as a YAML scalar on one line."""
    return json.dumps("".join(char if char.isprintable() else " " for char in text), ensure_ascii=False)


def _item(fields: dict[str, str], indent: str) -> str:
    lines = [f"{name}: {said}" for name, said in fields.items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _end(node: yaml.Node) -> int:
    """Where the last thing in a node ends: the node's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _on_new_line(text: str, index: int, lines: str) -> str:
    """``lines`` after the line in which ``index`` lies, its comment included."""
    if index > 0 and text[index - 1] != "\n":
        newline = text.find("\n", index)
        index = len(text) if newline < 0 else newline + 1
    before = text[:index]
    return before + ("" if not before or before.endswith("\n") else "\n") + lines + text[index:]


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While this lasts nobody else mutes in this file: its directory is the lock, so none is left behind.

    Whoever may read the directory can hold it, so nobody waits for long.
    """
    try:
        folder = path.resolve().parent
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}") from None
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise MonitorError(f"{path}: somebody else is writing it; try again") from None
            time.sleep(0.05)
        except OSError:
            return  # a file system without locks
        else:
            return
