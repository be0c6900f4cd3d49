# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Asking a file system that may not answer: a mount whose server is gone holds whoever asks it."""

from __future__ import annotations

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
