"""Where a run keeps what must be on disk: private, short-named, gone afterwards.

One directory a user (mode 0700) holds a directory a run, removed when the run ends however it ends, and the sockets of
warm SSH connections, which later runs share. What a killed run left is removed by the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from orama_monitor.errors import MonitorError

# A socket's path may have 107 characters; ssh adds 17 while it makes one, its name has 10, "/ssh/" 5.
LONGEST_BASE = 107 - 17 - 10 - 5


@contextlib.contextmanager
def run_directory() -> Iterator[Path]:
    """A new empty directory that only this user can enter, removed at the end."""
    base = user_directory()
    _sweep(base)
    try:
        path = Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=base))
    except OSError as error:
        raise MonitorError(f"{base}: no temporary files possible here: {error.strerror}") from None
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def control_directory() -> Path:
    """Where the sockets of warm SSH connections are: a path short enough for a socket below it."""
    base = user_directory()
    if len(str(base)) > LONGEST_BASE:
        base = user_directory(Path("/tmp"))
    path = base / "ssh"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


@contextlib.contextmanager
def connections_in_use() -> Iterator[None]:
    """While this lasts, nobody who leaves closes this user's warm SSH connections."""
    with _locked(fcntl.LOCK_SH):
        yield


def leave_connections() -> None:
    """End the warm SSH connections of this user's runs, unless another run or live view may be using them."""
    with contextlib.suppress(BlockingIOError), _locked(fcntl.LOCK_EX | fcntl.LOCK_NB):
        close_connections()


@contextlib.contextmanager
def _locked(how: int) -> Iterator[None]:
    """The directory of the sockets is itself the lock, so none is left behind."""
    handle = os.open(control_directory(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def close_connections() -> None:
    """End the warm SSH connections of this user's runs, and wait until each has said so."""
    for socket in sorted(control_directory().iterdir()):
        command = ["ssh", "-o", f'ControlPath="{socket}"', "-O", "exit", "--", "none"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False)
        socket.unlink(missing_ok=True)


def user_directory(temporary: Path | None = None) -> Path:
    """This user's directory, below TMPDIR unless told otherwise. Raises MonitorError when it isn't private."""
    path = (temporary or Path(tempfile.gettempdir())) / f"orama-monitor-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise MonitorError(f"{path}: no temporary files possible here: {error.strerror}") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise MonitorError(f"{path}: not a private directory of this user; remove it or set TMPDIR")
    return path


def _sweep(base: Path) -> None:
    """Remove the directories of runs whose process is gone."""
    left = list(base.glob("run-*-*"))
    if not left:
        return
    import psutil

    for path in left:
        pid = path.name.split("-")[1]
        if not (pid.isdigit() and psutil.pid_exists(int(pid))):
            shutil.rmtree(path, ignore_errors=True)
