"""The lab as a fixture, and what is skipped without it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from orama_lab import Lab

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-lab", action="store_true", help="fail where this machine lacks what a test needs")
    parser.addoption("--full-matrix", action="store_true", help="try every fault of the lab, not a third")


def pytest_configure() -> None:
    """What is ignored here, as under nohup, is in every program that a test starts; what is handled is not."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


def why_no_lab() -> str | None:
    """What this machine lacks for the lab, or None."""
    if os.geteuid() != 0:
        return "the lab needs root"
    needed = ("mmdebstrap", "ip", "unshare", "nsenter", "wg")
    missing = [command for command in needed if shutil.which(command) is None]
    return f"the lab needs {', '.join(missing)} (tests/lab/packages)" if missing else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lab tests come last, and are skipped, or fail, where there can be no lab."""
    items.sort(key=lambda item: item.get_closest_marker("lab") is not None)
    reason = why_no_lab()
    if reason is None:
        return
    if config.getoption("--require-lab"):
        raise pytest.UsageError(f"--require-lab: {reason}")
    for item in items:
        if item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def lacks(request: pytest.FixtureRequest) -> Callable[[str], NoReturn]:
    """Ends a test that this machine lacks something for, and says what: skipped, or failed under --require-lab."""
    return pytest.fail if request.config.getoption("--require-lab") else pytest.skip


@pytest.fixture(scope="session")
def lab(lacks: Callable[[str], NoReturn]) -> Iterator[Lab]:
    """The lab, healthy; a lab that stood before stays up afterwards."""
    found = Lab(say=lambda text: print(text, flush=True))
    stood = found.exists
    if missing := found.build():
        lacks(f"the lab could not be built without: {', '.join(missing)}")
    try:
        found.up()
        yield found
    finally:
        if not stood:
            found.down()
