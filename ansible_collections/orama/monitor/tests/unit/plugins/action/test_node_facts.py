"""What becomes of a node's output: a report, or a failed task that says why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.orama.monitor.plugins.action.node_facts import REPORT_LIMIT, ActionModule, _result
from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK


def told(text: str, **more: Any) -> dict[str, Any]:
    found = _result(dict(stdout=text, stderr="", rc=0, **more))
    assert isinstance(found, dict)
    return found


def test_noise_before_the_report_is_passed_over() -> None:
    assert told(f"Welcome {MARK} no{MARK}{json.dumps(dict(a=1))}\n")["ansible_facts"] == {"orama_report": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no report came back"),
        ("noise", "no report came back"),
        (MARK + "[1]", "no report came back"),
        (MARK + "{", "not valid JSON"),
        (MARK + '{"a": NaN}', "not valid JSON"),
        (MARK + '{"a": {"b": 1, "b": 2}}', "not valid JSON"),
        (MARK + "[" * 100_000, "not valid JSON"),
        (MARK + '{"a": "' + "x" * REPORT_LIMIT + '"}', "too large"),
    ],
    ids=["nothing", "noise", "a list", "broken", "NaN", "twice", "deep", "large"],
)
def test_what_is_no_report_fails(text: str, said: str) -> None:
    found = told(text)
    assert found["failed"] is True
    assert said in found["msg"]
    assert len(json.dumps(found)) < 10_000


class UnderMitogen(ActionModule):
    """The action where its base is Mitogen's."""

    def __init__(self) -> None:
        """Without a task."""

    def _is_pipelining_enabled(self, *_args: object) -> bool:
        raise AssertionError("should never be called")


def test_under_mitogen_the_module_runs() -> None:
    assert UnderMitogen()._feeds_standard_input() is False
