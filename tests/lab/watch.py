"""Looks for secrets wherever a run could leave them: in every process and every temporary file, while it runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
MODIFY, CLOSE_WRITE, MOVED_TO, CREATE, IS_DIRECTORY = 0x2, 0x8, 0x80, 0x100, 0x40000000
EVENT = struct.Struct("iIII")


class Written:
    """The files that are written below a directory, as the kernel tells of them (inotify)."""

    def __init__(self, top: Path) -> None:
        self.handle = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self.folders: dict[int, Path] = {}
        self.first = list(self._enter(top))

    def paths(self, seconds: float) -> Iterator[Path]:
        """Those of now, or of the next moment when there are none."""
        yield from self.first
        self.first = []
        if not select.select([self.handle], [], [], seconds)[0]:
            return
        raw = os.read(self.handle, 1 << 20)
        while raw:
            number, mask, _cookie, length = EVENT.unpack_from(raw)
            name, raw = raw[EVENT.size : EVENT.size + length].rstrip(b"\0"), raw[EVENT.size + length :]
            path = self.folders.get(number, Path(os.devnull)) / os.fsdecode(name)
            if mask & IS_DIRECTORY:
                yield from self._enter(path)
            else:
                yield path

    def _enter(self, folder: Path) -> Iterator[Path]:
        """Hear of this folder, too, and of what is in it already."""
        number = LIBC.inotify_add_watch(self.handle, os.fsencode(folder), MODIFY | CLOSE_WRITE | MOVED_TO | CREATE)
        self.folders[number] = folder
        with contextlib.suppress(OSError):
            for path in folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    yield from self._enter(path)
                else:
                    yield path


class Watch:
    """What was seen of the secrets, and where."""

    def __init__(self, secrets: Mapping[str, bytes], temporary: Path) -> None:
        self.secrets = secrets
        self.written = Written(temporary)
        self.seen: set[str] = set()
        self.looks = {"processes": 0, "files": 0}
        self.over = threading.Event()

    def processes(self) -> None:
        while not self.over.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    self.look(process / name)
            self.looks["processes"] += 1

    def files(self) -> None:
        while not self.over.is_set():
            for path in self.written.paths(0.1):
                if path.is_file():
                    self.look(path)
                    self.looks["files"] += 1

    def look(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            self.seen |= {f"{name} in {path}" for name in found(self.secrets, path.read_bytes())}


def found(secrets: Mapping[str, bytes], text: bytes) -> set[str]:
    """The names of the secrets that are in a text."""
    return {name for name, secret in secrets.items() if secret in text}


@contextlib.contextmanager
def watching(secrets: Mapping[str, bytes], temporary: Path) -> Iterator[Watch]:
    """While this lasts, every process is read again and again, and every file below a directory as it is written."""
    watch = Watch(secrets, temporary)
    work: tuple[Callable[[], None], ...] = (watch.processes, watch.files)
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        for thread in threads:
            thread.join()
        os.close(watch.written.handle)
