"""The fuzzers' targets for a moment each; `make soak` gives them hours."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.target import LENGTH, Target
from tests.fuzz.targets import TARGETS

EACH = {target.name: target for target in TARGETS}
EXAMPLES = 150


@pytest.mark.parametrize("name", EACH)
def test_whatever_comes_is_understood_or_refused(name: str) -> None:
    target = EACH[name]
    for seed in target.seeds:
        target.check(seed)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def each(raw: bytes) -> None:
        target.check(raw)

    each()


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Anything, and seeds with something put in or taken out."""
    some = st.binary(max_size=LENGTH // 16)
    place = st.integers(0, LENGTH)
    changed = st.builds(_spliced, st.sampled_from(target.seeds), place, place, some)
    return st.one_of(some, changed)


def _spliced(seed: bytes, begin: int, length: int, put: bytes) -> bytes:
    begin %= len(seed) + 1
    return seed[:begin] + put + seed[begin + length % 8 :]
