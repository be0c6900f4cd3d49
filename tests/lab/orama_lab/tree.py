"""Writing files into a node, booted or not.

Before boot a file goes into the upper layer of the node's overlay. Directories that the layers
below also have must look as they do there, since the upper one's mode and owner win.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .shell import run

UNITS = "etc/systemd/system"


@contextlib.contextmanager
def whole(final: Path) -> Iterator[Path]:
    """A directory beside `final` that becomes it once it is complete, and leaves nothing otherwise."""
    final.parent.mkdir(parents=True, exist_ok=True)
    scratch = final.with_name(f".{final.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
        scratch.rename(final)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class Tree:
    """A root directory, with the directories it is laid over."""

    def __init__(self, root: Path, *lower: Path) -> None:
        self.root = root
        self.lower = lower

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def owner(self, user: str) -> int:
        """The uid of a user of the node, which is not one of this machine."""
        for base in (self.root, *self.lower):
            known = base / "etc/passwd"
            for line in known.read_text().splitlines() if known.exists() else ():
                fields = line.split(":")
                if fields[0] == user:
                    return int(fields[2])
        raise KeyError(user)

    def mkdir(self, name: str, mode: int | None = None, user: str | None = None) -> Path:
        """A directory and those above it; new ones are root's and 0755 unless said otherwise."""
        parts = Path(name.lstrip("/")).parts
        here = self.root
        for depth, part in enumerate(parts, 1):
            here = here / part
            if not here.is_dir():
                here.mkdir()
                self._like_below(here, Path(*parts[:depth]))
        if mode is not None:
            here.chmod(mode)
        if user is not None:
            uid = self.owner(user)
            os.chown(here, uid, uid)
        return here

    def _like_below(self, made: Path, name: Path) -> None:
        made.chmod(0o755)
        for base in self.lower:
            below = base / name
            if below.is_dir() and not below.is_symlink():
                stat = below.stat()
                made.chmod(stat.st_mode & 0o7777)
                os.chown(made, stat.st_uid, stat.st_gid)
                return

    def write(self, name: str, text: str, mode: int = 0o644, user: str | None = None) -> Path:
        """A file, whole or not at all; never readable by more than `mode` says, not for a moment."""
        path = self.path(name)
        self.mkdir(str(Path(name.lstrip("/")).parent))
        scratch = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(text)
        if user is not None:
            uid = self.owner(user)
            os.chown(scratch, uid, uid)
        scratch.chmod(mode)
        scratch.rename(path)
        return path

    def copy(self, source: Path, name: str, mode: int = 0o755, user: str | None = None) -> Path:
        """A text file of the lab's own, copied."""
        return self.write(name, source.read_text(), mode, user)

    def copy_tree(self, source: Path, name: str, user: str = "root") -> Path:
        """A directory, copied whole or not at all; one that is there already stays as it is."""
        path = self.path(name)
        self.mkdir(str(Path(name.lstrip("/")).parent))
        if not path.exists():
            uid = self.owner(user)
            with whole(path) as scratch:
                run(["cp", "-a", f"{source}/.", scratch])
                run(["chown", "-R", f"{uid}:{uid}", scratch])
                scratch.chmod(0o700)
        return path

    def link(self, name: str, target: str) -> None:
        path = self.path(name)
        self.mkdir(str(Path(name.lstrip("/")).parent))
        if path.is_symlink() or path.exists():
            path.unlink()
        path.symlink_to(target)

    def remove(self, name: str) -> None:
        path = self.path(name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def unit(
        self,
        name: str,
        exec_start: str,
        *,
        service: str = "",
        after: str = "network.target",
        requires: str = "",
        part_of: str = "",
        description: str = "",
        enable: bool = True,
    ) -> None:
        """A service that comes back by itself, as Orama's own units do, after what it requires."""
        needs = f"Requires={requires}\n" if requires else ""
        needs += f"PartOf={part_of}\n" if part_of else ""
        text = (
            f"[Unit]\nDescription={description or name}\nAfter={after} {requires}\n{needs}StartLimitIntervalSec=0\n\n"
            f"[Service]\nExecStart={exec_start}\nRestart=always\nRestartSec=2\nTimeoutStopSec=10\n"
            f"{service}\n\n[Install]\nWantedBy=multi-user.target\n"
        )
        self.write(f"{UNITS}/{name}.service", text)
        if enable:
            self.enable(name)

    def enable(self, name: str, source: str | None = None) -> None:
        """What `systemctl enable` would do."""
        target = source or f"/etc/systemd/system/{name}.service"
        self.link(f"{UNITS}/multi-user.target.wants/{name}.service", target)
