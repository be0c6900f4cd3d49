"""What a node may answer where Ansible's own wrapper reads it."""

from __future__ import annotations

import pytest

from orama_monitor.answer import node_result


@pytest.mark.parametrize("facts", [5, ["orama_report"], "orama_report", None, {"orama_report": 7}])
def test_facts_that_are_none_are_the_node_s_own_failure(facts: object) -> None:
    answer = {"ansible_facts": facts, "rc": []}
    result = node_result("n", "node", answer, unreachable=False, timeout=30, silence="it said nothing")
    assert result.failure == "collect_failed" and result.report is None
