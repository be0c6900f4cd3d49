"""Faults that a real service can't be brought to show: a proxy says so in its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..paths import FILES
from ..services.ask import listening
from .registry import Action, At

Lies = dict[str, dict[str, Any]]
#: The proxy for port 5001 listens on 25001.
SHIFT = 20000


def lying(port: int, lies: Lies | Callable[[At], Lies]) -> tuple[Action, Action]:
    """Inject and heal for what the HTTP service on a local port is made to say."""

    def inject(at: At) -> None:
        told = lies(at) if callable(lies) else lies
        at.machine.live.write(f"run/orama-lab/lies-{port}.json", json.dumps(told))
        at.machine.live.copy(FILES / "liar.py", "run/orama-lab/liar.py", 0o644)
        proxy = f"/usr/bin/python3 /run/orama-lab/liar.py {port + SHIFT} {port} /run/orama-lab/lies-{port}.json"
        at.sh(f"systemd-run -q --collect --unit=lab-liar-{port} {proxy}")
        at.until(lambda: at.site.inside(at.node, lambda: listening("127.0.0.1", port + SHIFT)), "the proxy listens", 15)
        at.sh(f"iptables -t nat -I OUTPUT {_rule(port)}")

    def heal(at: At) -> None:
        at.sh(f"while iptables -t nat -D OUTPUT {_rule(port)} 2>/dev/null; do :; done")
        at.sh(f"systemctl stop lab-liar-{port} || :")

    return inject, heal


def _rule(port: int) -> str:
    to = f"-o lo -d 127.0.0.1/32 -p tcp --dport {port}"
    return f"{to} -m mark ! --mark 0x51 -j REDIRECT --to-ports {port + SHIFT}"
