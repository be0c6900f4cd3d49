"""Each fault gives exactly its root alerts, and healing it silence: a third of them, or all (--full-matrix)."""

from __future__ import annotations

import pytest

from orama_lab import Lab
from tests.lab.matrix import Trial, attempt, daily, title, whole

pytestmark = [pytest.mark.lab, pytest.mark.matrix]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    tried = whole() if metafunc.config.getoption("--full-matrix") else daily()
    metafunc.parametrize("trial", tried, ids=map(title, tried))


def test_exactly_its_root_alerts(lab: Lab, trial: Trial) -> None:
    outcome = attempt(lab, trial)
    assert outcome.exact, str(outcome)
