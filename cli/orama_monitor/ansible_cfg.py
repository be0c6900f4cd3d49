"""The user's ``ansible.cfg``: whether that of this directory counts, and what of it our variables would hide."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orama_monitor.paths import expanded, is_ours

NAME = "ansible.cfg"
SYSTEM = Path("/etc/ansible") / NAME


def project(instead: Path) -> Path:
    """Where Ansible runs: here, so that an ansible.cfg and relative paths mean what they mean to Ansible itself.

    Elsewhere where the ansible.cfg is another user's than of who called, with sudo or without, for it can name code to
    run; and where this directory can't be entered, or has been removed.
    """
    try:
        here = Path.cwd()
    except OSError:
        return instead
    return here if os.access(here, os.X_OK) and _is_trusted(here / NAME) else instead


def _is_trusted(path: Path) -> bool:
    """Whether it is root's or that of who called; or not there."""
    try:
        owner = path.lstat().st_uid
    except OSError:
        return True
    return is_ours(owner)


def ssh_extra_args(directory: Path, home: Path) -> str:
    """What the user wants ssh told: the variable's, else that of the ansible.cfg which Ansible, run there, goes by."""
    given = os.environ.get("ANSIBLE_SSH_EXTRA_ARGS")
    if given is not None:
        return given
    places = _places(directory, home)
    path = next((path for path in places if os.access(path, os.R_OK) and not path.is_dir()), None)
    return _read(path) if path is not None and path.is_file() else ""


def _places(directory: Path, home: Path) -> Iterator[Path]:
    """Where Ansible looks; the first that can be read counts."""
    named = os.environ.get("ANSIBLE_CONFIG")
    if named is not None:
        path = directory / expanded(os.path.expandvars(named))
        yield from (path / NAME, path)
    if not directory.stat().st_mode & stat.S_IWOTH:
        yield directory / NAME
    yield home / f".{NAME}"
    yield SYSTEM


def _read(path: Path) -> str:
    """The file's own extra arguments. What is wrong with the file is Ansible's to say."""
    import configparser  # late: few have such a file

    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return ""
    return _unquoted(parser.get("ssh_connection", "ssh_extra_args", raw=True, fallback=""))


def _unquoted(value: str) -> str:
    """Without the quotes around the whole, as Ansible takes it."""
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value[-2] != "\\"
    return value[1:-1] if is_quoted else value
