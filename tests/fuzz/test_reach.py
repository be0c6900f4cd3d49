"""The fuzzers' targets reach every parser that runs on a node."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.fuzz import files, services, wire
from tests.fuzz.recorded import ROOT

TARGETS = (*files.TARGETS, *services.TARGETS, *wire.TARGETS)
UTILS = ROOT / "ansible_collections/orama/monitor/plugins/module_utils"
Place = tuple[str, str]


def parsers() -> set[Place]:
    """(file, function) of each function there whose name says that it parses, or counts in what was parsed."""
    return {
        (str(path), node.name)
        for path in UTILS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith(("parse", "count_"))
    }


@pytest.fixture
def reached() -> set[Place]:
    """(file, function) of all that is called for the targets' first inputs."""
    found: set[Place] = set()

    def note(frame: FrameType, event: str, _given: Any) -> None:
        if event == "call":
            found.add((str(Path(frame.f_code.co_filename)), frame.f_code.co_name))

    sys.setprofile(note)
    try:
        for target in TARGETS:
            for seed in target.seeds:
                target.check(seed)
    finally:
        sys.setprofile(None)
    return found


def test_every_parser_is_fuzzed(reached: set[Place]) -> None:
    assert len(parsers()) > 40
    assert parsers() - reached == set()
