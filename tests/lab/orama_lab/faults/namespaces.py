"""Faults of the Orama namespace's own services."""

from __future__ import annotations

from ..services.namespace import GATEWAY, PARTS, RAFT, unit
from .gateway import healthy, saying
from .registry import At, add, add_local
from .units import restart_alone, start, stop

for _part in PARTS:
    add(
        f"namespace-{_part}-stopped",
        f"{unit(_part)} is stopped",
        stop(unit(_part)),
        start(unit(_part)),
        "SERVICE_INACTIVE",
        node="n3",
        follow="" if _part == "gateway" else "SERVICE_INACTIVE",
        local=_part != "olric",
    )

for _part, _code in {"rqlite": "NAMESPACE_RQLITE_DOWN", "gateway": "NAMESPACE_GATEWAY_DOWN"}.items():
    _unit = unit(_part)
    add_local(
        f"namespace-{_part}-frozen",
        f"the namespace's {_part} stands still",
        f"systemctl kill -s STOP {_unit}",
        f"systemctl kill -s CONT {_unit}",
        _code,
        node="n3",
    )

add_local(
    "namespace-gateway-unhealthy",
    "the health check of the namespace's gateway says 503",
    saying(GATEWAY, http_status=503, status="unhealthy"),
    healthy(GATEWAY),
    "NAMESPACE_GATEWAY_UNHEALTHY",
    node="n1",
)

OLRIC = unit("olric")
IDLE = f"""
    mkdir -p /run/systemd/system/{OLRIC}.service.d
    printf '[Service]\\nExecStart=\\nExecStart=/bin/sleep infinity\\n' >/run/systemd/system/{OLRIC}.service.d/lab.conf
    systemctl daemon-reload; {restart_alone(OLRIC)}
"""
add(
    "namespace-olric-idle",
    "the namespace's Olric is active and does not listen",
    IDLE,
    start(OLRIC) + f"systemctl restart {OLRIC}",
    "NAMESPACE_OLRIC_DOWN",
    node="n2",
)

STATE = "curl -s -m 2 'http://127.0.0.1:10000/status?key=store.raft'"
CUT = f"INPUT -i wg0 -p tcp --dport {RAFT} -j REJECT --reject-with tcp-reset"


def _cut(at: At) -> None:
    for node in at.site.topology.namespaced:
        at.elsewhere(node.name).sh(f"iptables -I {CUT}")
    # What is connected stays so until it speaks; a new process has to connect.
    at.sh(restart_alone(unit("rqlite")))
    at.until(lambda: not _is_led(at), "nobody leads the namespace's raft, or is ready", 60)


def _is_led(at: At) -> bool:
    """A follower is ready for some seconds after it lost its leader."""
    ask = STATE + "; curl -s -m 2 -o /dev/null -w ' readyz %{http_code}' http://127.0.0.1:10000/readyz"
    told = [at.elsewhere(node.name).sh(ask, check=False) for node in at.site.topology.namespaced]
    return any('"Leader"' in text or "readyz 200" in text for text in told)


def _mend(at: At) -> None:
    for node in at.site.topology.namespaced:
        at.elsewhere(node.name).sh(f"while iptables -D {CUT} 2>/dev/null; do :; done")


add_local(
    "namespace-no-leader",
    "the namespace's voters can't reach each other",
    _cut,
    _mend,
    "NAMESPACE_NO_LEADER@cluster",
    node="n1",
)

FROM_IT = f"OUTPUT -o wg0 -p tcp --dport {RAFT} -j REJECT --reject-with tcp-reset"


def _leave_alone(at: At) -> None:
    at.sh(f"iptables -I {CUT}; iptables -I {FROM_IT}")
    at.until(lambda: '"Candidate"' in at.sh(STATE, check=False) and _is_led(at), "the rest is led without it")


add_local(
    "namespace-rqlite-alone",
    "the namespace's RQLite reaches no other, and the rest has a leader",
    _leave_alone,
    f"while iptables -D {CUT} 2>/dev/null || iptables -D {FROM_IT} 2>/dev/null; do :; done",
    "NAMESPACE_RQLITE_NOT_READY",
    node="n3",
)
