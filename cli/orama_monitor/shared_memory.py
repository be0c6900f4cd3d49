"""The node's password that Ansible keeps in shared memory while ssh logs in (``_init_shm`` of its ssh connection).

The worker that made the segment removes it when ssh has ended. One that is ended itself, as every worker of a stopped
run is, leaves it there from Python 3.13 on, in plain text and until the machine starts anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Collection
from pathlib import Path

SEGMENTS = Path("/dev/shm")
VARIABLE = "_ANSIBLE_SSH_ASKPASS_SHM"  # by which ssh, and what it asks, is told of its segment
LARGEST = 1 << 20


def clear(passwords: Collection[str]) -> None:
    """Remove the segments that hold one of these passwords and that no process is told of any more."""
    left = [path for path in SEGMENTS.glob("psm_*") if _password(path) in passwords]
    for path in _unused(left) if left else ():
        path.unlink(missing_ok=True)


def _password(path: Path) -> str | None:
    """The password in a segment of this user's, None where it holds something else."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as segment:
            found = os.fstat(handle)
            if stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and found.st_size <= LARGEST:
                content = json.loads(segment.read().rstrip(b"\0"))
                password = content.get("password") if isinstance(content, dict) else None
                return password if isinstance(password, str) else None
    return None


def _unused(segments: list[Path]) -> list[Path]:
    import psutil

    used = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            used.add(process.environ().get(VARIABLE))
    return [path for path in segments if path.name not in used]
