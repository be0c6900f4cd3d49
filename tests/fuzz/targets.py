"""Everything that reads what others wrote."""

from __future__ import annotations

from tests.fuzz import conf, files, saved, services, wire, written
from tests.fuzz.target import Target

TARGETS: tuple[Target, ...] = (
    *conf.TARGETS,
    *saved.TARGETS,
    *written.TARGETS,
    *files.TARGETS,
    *services.TARGETS,
    *wire.TARGETS,
)
