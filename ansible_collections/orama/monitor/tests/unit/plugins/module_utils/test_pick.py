# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What is picked as a text."""

from __future__ import annotations

import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.pick import TEXT_LIMIT, text


@pytest.mark.parametrize(
    ("value", "picked"),
    [
        ("rqlited -join http://orama:hunter2@10.0.0.1:5001", "rqlited -join http://***@10.0.0.1:5001"),
        ("http://hunter2@a, https://b:hunter2@c/x@y", "http://***@a, https://***@c/x@y"),
        ("http://a/b?c=d@e", "http://a/b?c=d@e"),
        ("mail@example.org: // a@b", "mail@example.org: // a@b"),
    ],
)
def test_the_login_of_a_url_is_left_out(value, picked):
    assert text(value) == picked


def test_a_long_text_takes_no_time():
    began = time.process_time()
    assert len(text("://" * 100_000)) == len(text("://a" * 100_000)) == TEXT_LIMIT
    assert time.process_time() - began < 2
