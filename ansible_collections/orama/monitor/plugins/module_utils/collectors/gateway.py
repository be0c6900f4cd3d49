# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``gateway``: the health that the gateway tells of itself and of what it stands on."""

from __future__ import annotations

from .. import local
from ..errors import Absent
from ..pick import at, mapping, real, text
from ..probe import Probe, Response

UNITS = ("orama-gateway", "orama-node")  # orama-node may run the gateway inside itself
HEALTH = "/v1/health"
HEALTH_SECONDS = 6.0  # the gateway itself waits up to 5 s for what it stands on, and is well meanwhile
MARGIN = 1.0  # seconds before the collection's end by which a silent gateway is told of
SUBSYSTEMS_LIMIT = 100


def collect(probe: Probe) -> dict:
    base = local.url(probe, probe.options.gateway_url)
    answers = local.Answers("gateway", probe.together({HEALTH: lambda: ask_health(probe, base)}))
    if answers.refused() and not local.installed(probe, UNITS, probe.options.orama_home):
        raise Absent
    answer = answers.of(HEALTH)
    section = dict(responsive=answer is not None, http_status=None, version=None, subsystems=None)
    if answer is None:
        return answers.conclude(section)
    section.update(http_status=answer.status)
    if answer.status in local.UNAUTHORIZED or answer.status == 200:
        health = answers.json(HEALTH)
        section.update(parse_health(health))
        if health is not None and not isinstance(health, dict):
            answers.understood(HEALTH, None)
    else:  # an unhealthy gateway says in its body what is wrong, if it says anything
        section.update(parse_health(local.json_or_none(answer)))
    return answers.conclude(section)


def ask_health(probe: Probe, base: str) -> Response:
    """What a gateway says of its health, that of a namespace, too. Raises as ``probe.get``."""
    limit = max(HEALTH_SECONDS, probe.options.http_timeout)
    return probe.get(base + HEALTH, timeout=min(limit, max(MARGIN, probe.options.deadline - MARGIN)))


def parse_health(health: object) -> dict:
    """``version`` and ``subsystems`` of a health answer, which newer gateways call ``checks``; else not known."""
    version = text(at(health, "version")) or text(at(health, "server", "version"))
    subsystems = at(health, "subsystems")
    if not isinstance(subsystems, dict):
        subsystems = at(health, "checks")
    if not isinstance(subsystems, dict):
        return dict(version=version, subsystems=None)
    found = {text(name): _subsystem(value) for name, value in subsystems.items() if text(name)}
    kept = dict(list(found.items())[:SUBSYSTEMS_LIMIT])
    omitted = len(found) - len(kept)
    section = dict(version=version, subsystems=kept)
    return dict(section, subsystems_omitted=omitted) if omitted else section


def _subsystem(value: object) -> dict:
    """One subsystem, told as an object or by its status alone."""
    told = mapping(value) or {"status": value}
    latency = told.get("latency")
    return dict(
        status=text(told.get("status")),
        latency=text(latency) if isinstance(latency, str) else real(latency),
        error=text(told.get("error")),
    )
