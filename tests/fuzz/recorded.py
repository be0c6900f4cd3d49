"""What real services answered, from the collectors' recorded cases: where a fuzzer begins."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from tests.fuzz.target import LENGTH

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "ansible_collections/orama/monitor/tests/unit/plugins/module_utils/collectors"
LARGEST = 200_000


@functools.cache
def cases() -> tuple[tuple[str, dict[str, Any]], ...]:
    """(collector, case) of all that are not very large."""
    found = sorted(path for path in CASES.glob("*/*.json") if path.stat().st_size < LARGEST)
    return tuple((path.parent.name, json.loads(path.read_text(encoding="utf-8"))) for path in found)


@functools.cache
def answers(*begin: str) -> tuple[str, ...]:
    """What was answered to questions that begin with these words: the different ones, the shortest first."""
    found = set()
    for _collector, case in cases():
        for item in case["asked"]:
            if _words(item["question"])[: len(begin)] == list(begin):
                found.add(_text(item["answer"]))
    return tuple(sorted((text for text in found if 0 < len(text) < LENGTH), key=lambda text: (len(text), text))[:20])


def _words(question: Any) -> list[str]:
    """A question's words, those of a command or a path's name among them."""
    return [word for part in question for word in (part if isinstance(part, list) else [str(part)])]


def _text(answer: dict[str, Any]) -> str:
    for kind, field in (("Output", "stdout"), ("Response", "body")):
        if kind in answer:
            return str(answer[kind][field])
    value = answer.get("value", "")
    return value if isinstance(value, str) else json.dumps(value)
