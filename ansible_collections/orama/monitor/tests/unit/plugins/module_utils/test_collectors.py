"""Every case of every collector: what a service answered, and the section that must come of it.

With ORAMA_UPDATE_CASES=1 in the environment the expected results are written anew; look at the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.record_case import written
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.replay import Replay

CASES = Path(__file__).parent / "collectors"
FILES = sorted(path for path in CASES.rglob("*") if path.is_file())
EXPECTED = ("status", "error", "section")
FEWEST_CASES = 8
CRASHED = re.compile(r"\w at \w+\.py:\d+$")  # or asked what the case has no answer to


def test_every_collector_has_its_cases():
    counted = {name: len(list((CASES / name).glob("*.json"))) for name in COLLECTORS}
    assert not {name: count for name, count in counted.items() if count < FEWEST_CASES}


def test_nothing_else_lies_among_the_cases():
    strangers = [path for path in FILES if path.suffix != ".json" or path.parent.parent != CASES]
    assert not strangers
    assert {path.parent.name for path in FILES} <= set(COLLECTORS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "%s/%s" % (path.parent.name, path.stem))
def test_case(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["service"] and case["state"]
    probe = Replay(case)
    outcome = node._guarded(probe, COLLECTORS[path.parent.name])
    came = json.loads(json.dumps({name: getattr(outcome, name) for name in EXPECTED}))
    assert not CRASHED.search(came["error"] or ""), came["error"]
    if os.environ.get("ORAMA_UPDATE_CASES"):
        case.update(came)
        path.write_text(written(case), encoding="utf-8")
    assert came == {name: case[name] for name in EXPECTED}
    assert not probe.unasked, "recorded, yet not asked"
