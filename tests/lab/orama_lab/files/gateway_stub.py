"""A STUB of Orama's gateway: answers /v1/health in the form that the schema names, and does nothing else.

Arguments: port, file. What the file holds as JSON is laid over the healthy answer; its key
"http_status" sets the status, "wait_s" the seconds until it answers. So a fault is a file, and
healing it removes the file.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any

SUBSYSTEMS = ("rqlite", "olric", "ipfs", "wireguard", "anyone")


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class Health(BaseHTTPRequestHandler):
    server_version = "orama-gateway-stub"

    def do_GET(self) -> None:
        if self.path.split("?")[0] not in ("/v1/health", "/health"):
            self.send_error(404)
            return
        answer: dict[str, Any] = {
            "status": "healthy",
            "version": "0.107.0",
            "subsystems": {name: {"status": "ok", "latency": "1.2ms"} for name in SUBSYSTEMS},
        }
        status = 200
        try:
            change = json.loads(Path(sys.argv[2]).read_text())
            status = change.pop("http_status", 200)
            time.sleep(change.pop("wait_s", 0))
            answer["subsystems"].update(change.pop("subsystems", {}))
            answer.update(change)
        except FileNotFoundError:
            pass
        body = json.dumps(dict(answer, uptime_seconds=int(time.monotonic()))).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing: the node's journal is for its services."""


Server(("0.0.0.0", int(sys.argv[1])), Health).serve_forever()
