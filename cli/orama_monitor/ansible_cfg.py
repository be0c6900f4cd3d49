"""The user's ``ansible.cfg``: whether that of this directory counts, and what of it our variables would hide."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orama_monitor.paths import expanded, is_ours

NAME = "ansible.cfg"
SYSTEM = Path("/etc/ansible") / NAME
SHARED_COLLECTIONS = "/usr/share/ansible/collections"


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
    return given if given is not None else _read(_counting(directory, home), "ssh_connection", "ssh_extra_args")


def collections_path(directory: Path, home: Path) -> list[str]:
    """Where the user's collections are: the variable's places, else those of that ansible.cfg, else Ansible's own."""
    given = os.environ.get("ANSIBLE_COLLECTIONS_PATH")
    if given is not None:
        return _parts(given)
    path = _counting(directory, home)
    named = _parts(_read(path, "defaults", "collections_path"))
    if path is None or not named:
        of_home = _resolved(os.environ.get("ANSIBLE_HOME") or str(home / ".ansible")) / "collections"
        return [str(of_home), SHARED_COLLECTIONS]
    return [str(path.parent / _resolved(part.replace("{{CWD}}", str(directory)))) for part in named]


def _parts(paths: str) -> list[str]:
    return [part for part in paths.split(os.pathsep) if part]


def _resolved(path: str) -> Path:
    """The path as Ansible reads it: with its variables and its ``~``."""
    return expanded(os.path.expandvars(path))


def _counting(directory: Path, home: Path) -> Path | None:
    """The ansible.cfg that Ansible, run there, goes by."""
    places = _places(directory, home)
    path = next((path for path in places if os.access(path, os.R_OK) and not path.is_dir()), None)
    return path if path is not None and path.is_file() else None


def _places(directory: Path, home: Path) -> Iterator[Path]:
    """Where Ansible looks; the first that can be read counts."""
    named = os.environ.get("ANSIBLE_CONFIG")
    if named is not None:
        path = directory / _resolved(named)
        yield from (path / NAME, path)
    if not directory.stat().st_mode & stat.S_IWOTH:
        yield directory / NAME
    yield home / f".{NAME}"
    yield SYSTEM


def _read(path: Path | None, section: str, name: str) -> str:
    """What the file says of this, or nothing. What is wrong with the file is Ansible's to say."""
    if path is None:
        return ""
    import configparser  # late: few have such a file

    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return ""
    return _unquoted(parser.get(section, name, raw=True, fallback=""))


def _unquoted(value: str) -> str:
    """Without the quotes around the whole, as Ansible takes it."""
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value[-2] != "\\"
    return value[1:-1] if is_quoted else value
