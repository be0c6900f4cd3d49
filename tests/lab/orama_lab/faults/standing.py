"""Which faults stand, on disk: another process heals what this one injected."""

from __future__ import annotations

import json
from pathlib import Path

Standing = tuple[str, str]


class Book:
    """The standing faults, oldest first."""

    def __init__(self, state: Path) -> None:
        self.path = state / "faults.json"

    def read(self) -> list[Standing]:
        """As (fault, node)."""
        if not self.path.exists():
            return []
        return [(str(name), str(node)) for name, node in json.loads(self.path.read_text())]

    def add(self, entry: Standing) -> None:
        """Written before the fault is injected, so that a cut-off injection is healed as well."""
        self._write([*self.read(), entry])

    def remove(self, entry: Standing) -> None:
        self._write([item for item in self.read() if item != entry])

    def _write(self, entries: list[Standing]) -> None:
        scratch = self.path.with_suffix(".new")
        scratch.write_text(json.dumps(entries))
        scratch.rename(self.path)
