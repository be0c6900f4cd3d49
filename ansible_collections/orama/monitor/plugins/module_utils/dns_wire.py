# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""One DNS question over UDP, so that no tool is needed that a node may lack."""

from __future__ import annotations

import os
import socket
import struct
import time

from .errors import ProbeError, ProbeTimeout, Refused

KINDS = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
NAMES = {number: name for name, number in KINDS.items()}
INTERNET = 1
OPTIONS_RECORD = 41
UDP_SIZE = 4096
RECORDS_LIMIT = 1000
NAME_LIMIT = 254  # bytes of labels and their lengths, before the byte that ends a name
POINTERS_LIMIT = NAME_LIMIT // 2  # a label has two bytes at least


def ask(server: str, port: int, name: str, kind: str, seconds: float) -> dict:
    """``{"rcode": int, "answers": [{"type": str, "data": str}, …], "truncated": bool}``.

    Datagrams that don't answer this question are passed over. Raises Refused, ProbeTimeout, ProbeError.
    """
    ends = time.monotonic() + seconds
    number = int.from_bytes(os.urandom(2), "big")
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.settimeout(seconds)
            sock.connect((server, port))
            sock.send(question(number, name, kind))
            while True:
                sock.settimeout(max(0.001, ends - time.monotonic()))
                message = sock.recv(65535)
                if _answers(message, number, name, kind):
                    return parse(message)
                if time.monotonic() >= ends:
                    raise socket.timeout
        except socket.timeout:
            raise ProbeTimeout("DNS at %s: no answer within %.3g s" % (server, seconds)) from None
        except ConnectionRefusedError:
            raise Refused("DNS at %s: connection refused" % server) from None
        except OSError as error:
            raise ProbeError("DNS at %s: %s" % (server, error.strerror or "no such address")) from None


def question(number: int, name: str, kind: str) -> bytes:
    """A query message that allows for an answer of 4096 bytes."""
    header = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 1)
    asked = encode_name(name) + struct.pack(">HH", KINDS[kind], INTERNET)
    return header + asked + b"\0" + struct.pack(">HHIH", OPTIONS_RECORD, UDP_SIZE, 0, 0)


def encode_name(name: str) -> bytes:
    """A name as length-prefixed labels. Raises ProbeError for what cannot be a name."""
    raw = b""
    for label in name.rstrip(".").split(".") if name.strip(".") else []:
        part = label.encode("utf-8", "replace")
        if not 0 < len(part) < 64:
            raise ProbeError("not a domain name: %a" % name[:100])
        raw += bytes([len(part)]) + part
    if len(raw) > 253:
        raise ProbeError("not a domain name: %a" % name[:100])
    return raw + b"\0"


def _answers(message: bytes, number: int, name: str, kind: str) -> bool:
    """Whether the message is a response to this very question."""
    if len(message) < 12:
        return False
    got, flags, questions = struct.unpack_from(">HHH", message)
    if got != number or not flags & 0x8000:
        return False
    if questions == 0:  # a server that could not read the question need not repeat it
        return flags & 0xF != 0
    asked = encode_name(name) + struct.pack(">HH", KINDS[kind], INTERNET)
    return message[12 : 12 + len(asked)].lower() == asked.lower()


def parse(message: bytes) -> dict:
    """The response code and answers of a response. Raises ProbeError when it breaks off or makes no sense."""
    try:
        _number, flags, questions, count = struct.unpack_from(">HHHH", message)
        at = 12
        for _question in range(min(questions, RECORDS_LIMIT)):
            _name, at = read_name(message, at)
            at += 4
        answers = []
        for _answer in range(min(count, RECORDS_LIMIT)):
            answer, at = _record(message, at)
            answers.append(answer)
    except (struct.error, IndexError, ValueError, OSError):
        raise ProbeError("DNS: the answer makes no sense") from None
    return {"rcode": flags & 0xF, "answers": answers, "truncated": bool(flags & 0x0200)}


def _record(message: bytes, at: int) -> tuple[dict[str, str], int]:
    _name, at = read_name(message, at)
    kind, _class, _ttl, length = struct.unpack_from(">HHIH", message, at)
    begin, end = at + 10, at + 10 + length
    if end > len(message):
        raise ValueError("cut off")
    return {"type": NAMES.get(kind, "TYPE%d" % kind), "data": _data(message, kind, begin, end)}, end


def _data(message: bytes, kind: int, begin: int, end: int) -> str:
    raw = message[begin:end]
    if kind in (KINDS["A"], KINDS["AAAA"]):
        return socket.inet_ntop(socket.AF_INET if kind == KINDS["A"] else socket.AF_INET6, raw)
    if kind in (KINDS["NS"], KINDS["CNAME"], KINDS["PTR"]):
        return read_name(message, begin)[0]
    if kind == KINDS["SOA"]:
        primary, at = read_name(message, begin)
        contact, at = read_name(message, at)
        return " ".join([primary, contact] + ["%d" % number for number in struct.unpack_from(">IIIII", message, at)])
    return raw.hex()


def read_name(message: bytes, at: int) -> tuple[str, int]:
    """The name at an offset and the offset behind it; pointers are followed backwards only, so that it ends.

    No name is longer than NAME_LIMIT or has more pointers than labels: a datagram can name one of 50 KB 1000 times.
    """
    labels: list[str] = []
    behind, lowest, left, pointers = None, at, NAME_LIMIT, POINTERS_LIMIT
    while True:
        size = message[at]
        if size >= 0xC0:
            behind = at + 2 if behind is None else behind
            at = (size & 0x3F) << 8 | message[at + 1]
            pointers -= 1
            if at >= lowest or pointers < 0:
                raise ValueError("a pointer forwards, or too many")
            lowest = at
        elif size >= 0x40:
            raise ValueError("no such label")
        elif size == 0:
            return ".".join(labels) + ".", at + 1 if behind is None else behind
        else:
            left -= 1 + size
            if left < 0:
                raise ValueError("too long")
            labels.append(_label(message, at + 1, at + 1 + size))
            at += 1 + size


def _label(message: bytes, begin: int, end: int) -> str:
    """A label with what is not a plain character written as ``\\ddd``."""
    if end > len(message):
        raise ValueError("cut off")
    return "".join(
        chr(byte) if 0x21 <= byte <= 0x7E and byte not in b'.\\"' else "\\%03d" % byte for byte in message[begin:end]
    )
