# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""A TCP connection with one deadline for everything that happens on it, however slowly the other side drips."""

from __future__ import annotations

import errno
import socket
import time

from .errors import ProbeError, ProbeTimeout, Refused

PIECE = 65536


class Stream:
    """A connection to ``host``:``port`` that ends ``seconds`` from now. Errors are ProbeErrors that name the place.

    A host that is a path is a Unix socket, and has no port.
    """

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self.place = host if host.startswith("/") else "%s port %d" % (host, port)
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        self._read = b""
        self.socket = self._connected(host, port)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def left(self) -> float:
        """Seconds until the deadline. Raises ProbeTimeout when it has passed."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise self.late()
        return left

    def late(self) -> ProbeTimeout:
        return ProbeTimeout("%s: no answer within %.3g s" % (self.place, self.seconds))

    def broken(self, what: str) -> ProbeError:
        return ProbeError("%s: %s" % (self.place, what))

    def send(self, data: bytes) -> None:
        try:
            self.socket.settimeout(self.left())
            self.socket.sendall(data)
        except OSError as error:
            raise self._mapped(error) from None

    def some(self, limit: int = PIECE) -> bytes:
        """The next bytes, at most ``limit``; none when the other side has closed."""
        if not self._read:
            self._read = self._received()
        some, self._read = self._read[:limit], self._read[limit:]
        return some

    def exactly(self, size: int) -> bytes:
        """The next ``size`` bytes. Raises ProbeError when the other side closes before."""
        parts = []
        while size > 0:
            part = self.some(size)
            if not part:
                raise self.broken("closed the connection in the middle of its answer")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def line(self, limit: int) -> bytes:
        """The next line without its end. Raises ProbeError when it is longer than ``limit`` or never ends."""
        while b"\n" not in self._read:
            if len(self._read) > limit:
                raise self.broken("answered with a line that is too long")
            more = self._received()
            if not more:
                raise self.broken("closed the connection %s its answer" % ("within" if self._read else "before"))
            self._read += more
        line, _newline, self._read = self._read.partition(b"\n")
        if len(line) > limit:
            raise self.broken("answered with a line that is too long")
        return line[:-1] if line.endswith(b"\r") else line

    def _received(self) -> bytes:
        try:
            self.socket.settimeout(self.left())
            return self.socket.recv(PIECE)
        except OSError as error:
            raise self._mapped(error) from None

    def _connected(self, host: str, port: int) -> socket.socket:
        """Connected to the first of the host's addresses that accepts; to be refused says more than to find no way."""
        problem: ProbeError = self.broken("no address")
        for family, address in self._addresses(host, port):
            try:
                return self._opened(family, address)
            except ProbeTimeout:
                raise
            except ProbeError as error:
                problem = problem if isinstance(problem, Refused) else error
        raise problem

    def _opened(self, family: int, address) -> socket.socket:
        left = self.left()
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(left)
                sock.connect(address)
            except OSError:
                sock.close()
                raise
        except OSError as error:
            raise self._mapped(error) from None
        return sock

    def _addresses(self, host: str, port: int) -> list:
        if host.startswith("/"):
            return [(socket.AF_UNIX, host)]
        if host == "localhost":
            return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port))]
        try:
            found = socket.getaddrinfo(host.encode("utf-8"), port, type=socket.SOCK_STREAM)  # text imports a codec
        except (OSError, UnicodeError, OverflowError):
            raise self.broken("no such host") from None
        return [(family, address) for family, _type, _protocol, _name, address in found]

    def _mapped(self, error: OSError) -> ProbeError:
        if isinstance(error, socket.timeout):
            return self.late()
        if error.errno == errno.ECONNREFUSED:
            return Refused("%s: connection refused" % self.place)
        return self.broken(error.strerror or type(error).__name__)
