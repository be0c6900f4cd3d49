# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Asking a file system that may not answer: a mount whose server is gone holds whoever asks it, and so does a pipe."""

from __future__ import annotations

import errno
import io
import os
import stat
import threading

from .errors import ProbeTimeout

SECONDS = 2.0


def within_time(path: str, ask):
    """What ``ask()`` gives or raises. Where it doesn't come back, its thread is left behind (ProbeTimeout)."""
    given: list = []
    failed: list = []

    def asked():
        try:
            given.append(ask())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=asked, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if failed:
        raise failed[0]
    if not given:
        raise ProbeTimeout("%s: its file system did not answer within %.3g s" % (path, SECONDS))
    return given[0]


def opened(path: str, flags: int = 0) -> io.FileIO:
    """A regular file, to be read. Raises OSError for all else: a pipe would be waited for until somebody writes."""
    if "\0" in path:
        raise OSError(errno.EINVAL, "no path has a NUL")
    file = io.FileIO(path, opener=lambda path, given: os.open(path, given | flags | os.O_NONBLOCK))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file")
    return file
