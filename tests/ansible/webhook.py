"""A webhook that keeps what is posted to it."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

Webhook = tuple[str, list[dict[str, Any]]]


@contextlib.contextmanager
def webhook(listening: socket.socket) -> Iterator[Webhook]:
    """Its address, behind this socket, and what came."""
    got: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    address = listening.getsockname()
    with http.server.ThreadingHTTPServer(address, Handler, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = listening
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{address[0]}:{address[1]}/token-in-the-url", got
        server.shutdown()
