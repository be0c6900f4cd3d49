"""docs/collectors.md, from the recorded cases."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from generator.markdown import page as assembled
from generator.markdown import table

CASES = (
    Path(__file__).resolve().parents[2] / "ansible_collections/orama/monitor/tests/unit/plugins/module_utils/collectors"
)

INTRODUCTION = """\
# Collectors and their cases

Written by `make docs`. Each collector is tested by what services answered: a case holds the service and its version,
the questions with their raw answers, and the section that must come of them. "edited" is a recording changed by hand
into a state that could not be brought about; "by hand" follows a format's description."""


def page() -> str:
    cases = {folder.name: _services(folder) for folder in sorted(CASES.iterdir()) if folder.is_dir()}
    total = sum(sum(found.values()) for found in cases.values())
    summary = table(("collector", "cases", "from services"), map(_summed, cases.items()))
    parts = [f"## {name}\n\n" + table(("answers of", "cases"), _rows(found)) for name, found in cases.items()]
    return assembled(INTRODUCTION, f"{total} cases.", summary, *parts)


def _services(folder: Path) -> Counter[str]:
    return Counter(json.loads(path.read_text(encoding="utf-8"))["service"] for path in folder.glob("*.json"))


def _summed(item: tuple[str, Counter[str]]) -> tuple[str, str, str]:
    name, found = item
    recorded = sum(count for service, count in found.items() if "by hand" not in service)
    return name, str(sum(found.values())), str(recorded)


def _rows(found: Counter[str]) -> list[tuple[str, str]]:
    return [(service, str(count)) for service, count in sorted(found.items())]
