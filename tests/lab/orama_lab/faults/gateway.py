"""Faults of the gateway."""

from __future__ import annotations

import json

from ..services.gateway import PORT, UNIT, override
from .registry import Action, At, add_local


def healthy(port: int = PORT) -> str:
    """The stub at the port says again that all is well."""
    return f"rm -f {override(port)}"


def saying(port: int = PORT, **changed: object) -> Action:
    """What the health check of the stub at the port says instead."""

    def write(at: At) -> None:
        at.machine.live.write(override(port), json.dumps(changed))

    return write


SICK = {"rqlite": {"status": "degraded", "latency": "3.1s", "error": "context deadline exceeded"}}

add_local(
    "gateway-frozen",
    "the gateway stands still and its unit is active",
    f"systemctl kill -s STOP {UNIT}",
    f"systemctl kill -s CONT {UNIT}",
    "GATEWAY_DOWN",
)
add_local(
    "gateway-unhealthy",
    "the health check says 503",
    saying(http_status=503, status="unhealthy"),
    healthy(),
    "GATEWAY_UNHEALTHY",
    node="n4",
)
add_local(
    "gateway-subsystem",
    "a subsystem is degraded",
    saying(subsystems=SICK, status="degraded"),
    healthy(),
    "GATEWAY_SUBSYSTEM",
    node="n5",
)
add_local(
    "gateway-sick",
    "a subsystem is down and the health check says 503",
    saying(http_status=503, subsystems={"olric": {"status": "down", "error": "refused"}}),
    healthy(),
    "GATEWAY_SUBSYSTEM",
    node="n1",
)
add_local(
    "gateway-waits",
    "the gateway waits 5 s for a subsystem that hangs, as Orama's does, and says so",
    saying(wait_s=5, http_status=503, subsystems={"olric": {"status": "error", "error": "context deadline exceeded"}}),
    healthy(),
    "GATEWAY_SUBSYSTEM",
    node="n2",
)
