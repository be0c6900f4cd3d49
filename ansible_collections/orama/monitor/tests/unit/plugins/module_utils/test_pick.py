# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What is picked as a text or a number, and what is reckoned from it."""

from __future__ import annotations

import math
import sys
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.pick import (
    TEXT_LIMIT,
    count,
    from_json,
    percent,
    text,
)


@pytest.mark.parametrize(
    ("value", "picked"),
    [
        ("rqlited -join http://orama:hunter2@10.0.0.1:5001", "rqlited -join http://***@10.0.0.1:5001"),
        ("http://hunter2@a, https://b:hunter2@c/x@y", "http://***@a, https://***@c/x@y"),
        ("http://a/b?c=d@e", "http://a/b?c=d@e"),
        ('parse "http://orama:ab/cd+ef=@10.0.0.1:5001": no port', 'parse "http://***@10.0.0.1:5001": no port'),
        ("http://u:p#?ss@h, http://u:p@ss@h/x, http://:p@h", "http://***@h, http://***@h/x, http://***@h"),
        ("http://orama:a/b@c@10.0.0.1:5001 twice", "http://***@10.0.0.1:5001 twice"),
        ("http://%s@h" % ("x" * 400), "http://***@h"),
        ('"http://h:80/x", "mail@example.org"', '"http://h:80/x", "mail@example.org"'),
        ("mail@example.org: // a@b", "mail@example.org: // a@b"),
    ],
)
def test_the_login_of_a_url_is_left_out(value, picked):
    assert text(value) == picked


def test_a_long_text_takes_no_time():
    began = time.process_time()
    for part in ("://", "://a", "://:", "://a:b"):
        assert len(text(part * 100_000)) == TEXT_LIMIT
    assert time.process_time() - began < 2


@pytest.fixture
def endless_numbers():
    """As Python was until 3.8.14, 3.9.14 and 3.10.7: a number may have any length."""
    if not hasattr(sys, "set_int_max_str_digits"):
        yield
        return
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(limit)


@pytest.mark.usefixtures("endless_numbers")
def test_a_long_number_takes_no_time():
    began = time.process_time()
    found = from_json("[%s, -%s]" % ("1" * 1_000_000, "1" * 1_000_000))
    assert time.process_time() - began < 1
    assert found == [math.inf, math.inf]
    assert count(math.inf) is None


def test_the_largest_numbers_are_read_whole():
    assert from_json("[%d, %d, 1.5]" % (2**64, -(2**64))) == [2**64, -(2**64), 1.5]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 10, 0), (9, 10, 90), (9001, 10_000, 91), (1, 2**62, 1), (2**62, 2**62, 100), (11, 10, 110)]
    + [(None, 10, None), (1, 0, None), (1, None, None)],
)
def test_what_has_begun_counts_as_a_whole_percent(part, whole, shown):
    assert percent(part, whole) == shown
