"""The fault matrix: inject a fault, collect, compare the root alerts exactly, heal, and hear silence again.

python -m tests.lab.matrix [NAME…]      the whole matrix, or some of it; writes docs/fault-matrix.md when whole
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orama_lab import Lab
from orama_lab.faults import COMBINATIONS, FAULTS
from orama_monitor import workspace
from orama_monitor.collect import DEFAULT_TIMEOUT
from tests.lab.commands import Root, expected, healed, report, roots

RESULT = Path(__file__).resolve().parents[2] / "docs" / "fault-matrix.md"

#: A fault may hold a collection as long as one node may take, and not longer, in s: that, and a run of healthy nodes.
LONGEST = DEFAULT_TIMEOUT + 15

#: One fault, or several that stand at once: each by its name and the node, None for its own.
Trial = tuple[tuple[str, str | None], ...]


@dataclass
class Outcome:
    """What one fault, or two at once, gave."""

    name: str
    expected: set[Root] = field(default_factory=set)
    got: set[Root] = field(default_factory=set)
    left: set[Root] = field(default_factory=set)
    #: How long the collection took with the fault standing, in s.
    took: float = 0.0
    seconds: float = 0.0
    error: str = ""

    @property
    def exact(self) -> bool:
        return self.got == self.expected and not self.left and not self.error and self.took <= LONGEST

    def __str__(self) -> str:
        said = [f"expected {_words(self.expected)}, got {_words(self.got)}"]
        said += [f"the collection took {self.took:.0f} s"] if self.took > LONGEST else []
        said += [f"after healing {_words(self.left)}"] if self.left else []
        return "; ".join([*said, *([self.error] if self.error else [])])


#: One of each subsystem and two at once, for every day.
DAILY = (
    "anyone-relay-failed",
    "dns-no-soa",
    "gateway-unhealthy",
    "ipfs-bootstrap",
    "olric-memory",
    "ssh-closed",
    "rqlite-candidate",
    "gateway-stopped",
    "memory-high",
    "port-exposed",
    "wg-conf-readable",
    "namespace-gateway-frozen",
)


def daily() -> list[Trial]:
    """A few minutes' worth of the matrix."""
    pair = next(pair for pair in COMBINATIONS if ("ufw-off", "n4") in pair)
    return [*(((name, None),) for name in DAILY), pair]


def whole() -> list[Trial]:
    return [((name, None),) for name in FAULTS] + list(COMBINATIONS)


def title(trial: Trial) -> str:
    return " + ".join(name for name, _node in trial)


def attempt(lab: Lab, trial: Trial) -> Outcome:
    """Try one fault, or several at once. The lab is healed whatever happens."""
    outcome = Outcome(title(trial))
    began = time.monotonic()
    try:
        try:
            for name, node in trial:
                outcome.expected |= expected(lab, lab.fault(name, node))
            workspace.close_connections()  # a warm one may outlive what keeps new ones out
            found = report(lab)
            outcome.got = roots(found)
            outcome.took = float(found["meta"]["duration_seconds"])
        finally:
            outcome.left = healed(lab)
    except Exception as error:
        outcome.error = f"{type(error).__name__}: {error}"[:300]
    outcome.seconds = time.monotonic() - began
    return outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """The matrix as Markdown, with recall and precision over all root alerts."""
    wanted = sum(len(outcome.expected) for outcome in outcomes)
    found = sum(len(outcome.expected & outcome.got) for outcome in outcomes)
    told = sum(len(outcome.got | outcome.left) for outcome in outcomes)
    head = [
        "# The fault matrix",
        "",
        "Written by `python -m tests.lab.matrix`: each fault injected into real nodes, collected, compared, healed.",
        "",
        f"{len(outcomes)} faults, {wanted} root alerts expected: recall {_share(found, wanted)}, "
        f"precision {_share(found, told)}.",
        "",
        "| fault | expected | got | seconds |",
        "|---|---|---|---|",
    ]
    rows = [f"| {o.name} | {_words(o.expected)} | {_got(o)} | {o.seconds:.0f} |" for o in outcomes]
    return "\n".join([*head, *rows]) + "\n"


def _got(outcome: Outcome) -> str:
    return "the same" if outcome.exact else str(outcome).replace("|", "/")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _words(found: set[Root]) -> str:
    return ", ".join(f"{code} on {node}" for code, node in sorted(found)) or "silence"


def main(chosen: Sequence[str]) -> int:
    lab = Lab()
    lab.up()
    outcomes: list[Outcome] = []
    for trial in [((name, None),) for name in chosen] or whole():
        outcomes.append(attempt(lab, trial))
        last = outcomes[-1]
        print(f"{'ok  ' if last.exact else 'FAIL'} {last.name} ({last.seconds:.0f} s)", flush=True)
        if not last.exact:
            print(f"     {last}", flush=True)
    if not chosen:
        RESULT.write_text(table(outcomes))
    return int(not all(outcome.exact for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
