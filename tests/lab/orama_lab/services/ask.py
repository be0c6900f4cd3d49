"""Asking services questions over a socket: HTTP, RESP, DNS. Used inside a node's network."""

from __future__ import annotations

import json
import random
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

#: No proxy of the machine's may stand between the lab and itself.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

DNS_TYPES = {"A": 1, "NS": 2, "SOA": 6}

#: What a question that got no proper answer raises.
FAILURES = (OSError, ValueError, KeyError, IndexError, TypeError)


def _asked(url: str, method: str, timeout: float) -> Any:
    return _OPENER.open(
        urllib.request.Request(url, method=method, data=b"" if method == "POST" else None), timeout=timeout
    )


def http(url: str, *, method: str = "GET", timeout: float = 4.0) -> tuple[int, str]:
    """Status and body; a status that says no is an answer too."""
    try:
        with _asked(url, method, timeout) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


def http_json(url: str, *, method: str = "GET", timeout: float = 4.0) -> Any:
    """The JSON a service answers with."""
    status, body = http(url, method=method, timeout=timeout)
    if status != 200:
        raise ValueError(f"HTTP {status}")
    return json.loads(body)


def http_lines(url: str, *, method: str = "GET", timeout: float = 4.0) -> Iterator[str]:
    """The lines of an answer as they come; who has heard enough stops."""
    with _asked(url, method, timeout) as answer:
        for line in answer:
            yield line.decode("utf-8", "replace")


def resp(address: tuple[str, int], *words: str, timeout: float = 3.0) -> Any:
    """One command of the Redis protocol, which Olric speaks."""
    with socket.create_connection(address, timeout=timeout) as connection:
        message = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        connection.sendall(message.encode())
        with connection.makefile("rb") as stream:
            return _resp_value(stream)


def _resp_value(stream: Any) -> Any:
    line = stream.readline().decode().rstrip("\r\n")
    kind, rest = line[:1], line[1:]
    if kind == "*":
        return [_resp_value(stream) for _ in range(int(rest))]
    if kind == "$":
        return stream.read(int(rest) + 2)[:-2].decode() if int(rest) >= 0 else None
    if kind == "-":
        raise ValueError(rest)
    return int(rest) if kind == ":" else rest


def dns_answers(server: str, name: str, kind: str, timeout: float = 2.0) -> int:
    """How many records of a kind a server answers with."""
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    ident = random.randrange(65536)
    packet = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question + struct.pack(">HH", DNS_TYPES[kind], 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        sock.connect((server, 53))
        sock.send(packet)
        answer = sock.recv(4096)
    got, flags, _, count = struct.unpack(">HHHH", answer[:8])
    if got != ident or flags & 0xF:
        raise ValueError(f"DNS answers with code {flags & 0xF}")
    return int(count)


def listening(address: str, port: int, timeout: float = 1.0) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((address, port), timeout=timeout):
            return True
    except OSError:
        return False
