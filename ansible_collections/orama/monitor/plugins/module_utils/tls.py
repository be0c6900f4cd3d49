# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The certificate that a TLS server of this node shows, and when it expires."""

from __future__ import annotations

import base64
import datetime
import re

from .errors import ProbeError
from .late import IMPORTING
from .stream import Stream

SEQUENCE, UTC_TIME, GENERALIZED_TIME, VERSION = 0x30, 0x17, 0x18, 0xA0


def fetch(host: str, port: int, name: str, seconds: float) -> str:
    """The certificate shown for ``name``, as base64 of its DER. Nothing is verified: an expired one is an answer.

    Raises Refused, ProbeTimeout, and ProbeError when no TLS is spoken or no certificate is there for the name.
    """
    with Stream(host, port, seconds) as stream:
        return base64.b64encode(_shown(stream, name)).decode("ascii")


def _shown(stream: Stream, name: str) -> bytes:
    with IMPORTING:
        import select
        import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        stream.socket.setblocking(False)
        with context.wrap_socket(stream.socket, server_hostname=name, do_handshake_on_connect=False) as secure:
            stream.socket = secure
            while True:
                try:
                    secure.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    select.select([secure], [], [], stream.left())
                except ssl.SSLWantWriteError:
                    select.select([], [secure], [], stream.left())
            return secure.getpeercert(binary_form=True) or b""
    except ssl.SSLError as error:
        raise stream.broken("no certificate for %s (%s)" % (name, (error.reason or "TLS").lower())) from None
    except (OSError, ValueError):
        raise stream.broken("no certificate for %s (the connection broke off)" % name) from None


def expires(certificate: str) -> int:
    """When a certificate (base64 of its DER) ends, in Unix seconds. Raises ProbeError when it cannot be read."""
    try:
        return not_after(base64.b64decode(certificate, validate=True))
    except (ValueError, IndexError, OverflowError):
        raise ProbeError("the certificate cannot be read") from None


def not_after(der: bytes) -> int:
    """The end of a DER certificate's validity in Unix seconds. Raises ValueError, IndexError."""
    inner = _inside(_inside(der, SEQUENCE), SEQUENCE)
    fields = _values(inner)
    if fields and fields[0][0] == VERSION:
        fields = fields[1:]
    _serial, _algorithm, _issuer, (kind, validity) = fields[:4]
    if kind != SEQUENCE:
        raise ValueError("no validity")
    _begin, (kind, end) = _values(validity)[:2]
    return _seconds(kind, end.decode("ascii"))


def _seconds(kind: int, text: str) -> int:
    """A DER time in UTC. Two-digit years below 50 are in this century (RFC 5280)."""
    if kind == UTC_TIME:
        text = ("20" if text < "50" else "19") + text
    elif kind != GENERALIZED_TIME:
        raise ValueError("no time")
    parts = re.match(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$", text)
    if not parts:
        raise ValueError("no time")
    numbers = [int(part) for part in parts.groups()]
    return int(datetime.datetime(*numbers, tzinfo=datetime.timezone.utc).timestamp())


def _inside(der: bytes, kind: int) -> bytes:
    got, value, _behind = _value(der, 0)
    if got != kind:
        raise ValueError("not the expected DER value")
    return value


def _values(der: bytes) -> list:
    """The first few (tag, content) pairs of a sequence's content."""
    values, at = [], 0
    while at < len(der) and len(values) < 5:
        kind, value, at = _value(der, at)
        values.append((kind, value))
    return values


def _value(der: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, content and the offset behind the DER value at an offset."""
    kind, size, at = der[at], der[at + 1], at + 2
    if size & 0x80:
        digits = size & 0x7F
        size, at = int.from_bytes(der[at : at + digits], "big"), at + digits
    if at + size > len(der):
        raise ValueError("cut off")
    return kind, der[at : at + size], at + size
