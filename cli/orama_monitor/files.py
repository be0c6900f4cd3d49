"""Files put in place whole: who reads one meanwhile finds all of the old text or all of the new."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from orama_monitor.errors import MonitorError
from orama_monitor.paths import is_ours


def replace(path: Path, text: str, mode: int) -> None:
    """Write the file in one step, with the permissions and, for root, the owner it had. A new one gets ``mode``.

    Links are followed. Where everyone may write, as in /tmp, what another user laid there is refused. Raises
    MonitorError, and then all is as it was.
    """
    try:
        _refuse_planted(path)
        target = Path(os.path.realpath(path))
        before = _standing(path)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            _like(before, Path(name), mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}") from None


def _refuse_planted(path: Path) -> None:
    """Another's file would keep its owner, who may read it then; another's link leads where that one wants."""
    folder = path.absolute().parent.stat()
    if not folder.st_mode & stat.S_IWOTH or not os.path.lexists(path):
        return
    if not is_ours(path.lstat().st_uid):
        raise MonitorError(
            f"{path}: this is another user's, in a directory where everyone may write: name another place"
        )


def _standing(path: Path) -> os.stat_result | None:
    """What stands there. Raises MonitorError for what is no file, such as a terminal or a pipe by /dev/stdout."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise MonitorError(f"{path}: this is no regular file: name one, or one that is not there yet")
    return found


def _like(before: os.stat_result | None, made: Path, mode: int) -> None:
    """Give what was made the permissions and, as far as that is allowed, the owner of what it replaces."""
    if before is None:
        made.chmod(mode)
        return
    with contextlib.suppress(OSError):
        os.chown(made, before.st_uid, before.st_gid)
    made.chmod(before.st_mode & 0o777)
