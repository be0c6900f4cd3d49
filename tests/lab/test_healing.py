"""Who starts anew when Olric's members have lost each other."""

from __future__ import annotations

import pytest

from orama_lab.services.olric import astray


@pytest.mark.parametrize(
    ("counts", "start"),
    [
        ([5, 5, 5, 5, 5], []),
        ([4, 4, 1, 4, 4], [2]),
        ([4, 4, 0, 4, 4], [2]),
        ([3, 3, 3, 2, 2], [3, 4]),
        ([5, 5, 5, 4, 5], [3]),
        ([2, 2, 2, 2, 1], [1, 2, 3, 4]),
        ([1, 1, 1, 1, 1], [1, 2, 3, 4]),
        ([0, 1, 1, 1, 1], [0, 2, 3, 4]),
        ([0, 0, 0, 0, 0], [0, 1, 2, 3, 4]),
        ([1, 1], [1]),
        ([1], []),
    ],
)
def test_those_who_have_most_of_the_others_stay(counts: list[int], start: list[int]) -> None:
    assert astray(counts) == start
