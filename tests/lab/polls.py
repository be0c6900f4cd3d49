"""A healthy cluster polled again and again: every alert is a false one.

PYTHONPATH=tests/lab python -m tests.lab.polls [TIMES]
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from orama_lab import Lab
from tests.lab.commands import Root, consequences, report, roots


def poll(lab: Lab, times: int) -> Counter[Root]:
    """How often which alert was told."""
    told: Counter[Root] = Counter()
    for _time in range(times):
        found = report(lab)
        told.update(roots(found) | consequences(found))
    return told


def main(times: int = 100) -> int:
    lab = Lab()
    lab.up()
    began = time.monotonic()
    told = poll(lab, times)
    print(f"{times} polls of {len(lab.nodes)} nodes in {time.monotonic() - began:.0f} s: {told.total()} alerts")
    for (code, node), count in told.most_common():
        print(f"  {count} × {code} on {node}")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
