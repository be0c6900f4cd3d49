"""Readers of protocols on a node: DNS, RESP, HTTP, certificates; and of the process table."""

from __future__ import annotations

import base64
import contextlib
import os
import struct
from collections.abc import Sequence
from typing import Any

from ansible_collections.orama.monitor.plugins.module_utils import dns_wire, http, resp, sockets, tls
from ansible_collections.orama.monitor.plugins.module_utils.errors import ProbeError
from ansible_collections.orama.monitor.plugins.module_utils.stream import Stream
from tests.fuzz.recorded import answers
from tests.fuzz.target import Target, as_json, choices, chosen, one_line, text


class Fed(Stream):
    """A connection on which these bytes come, a few at a time, and then nothing more."""

    def __init__(self, raw: bytes, piece: int = 700) -> None:
        self.place, self.seconds, self.ends = "a port", 1.0, float("inf")
        self._read, self.rest, self.piece = b"", raw, piece

    def _received(self) -> bytes:
        part, self.rest = self.rest[: self.piece], self.rest[self.piece :]
        return part


def _dns(raw: bytes) -> None:
    try:
        found = dns_wire.parse(raw)
    except ProbeError:
        return
    as_json(found)
    assert all(answer["data"].isprintable() for answer in found["answers"])
    dns_wire._answers(raw, 1, "example.org", "A")


def _name(raw: bytes) -> None:
    with contextlib.suppress(ProbeError):
        name = dns_wire.encode_name(text(raw))
        assert len(name) <= 255 and dns_wire.read_name(name, 0)[1] == len(name)


def _resp(raw: bytes) -> None:
    try:
        as_json(resp._Reader(Fed(raw)).value(0))
    except ProbeError as error:
        one_line(str(error))


def _http(raw: bytes) -> None:
    stream = Fed(raw)
    try:
        status, headers = http._head(stream)
        body, _complete = http._collected(http._pieces(stream, headers), 2000)
    except ProbeError as error:
        one_line(str(error))
        return
    assert 200 <= status <= 999 or status < 100
    assert len(body.encode("utf-8", "replace")) <= 4 * 2000  # a byte that is no text is written as four


def _url(raw: bytes) -> None:
    with contextlib.suppress(ProbeError):
        host, port, path = http.split(text(raw))
        assert host and 0 <= port <= 65535 and path.startswith("/")


def _certificate(raw: bytes) -> None:
    for given in (text(raw), base64.b64encode(raw).decode()):
        with contextlib.suppress(ProbeError):
            assert isinstance(tls.expires(given), int)


def _address(raw: bytes) -> None:
    with contextlib.suppress(ValueError):
        address, port = sockets.parse_address(text(raw))
        assert address and 0 <= port <= 65535


DNS = (
    struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0)
    + b"\7example\3org\0\0\1\0\1"
    + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1",
    struct.pack(">HHHHHH", 1, 0x8180, 0, 1, 0, 0)
    + b"\7example\3org\0\0\6\0\1\0\0\0\x3c\0\x1e\2ns\xc0\x0c\1a\xc0\x0c"
    + b"\0" * 20,
)
RESP = (b"*1\r\n*3\r\n$4\r\nn1:1\r\n:123\r\n$4\r\ntrue\r\n", b"-NOAUTH x\r\n", b"+OK\r\n", b"$-1\r\n")
HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.0 503 no\r\n\r\nbody",
)
URLS = ("http://localhost:5001/x?y", "http://[::1]:80", "http://a")
ADDRESSES = ("0100007F:1389", "0000000000000000FFFF00000100007F:1389", "0100007F:1B1B59")


def _certificates() -> list[bytes]:
    recorded: list[Any] = [told for told in answers("certificate") if told.startswith("MII")]
    return [base64.b64decode(told) for told in recorded]


SEEDS: tuple[Sequence[str | bytes], ...] = (
    DNS,
    (b"example.org", os.fsencode("é.example")),
    RESP,
    HTTP,
    URLS,
    _certificates(),
    ADDRESSES,
)
TARGETS = (
    Target(
        "protocols on a node",
        choices((_dns, _name, _resp, _http, _url, _certificate, _address)),
        tuple(seed for number, seeds in enumerate(SEEDS) for seed in chosen(number, seeds)),
        share=10,
        longest=400,
    ),
)
