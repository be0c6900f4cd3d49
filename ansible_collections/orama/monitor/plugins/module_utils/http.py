# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""One HTTP request to a service of this node, cut off in time whatever the other side does.

Its own few lines over a socket: a client library costs a node more to import than all its answers, and holds its
time limit for each read, so that a server which drips never ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import ProbeError
from .pick import count
from .probe import Response
from .stream import PIECE, Stream

LINE_LIMIT = 16384
HEADER_LIMIT = 200
BODILESS = (204, 304)


def request(method: str, url: str, body: str, seconds: float, limit: int) -> Response:
    """Ask ``url`` (http only) and read at most ``limit`` bytes of body for at most ``seconds``.

    Raises ProbeTimeout when no answer began in time, Refused when nobody listens, ProbeError when it is not HTTP.
    """
    host, port, path = split(url)
    with Stream(host, port, seconds) as stream:
        stream.send(_request(method, host, port, path, body.encode("utf-8")))
        status, headers = _head(stream)
        if status in BODILESS:
            return Response(status, "", True)
        text, complete = _collected(_pieces(stream, headers), limit)
        return Response(status, text, complete)


def split(url: str) -> tuple[str, int, str]:
    """Host, port and path (with its query) of an ``http://`` URL. Raises ProbeError."""
    if "@" in url:  # not named, for it may hold a password
        raise ProbeError("a URL with a user in it is not asked")
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() != "http":
        raise ProbeError("not an http URL: %s" % url)
    place, slash, path = rest.partition("/")
    host, colon, port = place.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = place, "80"
    number = count(port)
    if number is None or number > 65535:
        raise ProbeError("no such port in %s" % url)
    return host.strip("[]") or "localhost", number, slash + path or "/"


def _request(method: str, host: str, port: int, path: str, body: bytes) -> bytes:
    lines = [
        "%s %s HTTP/1.1" % (method, path),
        "Host: %s:%d" % ("[%s]" % host if ":" in host else host, port),
        "User-Agent: orama-monitor",
        "Accept: */*",
        "Connection: close",
    ]
    if method != "GET":
        lines += ["Content-Type: application/json", "Content-Length: %d" % len(body)]
    return "\r\n".join(lines + ["", ""]).encode("utf-8") + body


def _head(stream: Stream) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer, past any interim one."""
    status = 100
    headers: dict[str, str] = {}
    while 100 <= status < 200:
        words = stream.line(LINE_LIMIT).split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit() or len(words[1]) != 3:
            raise stream.broken("the answer is not HTTP")
        status, headers = int(words[1]), _headers(stream)
    return status, headers


def _headers(stream: Stream) -> dict[str, str]:
    headers = {}
    for _number in range(HEADER_LIMIT):
        line = stream.line(LINE_LIMIT)
        if not line:
            return headers
        name, _colon, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    raise stream.broken("answered with too many headers")


def _pieces(stream: Stream, headers: dict[str, str]) -> Iterator[bytes]:
    """The body as it comes. Raises ProbeError where it breaks off."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunked(stream)
    length = count(headers.get("content-length"))
    return _until_closed(stream) if length is None else _sized(stream, length)


def _chunked(stream: Stream) -> Iterator[bytes]:
    while True:
        try:
            size = int(stream.line(LINE_LIMIT).partition(b";")[0], 16)
        except ValueError:
            raise stream.broken("the answer's chunks are not HTTP") from None
        if size <= 0:
            return
        yield from _sized(stream, size)
        stream.line(LINE_LIMIT)


def _sized(stream: Stream, size: int) -> Iterator[bytes]:
    while size > 0:
        part = stream.some(min(size, PIECE))
        if not part:
            raise stream.broken("closed the connection in the middle of its answer")
        size -= len(part)
        yield part


def _until_closed(stream: Stream) -> Iterator[bytes]:
    part = stream.some()
    while part:
        yield part
        part = stream.some()


def _collected(pieces: Iterator[bytes], limit: int) -> tuple[str, bool]:
    """What came of the body, and whether that is all of it."""
    parts: list[bytes] = []
    size, complete = 0, True
    try:
        for part in pieces:
            parts.append(part[: limit - size])
            size += len(part)
            if size > limit:
                complete = False
                break
    except ProbeError:
        complete = False
    return b"".join(parts).decode("utf-8", "backslashreplace"), complete
