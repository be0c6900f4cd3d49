"""Paths as people write them, in places that this user may not be let into."""

from __future__ import annotations

import os
from pathlib import Path


def expanded(path: str | Path) -> Path:
    """The path with its ``~`` read, as a shell would have; as it is where nobody has that home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def is_there(path: Path) -> bool:
    """Whether it can be seen that something is there. ``Path.exists`` raises where one may not look."""
    return os.access(path, os.F_OK)


def is_missing(path: Path) -> bool:
    """Whether it can be seen that nothing is there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def is_ours(owner: int) -> bool:
    """Whether the owner of a file, by number, is root or who called, with sudo or without."""
    return owner in (0, os.geteuid()) or (os.geteuid() == 0 and str(owner) == os.environ.get("SUDO_UID"))
