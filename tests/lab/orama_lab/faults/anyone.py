"""Faults of Anyone."""

from __future__ import annotations

from ..services.anyone import LOG, unit
from ..topology import INET_ADDRESS
from .registry import At, add_local

AWAY = f"OUTPUT -d {INET_ADDRESS} -p tcp -j REJECT"


def _stuck(at: At) -> None:
    at.sh(f"iptables -I {AWAY}; systemctl stop {unit(at.node)}; truncate -s 0 /{LOG}; systemctl start {unit(at.node)}")
    at.until(lambda: "Bootstrapped" in at.sh(f"cat /{LOG}"), "anyone has begun to bootstrap", 20)


def _free(at: At) -> None:
    at.sh(f"while iptables -D {AWAY} 2>/dev/null; do :; done; systemctl restart {unit(at.node)}")


add_local(
    "anyone-stuck", "the client finds no way into its network", _stuck, _free, "ANYONE_NOT_BOOTSTRAPPED", node="n4"
)
add_local(
    "anyone-relay-stuck", "the relay finds no way into its network", _stuck, _free, "ANYONE_NOT_BOOTSTRAPPED", node="n3"
)


def _rotate(at: At) -> None:
    at.sh(f"mv /{LOG} /{LOG}.1; systemctl kill -s HUP --kill-who=main {unit(at.node)}")
    at.until(lambda: at.machine.live.path(LOG).exists(), "a new log is begun", 20)


add_local(
    "anyone-log-rotated",
    "the log was rotated, which is no fault",
    _rotate,
    f"cat /{LOG}.1 /{LOG} >/{LOG}.2; mv /{LOG}.2 /{LOG}.1; cat /{LOG}.1 >/{LOG}; rm /{LOG}.1",
    "",
    node="n5",
)
