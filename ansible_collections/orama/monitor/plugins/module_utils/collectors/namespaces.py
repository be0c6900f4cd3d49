# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``namespaces``: the RQLite, Olric and gateway that each namespace of this node runs for itself.

Namespaces are found from their units and their folders, and all of them are asked side by side.
"""

from __future__ import annotations

import re

from .. import local, systemd
from ..errors import Missing, ProbeError
from ..parts import Parts
from ..pick import at, text
from ..probe import Probe
from ..sockets import listens
from .gateway import HEALTH, ask_health

UNIT = re.compile(r"orama-namespace-rqlite@(.+)$")
OLRIC, GATEWAY = 2, 4  # how far their ports are from RQLite's, which is the namespace's base
STATUS, READY = "/status", "/readyz?timeout=2s"
LIMIT = 100
#: No part of it runs over the end of a line, so that its search in a hostile file has an end.
BASE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?HTTP_ADDR[ \t]*=[ \t]*["']?\S*:([0-9]{1,5})["']?[ \t\r]*$""", re.MULTILINE
)
UP_FIELDS = ("rqlite_up", "rqlite_ready", "rqlite_state", "olric_up", "gateway_up", "gateway_status")


def collect(probe: Probe) -> list[dict]:
    parts = Parts()
    names = _names(probe, parts)
    if len(names) > LIMIT:
        parts.problems.append(ProbeError("%d more namespaces are left out" % (len(names) - LIMIT)))
    bases = {name: _base(probe, parts, name) for name in names[:LIMIT]}
    questions = {}
    for name, base in bases.items():
        if base is not None:
            questions.update(_questions(probe, name, base))
    answers = probe.together(questions)
    return parts.conclude([_namespace(probe, parts, name, base, answers) for name, base in bases.items()])


def _key(name: str, path: str) -> str:
    return "%s of %s" % (path, name)


def _questions(probe: Probe, name: str, base: int) -> dict:
    return {
        _key(name, STATUS): lambda: probe.get(_url(probe, base) + STATUS),
        _key(name, READY): lambda: probe.get(_url(probe, base) + READY),
        _key(name, HEALTH): lambda: ask_health(probe, _url(probe, base + GATEWAY)),
    }


def _url(probe: Probe, port: int) -> str:
    return local.url(probe, "http://localhost:%d" % port)


def _namespace(probe: Probe, parts: Parts, name: str, base: int | None, answers: dict) -> dict:
    section: dict = dict(name=name, port_base=base, **dict.fromkeys(UP_FIELDS))
    if base is not None:
        rqlite = local.Answers("RQLite of %s" % name, {path: answers[_key(name, path)] for path in (STATUS, READY)})
        gateway = local.Answers("gateway of %s" % name, {HEALTH: answers[_key(name, HEALTH)]})
        section.update(_rqlite(rqlite), olric_up=listens(probe, "tcp", base + OLRIC), **_gateway(gateway))
        parts.problems += rqlite.problems + gateway.problems
    return section


def _rqlite(answers: local.Answers) -> dict:
    """Up is what answers at all; without credentials nothing else is known, and what is down isn't ready."""
    up = answers.responded()
    ready = answers.of(READY)
    known = ready is not None and ready.status not in local.UNAUTHORIZED
    return dict(
        rqlite_up=up,
        rqlite_ready=ready.status == 200 if known else (None if up else False),
        rqlite_state=text(at(answers.json(STATUS), "store", "raft", "state")),
    )


def _gateway(answers: local.Answers) -> dict:
    health = answers.of(HEALTH)
    return dict(gateway_up=health is not None, gateway_status=health.status if health else None)


# Which there are


def _names(probe: Probe, parts: Parts) -> list[str]:
    """Of units and of folders; what a report can't hold as it is names no namespace."""
    names = _names_of_units(probe) | set(_folders(probe, parts))
    return sorted(name for name in names if text(name) == name)


def _names_of_units(probe: Probe) -> set[str]:
    try:
        units = systemd.units(probe)
    except ProbeError:  # said by the services section
        return set()
    return {match.group(1) for match in map(UNIT.match, units) if match}


def _folder(probe: Probe) -> str:
    return probe.options.orama_home.rstrip("/") + "/data/namespaces"


def _folders(probe: Probe, parts: Parts) -> list[str]:
    """Folders with an environment file: without one there is nothing that could run."""
    try:
        names = probe.entries(_folder(probe))
    except Missing:
        return []
    except ProbeError as error:
        return parts.of(error) or []
    return [name for name in names if local.has(probe, _env(probe, name)) is not False]


def _env(probe: Probe, name: str) -> str:
    return "%s/%s/rqlite.env" % (_folder(probe), name)


def _base(probe: Probe, parts: Parts, name: str) -> int | None:
    """The port of its RQLite. That the file is gone is a problem while this runs; else the unit says what there is."""
    path = _env(probe, name)
    try:
        env = probe.read(path)
    except ProbeError as error:
        if not isinstance(error, Missing) or systemd.active(probe, "orama-namespace-rqlite@%s" % name):
            parts.problems.append(error)
        return None
    base = parse_base(env)
    if base is None:
        parts.problems.append(ProbeError("%s: no port in HTTP_ADDR" % path))
    return base


def parse_base(env: str) -> int | None:
    """The port of ``HTTP_ADDR=host:port`` in an environment file."""
    found = BASE.search(env)
    port = int(found.group(1)) if found else 0
    return port if 0 < port <= 65535 - GATEWAY else None
