"""SECURITY.md names tests and faults that there are."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest

from orama_lab.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("tests", "ansible_collections/orama/monitor/tests")
TABLE = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("| promise | test |", 1)[1].split("\n\n", 1)[0]
ROWS = [line.split(" | ") for line in TABLE.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][2:42])
def test_each_promise_has_tests(row: list[str]) -> None:
    _promise, told = row
    named = re.findall(r"`([^`]+)`", told)
    assert named
    for name in named:
        if name.startswith("make "):
            assert f"\n{name.split()[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        elif name.startswith("python -m "):
            assert (ROOT / f"{name.split()[2].replace('.', '/')}.py").exists(), name
        elif "/" in name:
            assert (ROOT / name).exists(), name
        elif name.endswith(".py"):
            assert any(list((ROOT / place).rglob(name)) for place in PLACES), name
        else:
            assert fnmatch.filter(FAULTS, name), name
