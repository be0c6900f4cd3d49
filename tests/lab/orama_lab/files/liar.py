"""A proxy on a node that changes what an HTTP service says of itself.

Some states can't be had from a real service on demand: two leaders, a term that ran away, a
backlog. The rest of every answer stays the real one's. Arguments: port to listen on, port of the
service, file with the lies: {"/path": {"dotted.name": value, "__status__": 503, "__body__": ""}}.
A value {"add": n} is added to the real one. Runs on a node's own Python, 3.8 or later.
"""

from __future__ import annotations

import json
import socket
import sys
import urllib.parse
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any

LISTEN, SERVICE = int(sys.argv[1]), int(sys.argv[2])
#: What the proxy sends is marked, and so not led back to the proxy.
MARK = 0x51


def tell(value: Any, name: str, lie: Any) -> None:
    """Put a lie where the dotted name leads."""
    *path, last = name.split(".")
    for part in path:
        if not isinstance(value, dict):
            return
        value = value.setdefault(part, {})
    if isinstance(value, dict):
        value[last] = value.get(last, 0) + lie["add"] if isinstance(lie, dict) and "add" in lie else lie


def changed(lies: dict[str, Any], query: dict[str, list[str]], status: int, body: bytes) -> tuple[int, bytes]:
    """The answer with the lies in it; `?key=store.raft` asks for a part of the whole."""
    status = lies.get("__status__", status)
    if "__body__" in lies:
        return status, lies["__body__"].encode()
    prefix = query.get("key", [""])[0]
    try:
        value = json.loads(body)
    except ValueError:
        return status, body
    for name, lie in lies.items():
        if prefix and name.startswith(prefix + "."):
            tell(value, name[len(prefix) + 1 :], lie)
        elif not prefix and not name.startswith("__"):
            tell(value, name, lie)
    return status, json.dumps(value).encode()


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        real = HTTPConnection("127.0.0.1", SERVICE, timeout=20)
        real.sock = socket.socket()
        real.sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        real.sock.settimeout(20)
        real.sock.connect(("127.0.0.1", SERVICE))
        keep = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        real.request(self.command, self.path, body=sent or None, headers=keep)
        got = real.getresponse()
        body, status = got.read(), got.status
        url = urllib.parse.urlsplit(self.path)
        lies = json.loads(Path(sys.argv[3]).read_text()).get(url.path)
        if lies:
            status, body = changed(lies, urllib.parse.parse_qs(url.query), status, body)
        self.send_response(status)
        for name in ("Content-Type", "X-RQLITE-VERSION"):
            value = got.getheader(name)
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *args: Any) -> None:
        """Nothing: the node's journal is for its services."""


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


Server(("127.0.0.1", LISTEN), Proxy).serve_forever()
