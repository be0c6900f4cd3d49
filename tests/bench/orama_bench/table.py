"""The benchmark's result: goals, ratios, figures; as a table to read and JSON to compare with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from orama_bench.measure import Cost, median, ratio
from orama_bench.subjects import TUNED

Costs = Mapping[str, Sequence[Cost]]
#: By how many names were asked, and subject.
Medians = dict[int, dict[str, Cost]]
REGRESSION = 1.15


@dataclass(frozen=True)
class Goal:
    """A promise: one subject's wall time divided by another's, at most ``goal``."""

    text: str
    one: str
    other: str
    goal: float


#: Judged at 20 nodes.
GOALS = (
    Goal("ours warm ÷ floor warm", "ours, warm", "floor, warm", 1.4),
    Goal("ours cold ÷ floor cold", "ours, cold", "floor, cold", 1.3),
    Goal("ours cold ÷ ansible -m setup tuned alike, cold", "ours, cold", "ansible -m setup, tuned alike, cold", 0.4),
    Goal("ours warm ÷ ansible -m setup tuned alike, warm", "ours, warm", "ansible -m setup, tuned alike, warm", 0.4),
    Goal(
        "ours cold ÷ ansible-playbook defaults, cold", "ours, cold", "ansible-playbook defaults, same module, cold", 0.6
    ),
    Goal(
        "ours warm ÷ ansible-playbook defaults, warm", "ours, warm", "ansible-playbook defaults, same module, warm", 0.4
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of the table of goals. ``limit``: what was measured that says how near to the goal one can come."""

    text: str
    goal: float
    result: float
    unit: str = ""
    limit: str = ""

    @property
    def reached(self) -> bool:
        return self.result <= self.goal


def judged(costs: Costs) -> list[Line]:
    """Every goal whose subjects were measured."""
    walls = {name: median(found).wall for name, found in costs.items()}
    return [
        Line(
            goal.text,
            goal.goal,
            round(ratio(costs[goal.one], costs[goal.other]), 2),
            limit=_limit(goal.other, walls),
        )
        for goal in GOALS
        if goal.one in costs and goal.other in costs
    ]


def _limit(other: str, walls: Mapping[str, float]) -> str:
    """How near to ``other`` comes Ansible alone with the command's play, or plain SSH; empty if not measured."""
    road = other.rpartition(", ")[2]
    nearest, name = (
        (f"{TUNED}, {road}", "ansible-playbook running the command's play")
        if other.startswith("floor")
        else (f"floor, {road}", "plain SSH with the same collectors")
    )
    if nearest not in walls:
        return ""
    return f"{name}, {road}, is itself {walls[nearest] / walls[other]:.2f} times that"


def goals_table(lines: Sequence[Line]) -> str:
    rows = [
        f"| {line.text} | ≤ {line.goal:g}{line.unit} | {line.result:g}{line.unit} | {'yes' if line.reached else 'no'} |"
        for line in lines
    ]
    return "\n".join(["| | goal | measured | reached |", "|---|---|---|---|", *rows])


def limits_list(lines: Sequence[Line]) -> str:
    """What is known of the limits of the goals that were not reached."""
    return "\n".join(f"- {line.text}: {line.limit}." for line in lines if line.limit and not line.reached)


def figures_table(costs: Mapping[str, Cost]) -> str:
    rows = [f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} |" for name, cost in costs.items()]
    head = ["| | wall s | controller CPU s | peak process MiB |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


@dataclass(frozen=True)
class Results:
    """What was measured: the goals' lines, and each size's medians by subject."""

    lines: list[Line]
    medians: Medians

    def over(self, before: Results) -> Results:
        """These, and what ``before`` has beyond them."""
        lines = {line.text: line for line in [*before.lines, *self.lines]}
        sizes = sorted({*before.medians, *self.medians})
        medians = {size: {**before.medians.get(size, {}), **self.medians.get(size, {})} for size in sizes}
        return Results(list(lines.values()), medians)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Results:
        read = json.loads(text)
        medians = {
            int(size): {name: Cost(**cost) for name, cost in costs.items()} for size, costs in read["medians"].items()
        }
        return cls([Line(**line) for line in read["lines"]], medians)


@dataclass(frozen=True)
class Regression:
    """A line whose ratio is more than 15 % above the stored one."""

    text: str
    result: float
    before: float

    def __str__(self) -> str:
        return f"{self.text}: {self.result:g}, was {self.before:g}"


def worse(lines: Sequence[Line], stored: Sequence[Line]) -> list[Regression]:
    """The regressions. A figure with a unit tells of the machine, too, and is none."""
    before = {line.text: line.result for line in stored}
    return [
        Regression(line.text, line.result, before[line.text])
        for line in lines
        if not line.unit and line.text in before and line.result > before[line.text] * REGRESSION
    ]
