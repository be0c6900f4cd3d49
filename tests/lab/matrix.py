"""The fault matrix: inject a fault, collect, compare the root alerts exactly, heal, and go on to the next.

What healing leaves behind shows as an alert too many in the next trial; the last trial, and the one after each that was
not exact, has no fault and has to be silent.

make matrix [FAULTS="NAME…"]      the whole matrix, or some of it; writes docs/fault-matrix.md when whole
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orama_lab import Lab
from orama_lab.faults import COMBINATIONS, FAULTS, SIDE_BY_SIDE
from orama_monitor import workspace
from orama_monitor.collect import DEFAULT_TIMEOUT
from tests.lab.commands import Root, consequences, expected, following, report, roots

RESULT = Path(__file__).resolve().parents[2] / "docs" / "fault-matrix.md"

#: A fault may hold a collection as long as one node may take, and not longer, in s: that, and a run of healthy nodes.
LONGEST = DEFAULT_TIMEOUT + 15

#: One fault, or several that stand at once: each by its name and the node, None for its own.
Trial = tuple[tuple[str, str | None], ...]
HEALED: Trial = ()


@dataclass
class Outcome:
    """What one fault, or two at once, gave."""

    name: str
    expected: set[Root] = field(default_factory=set)
    following: set[Root] = field(default_factory=set)
    got: set[Root] = field(default_factory=set)
    missed: set[Root] = field(default_factory=set)
    #: How long the collection took with the fault standing, in s.
    took: float = 0.0
    seconds: float = 0.0
    error: str = ""

    @property
    def exact(self) -> bool:
        is_right = self.got == self.expected and not self.missed
        return is_right and not self.error and self.took <= LONGEST

    def __str__(self) -> str:
        said = [f"expected {_words(self.expected)}, got {_words(self.got)}"]
        said += [f"without {_words(self.missed)}"] if self.missed else []
        said += [f"the collection took {self.took:.0f} s"] if self.took > LONGEST else []
        return "; ".join([*said, *([self.error] if self.error else [])])


def daily() -> list[Trial]:
    """Every third trial, without those that take long by nature, and what test_deadlines.py tries every day."""
    quick = [trial for trial in whole() if trial and not any(FAULTS[name].slow for name, _node in trial)]
    quick.remove((("gateway-frozen", None),))
    return [*quick[::3], HEALED]


def whole() -> list[Trial]:
    together = {name for name, _node in SIDE_BY_SIDE}
    alone = [((name, None),) for name in FAULTS if name not in together]
    return [*alone, *COMBINATIONS, SIDE_BY_SIDE, HEALED]


def title(trial: Trial) -> str:
    return " + ".join(name for name, _node in trial) or "no fault"


def attempt(lab: Lab, trial: Trial) -> Outcome:
    """Try one fault, or several at once. The lab is healed whatever happens."""
    outcome = Outcome(title(trial))
    began = time.monotonic()
    try:
        try:
            for fault in lab.inject(trial):
                outcome.expected |= expected(lab, fault)
                outcome.following |= following(lab, fault)
            workspace.close_connections()  # a warm one may outlive what keeps new ones out
            told = report(lab)
            outcome.got, outcome.missed = roots(told), outcome.following - consequences(told)
            outcome.took = float(told["meta"]["duration_seconds"])
        finally:
            lab.heal()
    except Exception as error:
        outcome.error = f"{type(error).__name__}: {error}"[:300]
    outcome.seconds = time.monotonic() - began
    return outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """The matrix as Markdown, with recall and precision over all root alerts."""
    wanted = sum(len(outcome.expected) for outcome in outcomes)
    found = sum(len(outcome.expected & outcome.got) for outcome in outcomes)
    told = sum(len(outcome.got) for outcome in outcomes)
    minutes = sum(outcome.seconds for outcome in outcomes) / 60
    head = [
        "# The fault matrix",
        "",
        "Written by `make matrix`: each fault is injected into real nodes, the cluster collected, the root alerts",
        "compared, the fault healed. An alert that healing leaves behind would be one too many in the next row.",
        "",
        f"{len(outcomes)} trials in {minutes:.0f} minutes, {wanted} root alerts expected: "
        f"recall {_share(found, wanted)}, precision {_share(found, told)}.",
        "",
        "| fault | expected | got | seconds |",
        "|---|---|---|---|",
    ]
    rows = [f"| {o.name} | {_wanted(o)} | {_got(o)} | {o.seconds:.0f} |" for o in outcomes]
    return "\n".join([*head, *rows]) + "\n"


def _wanted(outcome: Outcome) -> str:
    more = f"; because of it {_words(outcome.following)}" if outcome.following else ""
    return _words(outcome.expected) + more


def _got(outcome: Outcome) -> str:
    return "the same" if outcome.exact else str(outcome).replace("|", "/")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _words(found: set[Root]) -> str:
    return ", ".join(f"{code} on {node}" for code, node in sorted(found)) or "silence"


def tried(lab: Lab, trial: Trial) -> Outcome:
    """Try it and say how it went."""
    outcome = attempt(lab, trial)
    print(f"{'ok  ' if outcome.exact else 'FAIL'} {outcome.name} ({outcome.seconds:.0f} s)", flush=True)
    if not outcome.exact:
        print(f"     {outcome}", flush=True)
    return outcome


def main(chosen: Sequence[str]) -> int:
    lab = Lab()
    lab.up()
    outcomes: list[Outcome] = []
    trials = [*(((name, None),) for name in chosen), HEALED] if chosen else whole()
    for trial in trials:
        outcomes.append(tried(lab, trial))
        if trial and not outcomes[-1].exact:
            outcomes.append(tried(lab, HEALED))
    if not chosen:
        RESULT.write_text(table(outcomes))
    return int(not all(outcome.exact for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
