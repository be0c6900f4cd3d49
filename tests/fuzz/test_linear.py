"""No text of a node makes a parser's search endless: it would hold the whole collection, time limits and all."""

from __future__ import annotations

import time

import pytest

from orama_monitor.failures import failure
from tests.fuzz.files import PARSERS
from tests.fuzz.target import text

LENGTH = 30_000
#: s of processor time; a search that looks again from each place needs minutes, one that does not a few ms.
PATIENCE = 5.0
AGAIN = (
    *(" ", "\n", "\t", "\r", "a", "a.", ".", " . ", "/", '"', "\\", "x=", "{", "0", "1.", "-", ","),
    *("marking ", "suspect ", "node left x ", "panic ", "not ", "error ", "[ERR", "level=", "HTTP_ADDR=", "export "),
    *("Bootstrapped ", "-- ", "TCP: ", "### tuple ### ", "1: a <", "inet ", "import ", "oom_kill ", "Id=a\n", "dns://"),
)


def spent(ask: object, given: str) -> float:
    began = time.process_time()
    try:
        ask(given)  # type: ignore[operator]
    except Exception as error:
        assert type(error).__name__ in ("ProbeError", "ValidationError"), error
    return time.process_time() - began


@pytest.mark.parametrize("again", AGAIN)
def test_long_repetitions_take_no_time(again: str) -> None:
    given = text((again * LENGTH)[:LENGTH].encode())
    for parse, _begin in PARSERS:
        if "parse_phase" not in str(parse):  # its lines are cut off where they are read
            assert spent(parse, given) < PATIENCE, parse


@pytest.mark.parametrize("again", AGAIN)
def test_what_ssh_says_is_read_in_no_time(again: str) -> None:
    given = (again * LENGTH)[:LENGTH]
    for words in (given, "sudo: " + given, "python" + given, "Connection to " + given):
        assert (
            spent(lambda said: failure({"msg": said}, True, 1) and failure({"msg": said}, False, 1), words) < PATIENCE
        )
