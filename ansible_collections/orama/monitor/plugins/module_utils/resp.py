# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""One command in RESP, the protocol of Redis, as Olric speaks it."""

from __future__ import annotations

import re

from .errors import Denied, ProbeError
from .stream import Stream

LINE_LIMIT = 65536
BULK_LIMIT = 4 * 1024 * 1024
ITEMS_LIMIT = 100_000
DEPTH_LIMIT = 8
REFUSALS = ("NOAUTH", "NOPERM", "WRONGPASS")


def ask(host: str, port: int, words: tuple, seconds: float):
    """The answer to a command: str, int, None or a list of them.

    Raises Denied when the server asks for credentials, ProbeError for any other error reply or a broken answer,
    Refused when nobody listens, ProbeTimeout when the whole answer is not there in time.
    """
    with Stream(host, port, seconds) as stream:
        stream.send(encode(words))
        return _Reader(stream).value(0)


def encode(words: tuple) -> bytes:
    """A command as an array of bulk strings."""
    raw = [word.encode("utf-8") for word in words]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in raw)


class _Reader:
    """Reads one value, never more bytes or items of it than the limits."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.bytes_left = BULK_LIMIT
        self.items_left = ITEMS_LIMIT

    def value(self, depth: int):
        line = self.stream.line(LINE_LIMIT)
        kind, rest = line[:1], line[1:].decode("utf-8", "backslashreplace")
        if kind == b"+":
            return rest
        if kind == b"-":
            raise self._error(rest)
        if kind == b":":
            return self._number(rest)
        if kind == b"$":
            return self._bulk(self._number(rest))
        if kind == b"*":
            return self._array(self._number(rest), depth)
        raise self._not_resp()

    def _bulk(self, size: int) -> str | None:
        if size < 0:
            return None
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise self.stream.broken("the answer is too large")
        text = self.stream.exactly(size)
        if self.stream.exactly(2) != b"\r\n":
            raise self._not_resp()
        return text.decode("utf-8", "backslashreplace")

    def _array(self, size: int, depth: int) -> list | None:
        if size < 0:
            return None
        self.items_left -= size
        if self.items_left < 0 or depth >= DEPTH_LIMIT:
            raise self.stream.broken("the answer is too large")
        return [self.value(depth + 1) for _number in range(size)]

    def _number(self, text: str) -> int:
        if not re.match(r"[+-]?[0-9]{1,20}$", text):
            raise self._not_resp()
        return int(text)

    def _error(self, text: str) -> ProbeError:
        if text.partition(" ")[0] in REFUSALS:
            return Denied("%s: credentials are asked for" % self.stream.place)
        return self.stream.broken("answered with the error %r" % text[:100])

    def _not_resp(self) -> ProbeError:
        return self.stream.broken("the answer is not RESP")
