"""A probe that writes down what it was asked and answered, and one that answers from what was written down.

A case is one JSON file::

    {"service": "rqlite 8.43.4", "state": "leader", "options": {…},
     "asked": [{"question": ["http", "GET", "http://localhost:5001/status", ""], "answer": {…}} …],
     "status": "ok", "section": {…}}
"""

from __future__ import annotations

import json
import re
from typing import Any

from ansible_collections.orama.monitor.plugins.module_utils import errors
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Output, Probe, Response

QUESTIONS = ("run", "http", "read", "exists", "permissions", "modified", "size", "has", "entries")
QUESTIONS += ("resp", "dns", "certificate", "machine")
KEY = re.compile(r"[A-Za-z0-9+/]{43}=")
RICH_ANSWERS = {"Output": Output, "Response": Response}


def question(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> str:
    """The key of a question: what was asked of whom. Time limits and sizes do not count."""
    words = [name, *args, *(value for key, value in sorted(named.items()) if key not in ("timeout", "limit"))]
    return json.dumps(words)


def without_keys(asked: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it may be kept: of ``wg show … dump`` without the private key and the preshared keys."""
    if asked[0] != "run" or asked[1][:2] != ["wg", "show"] or "Output" not in answer:
        return answer
    output = answer["Output"]
    rows = [line.split("\t") for line in output["stdout"].splitlines()]
    for number, row in enumerate(rows):
        fields, place, name = (8, 1, "(preshared key)") if number else (4, 0, "(private key)")
        if len(row) != fields:  # not what it should be: no part of it can be trusted
            row[:] = ["(not a dump)"]
        elif row[place] != "(none)":
            row[place] = name
    kept = "".join("\t".join(row) + "\n" for row in rows)
    return {"Output": dict(output, stdout=kept, stderr=KEY.sub("(a key)", output["stderr"]))}


class Recorder(Probe):
    """Asks the real node and remembers: ``asked`` holds the questions with their answers, in order."""

    def __init__(self, options: Options | None = None, root: str = "/") -> None:
        super().__init__(options, root)
        self.asked: dict[str, Any] = {}
        for name in QUESTIONS:
            setattr(self, name, self._remembering(name, getattr(self, name)))

    def _remembering(self, name: str, ask: Any) -> Any:
        def asked(*args: Any, **named: Any) -> Any:
            key = question(name, args, named)
            try:
                answer = ask(*args, **named)
            except errors.ProbeError as error:
                self.asked[key] = {"error": type(error).__name__, "text": str(error)}
                raise
            rich = type(answer).__name__ if type(answer).__name__ in RICH_ANSWERS else None
            self.asked[key] = without_keys(json.loads(key), {rich: vars(answer)} if rich else {"value": answer})
            return answer

        return asked


class Replay(Probe):
    """Answers from a case; ``unasked`` are the recorded questions that nobody has asked yet."""

    def __init__(self, case: dict[str, Any]) -> None:
        super().__init__(Options(**case.get("options", {})))
        self.answers = {json.dumps(item["question"]): item["answer"] for item in case["asked"]}
        self.unasked = set(self.answers)
        for name in QUESTIONS:
            setattr(self, name, self._answering(name))

    def _answering(self, name: str) -> Any:
        def answer(*args: Any, **named: Any) -> Any:
            key = question(name, args, named)
            if key not in self.answers:
                raise AssertionError("the case has no answer to %s" % key)
            self.unasked.discard(key)
            recorded = self.answers[key]
            if "error" in recorded:
                raise getattr(errors, recorded["error"])(recorded["text"])
            for rich, make in RICH_ANSWERS.items():
                if rich in recorded:
                    return make(**recorded[rich])
            return recorded["value"]

        return answer
