# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Servers on loopback for tests, each answering with a script: what a healthy, slow, rude or silent one does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any, Callable, Iterator

Script = Callable[[socket.socket], Any]


@contextlib.contextmanager
def tcp(script: Script) -> Iterator[int]:
    """The port of a server that runs ``script`` on each connection, and then closes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, script), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(listener: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            script(connection)


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a listener that accepts by the kernel's hand and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answering(*parts: bytes) -> Script:
    """Reads a request as far as one read goes, then writes the parts and closes."""

    def script(connection: socket.socket) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)

    return script


def dripping(beginning: bytes, drop: bytes) -> Script:
    """Begins an answer, then sends the drop again and again, faster than any time limit of a single read."""

    def script(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(beginning)
        gone = threading.Event()
        while not gone.wait(0.02):
            connection.sendall(drop)

    return script


@contextlib.contextmanager
def udp(reply: Callable[[bytes], list[bytes]]) -> Iterator[int]:
    """The port of a server that answers each datagram with those that ``reply`` makes of it."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_reply, args=(sock, reply), daemon=True)
    thread.start()
    try:
        yield sock.getsockname()[1]
    finally:
        stop = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with stop:
            stop.sendto(b"", sock.getsockname())
        thread.join(5)
        sock.close()


def _reply(sock: socket.socket, reply: Callable[[bytes], list[bytes]]) -> None:
    while True:
        message, address = sock.recvfrom(65535)
        if not message:
            return
        for answer in reply(message):
            sock.sendto(answer, address)
